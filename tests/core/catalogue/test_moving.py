"""Copies that change their record, or that no record names any more."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from factories import a_patron
from fakes import FrozenClock
from navette.catalogue import importing, planning, source_profiles
from navette.catalogue.exporting import export_lines
from navette.catalogue.importing import import_file
from navette.catalogue.plan import Plan
from navette.catalogue.redescribing import told_of
from navette.catalogue.reporting import ImportReport
from navette.catalogue.tables import Item, Record, SourceProfile
from navette.catalogue.undescribed import undescribed
from navette.catalogue.unimarc import profiles
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Unit

CONTENT = '[items]\nbarcode = "f"\nhome = "b"\n[libraries]\nHEM = "hem"\nLEE = "leers"\n'
OWNED = profiles.from_toml("owned", tomllib.loads(CONTENT))
Bringer = Callable[..., ImportReport]


def a_record(number: int, *barcodes: str, owner: str = "HEM") -> bytes:
    return write_record(
        [
            ControlField("001", f"r{number}"),
            DataField("200", (("a", f"Titre {number} fois {number * 13}"),), "1"),
            *(DataField("995", (("b", owner), ("f", code))) for code in barcodes),
        ]
    )


@pytest.fixture
def bring(unit: Unit, network: Network, tmp_path: Path, clock: FrozenClock) -> Bringer:
    def run(*records: bytes, into: str = "hem", **said: bool) -> ImportReport:
        path = tmp_path / "some.mrc"
        path.write_bytes(b"".join(records))
        unit.write(lambda tx: source_profiles.keep(tx, "owned", CONTENT))
        return import_file(unit, path, into, OWNED, now=clock.now(), **said)

    return run


def copies(unit: Unit) -> dict[str, list[str]]:
    """The barcodes beside each 001."""
    with unit.read() as reader:
        return {
            line["sources"][0][1]: sorted(barcode for _, barcode in line["items"])
            for line in export_lines(reader)
        }


_r, _i = table(Record).c, table(Item).c
LOANS = Query(select(_r.title, _r.loans), lambda title, loans: (title, loans))
LEND = command(update(table(Item)).where(_i.barcode == "B3").values(loans=5))
FORGET = command(delete(table(SourceProfile)))
COUNT = command(update(table(Record)).where(_r.title.like("Titre 2%")).values(loans=5))


def loans(unit: Unit) -> dict[str, int]:
    with unit.read() as reader:
        return {title.partition(" fois")[0]: count for title, count in reader.all(LOANS)}


def test_a_copy_goes_over_to_the_record_that_names_it_now(bring: Bringer, unit: Unit) -> None:
    bring(a_record(1, "B1"), a_record(2, "B2", "B3"))
    unit.write(lambda tx: (tx.run(LEND), tx.run(COUNT)))
    report = bring(a_record(1, "B1", "B3"), a_record(2, "B2"))
    assert (report.items_updated, report.items_refused) == (1, 0)
    assert copies(unit) == {"r1": ["B1", "B3"], "r2": ["B2"]}
    assert loans(unit) == {"Titre 1": 5, "Titre 2": 0}
    again = bring(a_record(1, "B1", "B3"), a_record(2, "B2"))
    assert (again.records_unchanged, again.items_unchanged) == (2, 3)


def test_it_goes_over_to_a_new_record_and_from_one_that_is_gone(bring: Bringer, unit: Unit) -> None:
    bring(*(a_record(n, f"B{n}") for n in range(1, 41)))
    unit.write(lambda tx: tx.run(LEND))
    bring(*(a_record(n, f"B{n}") for n in range(1, 41) if n != 3), full=True)
    assert bring(a_record(50, "B3")).items_updated == 1
    assert copies(unit)["r50"] == ["B3"]
    assert copies(unit)["r3"] == []
    assert loans(unit)["Titre 50"] == 5


def test_two_records_that_both_claim_a_copy_leave_it_where_it_is(
    bring: Bringer, unit: Unit
) -> None:
    bring(a_record(1, "B1"), a_record(2, "B2"))
    assert bring(a_record(1, "B1", "B2")).items_refused == 1
    assert bring(a_record(3, "B2"), a_record(2, "B2")).items_refused == 1
    assert copies(unit) == {"r1": ["B1"], "r2": ["B2"], "r3": []}


def second_record(unit: Unit) -> int:
    """Return the id of the record that r2 describes."""
    with unit.read() as reader:
        lines = export_lines(reader)
        return next(int(line["record"]) for line in lines if "2 fois" in line["title"])


def test_a_copy_that_waits_for_somebody_stays_until_it_is_free(
    bring: Bringer, unit: Unit, network: Network, clock: FrozenClock
) -> None:
    engine = EmbeddedCirculation(unit, clock)
    bring(a_record(1, "B1"), a_record(2, "B2"))
    held = second_record(unit)
    patron = a_patron(unit)
    engine.place_hold(
        Actor("patron", patron_id=patron), patron_id=patron, record_id=held, pickup="lys"
    )
    assert bring(a_record(1, "B1", "B2"), a_record(2)).items_refused == 1
    assert copies(unit)["r2"] == ["B2"]


def test_a_copy_that_somebody_reserves_while_the_import_is_decided_stays(
    bring: Bringer, unit: Unit, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = EmbeddedCirculation(unit, clock)
    bring(a_record(1, "B1"), a_record(2, "B2"))
    held = second_record(unit)
    patron = a_patron(unit)
    decided: list[bool] = []

    def plan_then_reserve(*asked: Any) -> Plan:
        made = planning.plan(*asked)
        decided.append(any(copy.moves for copy in made.changed_items))
        if len(decided) == 1:
            engine.place_hold(
                Actor("patron", patron_id=patron), patron_id=patron, record_id=held, pickup="lys"
            )
        return made

    plans = SimpleNamespace(plan=plan_then_reserve, remember=planning.remember)
    monkeypatch.setattr(importing, "planning", plans)
    assert bring(a_record(1, "B1", "B2"), a_record(2)).items_refused == 1
    assert decided == [True, False]
    assert copies(unit) == {"r1": ["B1"], "r2": ["B2"]}


def described_no_more(unit: Unit) -> list[str]:
    with unit.read() as reader:
        return [copy.barcode for copy in undescribed(reader, "hem").copies]


def test_copies_that_no_record_names_are_told(bring: Bringer, unit: Unit) -> None:
    bring(*(a_record(n, f"B{n}", f"C{n}") for n in range(1, 41)))
    assert described_no_more(unit) == []
    weeded = [a_record(1, "B1"), a_record(2, "B2", "C2", owner="LEE")]
    bring(*weeded, *(a_record(n, f"B{n}", f"C{n}") for n in range(3, 40)), full=True)
    assert described_no_more(unit) == ["C1", "B2", "C2", "B40", "C40"]
    with unit.read() as reader:
        assert undescribed(reader, "hem").is_much
        assert undescribed(reader, "leers").copies == []


def test_a_description_whose_profile_is_lost_keeps_its_copies(bring: Bringer, unit: Unit) -> None:
    bring(a_record(1, "B1"), a_record(2, "B2"))
    bring(a_record(2), full=False)
    unit.write(lambda tx: tx.run(FORGET))
    assert described_no_more(unit) == []
    with unit.read() as reader:
        assert len(told_of(reader, [1, 2])) == 2, "what it says is read all the same"
