"""A record that is remembered is the record as it stands: whatever changes, it is read again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from factories import a_record
from navette.catalogue import remembering
from navette.catalogue.reading import records_of
from navette.catalogue.remembering import Remembered
from navette.storage.unit import Reader, Unit

CHANGES = (
    "UPDATE record SET title = 'Autre', version = version + 1",
    "UPDATE record SET loans = loans + 1",
    "UPDATE record SET hidden = NOT hidden",
    "UPDATE record SET title = 'Autre', updated_at = created_at",
)


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    read: list[int] = []

    def counting(reader: Reader, ids: list[int]) -> object:
        read.extend(ids)
        return records_of(reader, ids)

    monkeypatch.setattr(remembering, "records_of", counting)
    yield read


def test_a_record_is_read_whole_once(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = a_record(unit, "Un"), a_record(unit, "Deux")
    known = Remembered()
    with counted(monkeypatch) as read, unit.read() as reader:
        assert known.records(reader, [one, 999]).keys() == {one}
        assert known.records(reader, [one, two]) == records_of(reader, [one, two])
        known.records(reader, [two, one])
        assert read == [one, two]


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_read_again(unit: Unit, change: str) -> None:
    record, known = a_record(unit, "Un"), Remembered()
    unit.write(lambda tx: tx.driver.execute(f"UPDATE record SET updated_at = {_later(unit)}"))
    with unit.read() as reader:
        known.records(reader, [record])
    unit.write(lambda tx: tx.driver.execute(change))
    with unit.read() as reader:
        assert known.records(reader, [record]) == records_of(reader, [record])


def _later(unit: Unit) -> str:
    return "'2027-01-01 00:00:00.000000'" if unit.dialect == "sqlite" else "'2027-01-01Z'"


def test_no_more_are_remembered_than_there_is_room_for(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [a_record(unit, f"Titre {n}") for n in range(3)]
    known = Remembered(most=2)
    with counted(monkeypatch) as read, unit.read() as reader:
        known.records(reader, ids)
        known.records(reader, ids[1:])
        assert read == ids
        assert known.records(reader, ids[:1]).keys() == {ids[0]}
        assert read == [*ids, ids[0]]
