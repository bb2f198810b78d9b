"""Records as pages read them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from factories import LONG_AGO, a_record
from navette.catalogue.reading import (
    editions_of,
    newest,
    record_of,
    records_of,
    volumes_in_series,
)
from navette.errors import NotFound
from navette.network.network import Network
from navette.storage.unit import Unit


def test_a_record_comes_whole_and_frozen(unit: Unit, network: Network) -> None:
    record = a_record(
        unit,
        "Le Petit Prince",
        authors=[
            {"name": "Antoine de Saint-Exupéry", "role": "author"},
            {"name": "Anne Lefort", "role": "preface"},
        ],
        identifiers=[
            {"kind": "isbn", "value": "123", "valid": False},
            {"kind": "isbn", "value": "9782070612758", "valid": True},
        ],
        links=[{"url": "https://example.org", "label": "Extrait"}],
        subjects=["Amitié"],
    )
    with unit.read() as reader:
        found = record_of(reader, record)
    assert (found.title, found.byline) == ("Le Petit Prince", "Antoine de Saint-Exupéry")
    assert (found.isbn, found.links[0].label) == ("9782070612758", "Extrait")
    assert (found.languages, found.subjects) == (("fre",), ("Amitié",))
    assert found.created_at == LONG_AGO


def test_what_is_hidden_is_not_found_but_still_named_where_it_was_lent(
    unit: Unit, network: Network
) -> None:
    hidden = a_record(unit, hidden=True)
    with unit.read() as reader:
        with pytest.raises(NotFound):
            record_of(reader, hidden)
        with pytest.raises(NotFound):
            record_of(reader, 10_000)
        assert set(records_of(reader, [hidden, 10_000])) == {hidden}
        assert records_of(reader, []) == {}
        assert newest(reader) == []


def test_the_newest_come_first(unit: Unit, network: Network) -> None:
    old = a_record(unit, "Ancien")
    new = a_record(unit, "Nouveau", created_at=LONG_AGO + timedelta(days=1))
    with unit.read() as reader:
        assert [r.id for r in newest(reader, 5)] == [new, old]
        assert [r.id for r in newest(reader, 1)] == [new]


def test_editions_share_a_work_and_volumes_a_series(unit: Unit, network: Network) -> None:
    third = a_record(unit, "Tome trois", series_title="Naruto", volume_number=3)
    first = a_record(unit, "Tome un", series_title="Naruto", volume_number=1)
    with unit.read() as reader:
        work = record_of(reader, first).work_id
    again = a_record(unit, "Tome un, poche", work_id=work, year=2024)
    with unit.read() as reader:
        assert [r.id for r in editions_of(reader, work)] == [again, first]
        assert [r.id for r in volumes_in_series(reader, "Naruto")] == [first, third]
        assert volumes_in_series(reader, "") == []
