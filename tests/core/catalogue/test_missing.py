"""Records that disappeared from a library's full file: kept, counted, marked when it is sure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from fakes import FrozenClock
from navette.catalogue.exporting import export_lines, export_raw
from navette.catalogue.importing import import_file
from navette.catalogue.missing import Missing
from navette.catalogue.reporting import ImportReport
from navette.catalogue.tables import Item, SourceRecord
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.changes import last_position
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit

_source = table(SourceRecord).c
GONE = Query(
    select(_source.local_id).where(_source.gone_at.is_not(None)).order_by(_source.id), scalar
)
COPIES = Query(select(table(Item).c.status), scalar)


def a_record(number: int) -> bytes:
    return write_record(
        [
            ControlField("001", f"r{number}"),
            DataField("200", (("a", f"Titre {number} fois {number * 13}"),), "1"),
            DataField("995", (("f", f"B{number}"),)),
        ]
    )


Bringer = Callable[..., ImportReport]
ALL = [a_record(number) for number in range(40)]


@pytest.fixture
def bring(unit: Unit, network: Network, tmp_path: Path, clock: FrozenClock) -> Bringer:
    def run(
        *records: bytes, into: str = "hem", confirm: bool = False, **said: bool
    ) -> ImportReport:
        path = tmp_path / "full.mrc"
        path.write_bytes(b"".join(records))
        said.setdefault("full", True)
        return import_file(
            unit, path, into, "generic", now=clock.now(), confirm_missing=confirm, **said
        )  # fmt: skip

    return run


def gone(unit: Unit) -> list[str]:
    with unit.read() as reader:
        return reader.all(GONE)


def test_a_few_missing_records_are_marked_and_everything_is_kept(
    bring: Bringer, unit: Unit
) -> None:
    bring(*ALL)
    with unit.read() as reader:
        before = list(export_lines(reader))
    report = bring(*ALL[:38])
    assert report.missing == Missing(known=40, lacking=2, unread=0, confirmed=False)
    assert gone(unit) == ["r38", "r39"]
    with unit.read() as reader:
        assert list(export_lines(reader)) == before
        assert reader.all(COPIES) == ["AVAILABLE"] * 40
        assert list(export_raw(reader)) == ALL[:38]


def test_many_missing_records_are_marked_only_when_that_is_confirmed(
    bring: Bringer, unit: Unit
) -> None:
    bring(*ALL)
    report = bring(*ALL[:37])
    assert report.missing == Missing(40, 3, 0, confirmed=False)
    assert gone(unit) == []
    assert bring(*ALL[:37], confirm=True).missing == Missing(40, 3, 0, confirmed=True)
    assert gone(unit) == ["r37", "r38", "r39"]
    assert bring(*ALL[:37]).missing == Missing(37, 0, 0, confirmed=False)


def test_a_record_that_comes_back_is_as_it_was(bring: Bringer, unit: Unit) -> None:
    bring(*ALL)
    bring(*ALL[:38])
    report = bring(*ALL, full=False)
    assert (report.records_updated, report.records_unchanged) == (2, 38)
    assert (report.items_unchanged, report.missing) == (40, None)
    assert gone(unit) == []
    with unit.read() as reader:
        position = last_position(reader)
    assert bring(*ALL).records_unchanged == 40
    with unit.read() as reader:
        assert last_position(reader) == position


def test_a_part_of_the_records_says_nothing_about_the_rest(bring: Bringer, unit: Unit) -> None:
    bring(*ALL)
    assert bring(*ALL[:39], full=False).missing is None
    assert gone(unit) == []


def test_another_library_has_nothing_to_do_with_it(bring: Bringer, unit: Unit) -> None:
    bring(*ALL)
    report = bring(*ALL[:1], into="lys")
    assert report.missing == Missing(1, 0, 0, confirmed=False)
    assert gone(unit) == []


def test_a_dry_run_counts_and_marks_nothing(bring: Bringer, unit: Unit) -> None:
    bring(*ALL)
    report = bring(*ALL[:39], dry_run=True)
    assert report.missing == Missing(40, 1, 0, confirmed=False)
    assert gone(unit) == []


def test_a_broken_record_that_can_be_named_is_not_missing(bring: Bringer, unit: Unit) -> None:
    bring(*ALL)
    cut = ALL[39][:-8]
    report = bring(cut, *ALL[:39])
    assert report.records_refused == 1
    assert report.missing == Missing(40, 0, 0, confirmed=False)


def test_nothing_is_gone_while_a_record_cannot_be_named(bring: Bringer, unit: Unit) -> None:
    bring(*ALL)
    report = bring(*ALL[:38], ALL[39][:40], ALL[38], confirm=True)
    assert report.missing == Missing(40, 1, 1, confirmed=True)
    assert gone(unit) == []


def test_the_agreed_report_has_no_more_names(bring: Bringer) -> None:
    assert "missing" not in bring(*ALL).as_json()
