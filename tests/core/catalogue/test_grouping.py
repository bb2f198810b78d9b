"""Groups can be explained; what staff decide outlives imports, and holds go along (E19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from factories import a_patron
from fakes import FrozenClock
from navette.catalogue.exporting import export_lines
from navette.catalogue.grouping import Grouping, group_of
from navette.catalogue.importing import import_file
from navette.catalogue.reading import record_of
from navette.catalogue.reporting import ImportReport
from navette.catalogue.rereading import reread
from navette.catalogue.tables import SourceRecord
from navette.catalogue.unimarc import reading
from navette.catalogue.unimarc.parsed import ParsedRecord
from navette.catalogue.unimarc.writing import ControlField, DataField, general_data, write_record
from navette.errors import BadInput, Forbidden, NotFound
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Unit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STAFF = Actor("staff", staff_id=1, library="hem", role="coordinator")
ISBN = "9782070612758"


def a_book(local_id: str, title: str = "Le petit prince", isbn: str = ISBN) -> bytes:
    return write_record(
        [
            ControlField("001", local_id),
            *([DataField("010", (("a", isbn),))] if isbn else []),
            DataField("100", (("a", general_data("20200101", 2007)),)),
            DataField("200", (("a", title), ("f", "Antoine de Saint-Exupéry")), "1"),
            DataField("210", (("c", "Gallimard"), ("d", "2007"))),
            DataField("215", (("a", "97 p."),)),
            DataField("700", (("a", "Saint-Exupéry"), ("b", "Antoine de"), ("4", "070"))),
            DataField("995", (("f", f"B{local_id}"), ("k", "J SAI"))),
        ]
    )


@pytest.fixture
def bring(unit: Unit, network: Network, tmp_path: Path) -> Callable[..., ImportReport]:
    def run(library: str, *records: bytes, on: Unit = unit) -> ImportReport:
        path = tmp_path / f"{library}.mrc"
        path.write_bytes(b"".join(records))
        return import_file(on, path, library, "generic", now=NOW)

    return run


@pytest.fixture
def engine(unit: Unit, network: Network, clock: FrozenClock) -> EmbeddedCirculation:
    return EmbeddedCirculation(unit, clock)


@pytest.fixture
def grouping(unit: Unit, engine: EmbeddedCirculation) -> Grouping:
    return Grouping(unit, engine)


def groups(unit: Unit) -> list[list[list[str]]]:
    with unit.read() as reader:
        return [line["sources"] for line in export_lines(reader) if line["sources"]]


def ids(unit: Unit) -> dict[str, int]:
    """The record of each 001."""
    with unit.read() as reader:
        return {
            local: line["record"] for line in export_lines(reader) for _, local in line["sources"]
        }


_source = table(SourceRecord).c
SOURCES = Query(select(_source.local_id, _source.id), lambda local, row: (local, row))


def source_of(unit: Unit, local_id: str) -> int:
    with unit.read() as reader:
        return dict(reader.all(SOURCES))[local_id]


def test_every_group_says_why(unit: Unit, bring: Callable[..., ImportReport]) -> None:
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1"))
    with unit.read() as reader:
        group = group_of(reader, ids(unit)["h1"])
        with pytest.raises(NotFound):
            group_of(reader, 4711)
    assert [(d.library, d.local_id, d.copies) for d in group.descriptions] == [
        ("hem", "h1", 1),
        ("lys", "l1", 1),
    ]
    assert group.descriptions[1].score > 0.95
    assert group.descriptions[1].reasons[:3] == (f"identifier: {ISBN}", "title", "author")
    assert group.decisions == []


def test_what_was_parted_stays_parted_at_every_later_import(
    unit: Unit, bring: Callable[..., ImportReport], grouping: Grouping
) -> None:
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1"))
    record = ids(unit)["h1"]
    made = grouping.part(STAFF, record_id=record, source_ids=[source_of(unit, "l1")], now=NOW)
    assert made != record
    assert groups(unit) == [[["hem", "h1"]], [["lys", "l1"]]]
    with unit.read() as reader:
        items = {line["record"]: line["items"] for line in export_lines(reader)}
        group = group_of(reader, record)
    assert items == {record: [["hem", "BH1"]], made: [["lys", "BL1"]]}
    assert [(d.same, d.decided_by) for d in group.decisions] == [(False, "staff:1")]
    # The same again, a changed description, and a third library.
    bring("lys", a_book("l1", "Le Petit Prince !"))
    bring("hem", a_book("h1"))
    bring("leers", a_book("e1"))
    assert [["hem", "h1"], ["leers", "e1"]] in groups(unit)
    assert [["lys", "l1"]] in groups(unit)


def test_what_was_joined_stays_joined(
    unit: Unit, bring: Callable[..., ImportReport], grouping: Grouping
) -> None:
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1", "Der kleine Prinz", "9783150099582"))
    two = ids(unit)
    grouping.join(STAFF, from_record=two["l1"], into_record=two["h1"], now=NOW)
    assert groups(unit) == [[["hem", "h1"], ["lys", "l1"]]]
    bring("lys", a_book("l1", "Der Kleine Prinz", "9783150099582"))
    assert groups(unit) == [[["hem", "h1"], ["lys", "l1"]]]
    with unit.read() as reader:
        group = group_of(reader, two["h1"])
        assert record_of(reader, two["l1"]).id == two["h1"]
    assert all(description.by_staff for description in group.descriptions)
    # And parted again: the newer decision counts.
    grouping.part(STAFF, record_id=two["h1"], source_ids=[source_of(unit, "l1")], now=NOW)
    assert groups(unit) == [[["hem", "h1"]], [["lys", "l1"]]]


@pytest.mark.parametrize("same", [True, False])
def test_an_import_into_an_emptied_catalogue_follows_the_decisions(
    unit: Unit, bring: Callable[..., ImportReport], grouping: Grouping, *, same: bool
) -> None:
    """The decisions name descriptions, not rows: a record that comes anew is put where it was."""
    other = a_book("l1", "Der kleine Prinz", "9783150099582") if same else a_book("l1")
    bring("hem", a_book("h1"))
    bring("lys", other)
    two = ids(unit)
    if same:
        grouping.join(STAFF, from_record=two["l1"], into_record=two["h1"], now=NOW)
    else:
        grouping.part(STAFF, record_id=two["h1"], source_ids=[source_of(unit, "l1")], now=NOW)
    before = groups(unit)
    unit.write(
        lambda tx: [
            tx.driver.execute(text)
            for text in (
                "DELETE FROM item",
                "DELETE FROM source_record",
                "DELETE FROM match_key",
                "DELETE FROM record",
            )
        ]
    )
    bring("hem", a_book("h1"))
    bring("lys", other)
    assert groups(unit) == before


def test_holds_follow_their_record(
    unit: Unit,
    bring: Callable[..., ImportReport],
    grouping: Grouping,
    engine: EmbeddedCirculation,
) -> None:
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1", "Der kleine Prinz", "9783150099582"))
    two, patron = ids(unit), a_patron(unit)
    hold = engine.place_hold(
        Actor("patron", patron_id=patron), patron_id=patron, record_id=two["l1"], pickup="hem"
    )
    assert grouping.join(STAFF, from_record=two["l1"], into_record=two["h1"], now=NOW) == 1
    assert engine.hold(STAFF, hold.id).record_id == two["h1"]


def test_only_staff_group_and_only_some_leave(
    unit: Unit, bring: Callable[..., ImportReport], grouping: Grouping
) -> None:
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1"))
    record, source = ids(unit)["h1"], source_of(unit, "l1")
    reader = Actor("patron", patron_id=1)
    with pytest.raises(Forbidden):
        grouping.part(reader, record_id=record, source_ids=[source], now=NOW)
    with pytest.raises(Forbidden):
        grouping.join(reader, from_record=record, into_record=record, now=NOW)
    for wrong in ([], [4711], [source, source_of(unit, "h1")]):
        with pytest.raises(BadInput):
            grouping.part(STAFF, record_id=record, source_ids=wrong, now=NOW)
    with pytest.raises(NotFound):
        grouping.part(STAFF, record_id=4711, source_ids=[source], now=NOW)
    assert groups(unit) == [[["hem", "h1"], ["lys", "l1"]]]


def test_a_better_reader_reads_everything_again_without_a_file(
    unit: Unit, bring: Callable[..., ImportReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1"))
    record = ids(unit)["h1"]
    worse = reading.parse

    def better(raw: object, profile: object) -> ParsedRecord:
        read = worse(raw, profile)  # type: ignore[arg-type]
        items = tuple(item._replace(call_number="BIS") for item in read.items)
        return read._replace(summary="Un aviateur.", items=items)

    for module in ("beside", "redescribing"):
        monkeypatch.setattr(f"navette.catalogue.{module}.parse", better)
    reports = reread(unit, now=NOW)
    counted = {r.library: (r.records_read, r.items_read, r.items_updated) for r in reports}
    assert counted["hem"] == counted["lys"] == (1, 1, 1)
    assert counted["leers"] == (0, 0, 0)
    with unit.read() as reader:
        assert record_of(reader, record).summary == "Un aviateur."
    assert groups(unit) == [[["hem", "h1"], ["lys", "l1"]]]
    # What the better reader no longer finds is gone too, though both libraries once said it.
    monkeypatch.setattr("navette.catalogue.redescribing.parse", worse)
    reread(unit, "lys", now=NOW)
    with unit.read() as reader:
        assert record_of(reader, record).summary == ""
