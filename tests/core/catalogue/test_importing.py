"""Importing: nothing lost, nothing twice, nothing half-written; a second time changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from navette.catalogue import importing, lookups, planning
from navette.catalogue.exporting import export_lines
from navette.catalogue.importing import import_file
from navette.catalogue.plan import Plan
from navette.catalogue.reporting import ImportReport
from navette.catalogue.tables import Item, Record, SourceRecord
from navette.catalogue.unimarc.profiles import UnknownProfile
from navette.catalogue.unimarc.writing import ControlField, DataField, general_data, write_record
from navette.errors import NotMarc, UnknownLibrary
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.changes import last_position, since
from navette.storage.statements import Query, scalar
from navette.storage.unit import Tx, Unit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_item, _record = table(Item).c, table(Record).c
Row = tuple[str, ...]


def a_record(
    local_id: str,
    *barcodes: str,
    title: str = "Le petit prince",
    isbn: str = "9782070612758",
    volume: str = "",
    cote: str = "J SAI",
    library: str = "",
) -> bytes:
    fields = [ControlField("001", local_id)] if local_id else []
    named = (("a", title), *((("h", volume),) if volume else ()), ("f", "Antoine de Saint-Exupéry"))
    return write_record(
        [
            *fields,
            *([DataField("010", (("a", isbn),))] if isbn else []),
            DataField("100", (("a", general_data("20200101", 2007)),)),
            DataField("200", named, "1"),
            DataField("210", (("c", "Gallimard"), ("d", "2007"))),
            DataField("700", (("a", "Saint-Exupéry"), ("b", "Antoine de"), ("4", "070"))),
            *(
                DataField(
                    "995", (*((("c", library),) if library else ()), ("f", code), ("k", cote))
                )
                for code in barcodes
            ),
        ]
    )


Importer = Callable[..., ImportReport]


@pytest.fixture
def bring(unit: Unit, network: Network, tmp_path: Path) -> Importer:
    def run(*records: bytes, into: str = "hem", dry_run: bool = False) -> ImportReport:
        path = tmp_path / f"{into}.mrc"
        path.write_bytes(b"".join(records))
        return import_file(unit, path, into, "generic", now=NOW, dry_run=dry_run)

    return run


def counts(report: ImportReport) -> dict[str, int]:
    """The counters that are not zero."""
    told = report.as_json()
    return {k: v for k, v in told.items() if type(v) is int and v}


def exported(unit: Unit) -> list[dict[str, object]]:
    with unit.read() as reader:
        return list(export_lines(reader))


def balanced(report: ImportReport) -> bool:
    r = report
    return (
        r.records_read
        == r.records_created + r.records_updated + r.records_unchanged + r.records_refused
        and r.items_read == r.items_created + r.items_updated + r.items_unchanged + r.items_refused
    )


def test_a_file_becomes_records_works_and_items(bring: Importer, unit: Unit) -> None:
    report = bring(a_record("1", "100", "101"), a_record("2", "102", title="Vol de nuit", isbn=""))
    assert counts(report) == {
        "records_read": 2, "records_created": 2, "items_read": 3, "items_created": 3,
        "publications_after": 2,
    }  # fmt: skip
    first, second = exported(unit)
    assert (first["sources"], first["items"]) == ([["hem", "1"]], [["hem", "100"], ["hem", "101"]])
    assert (second["title"], second["sources"]) == ("Vol de nuit", [["hem", "2"]])


def test_the_same_import_again_changes_nothing_and_says_so(bring: Importer, unit: Unit) -> None:
    data = [a_record("1", "100"), a_record("2", "102", title="Vol de nuit", isbn="")]
    bring(*data)
    with unit.read() as reader:
        position = last_position(reader)
    assert counts(bring(*data)) == {
        "records_read": 2, "records_unchanged": 2, "items_read": 2, "items_unchanged": 2,
        "publications_before": 2, "publications_after": 2,
    }  # fmt: skip
    with unit.read() as reader:
        assert since(reader, position) == []


def test_libraries_share_a_record_and_keep_their_items(bring: Importer, unit: Unit) -> None:
    bring(a_record("1", "100"))
    report = bring(a_record("A7", "100", cote="R SAI"), into="leers")
    assert (report.publications_before, report.publications_after) == (1, 1)
    (only,) = exported(unit)
    assert only["sources"] == [["hem", "1"], ["leers", "A7"]]
    assert only["items"] == [["hem", "100"], ["leers", "100"]]


def test_two_records_of_one_library_stay_two(bring: Importer, unit: Unit) -> None:
    bring(a_record("1", "100"), a_record("2", "101"))
    bring(a_record("A", "1"), a_record("B", "2"), into="lys")
    assert [line["sources"] for line in exported(unit)] == [
        [["hem", "1"], ["lys", "A"]],
        [["hem", "2"], ["lys", "B"]],
    ]


def test_what_hundreds_bear_tells_nothing_and_is_not_compared(
    bring: Importer, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "MOST_ALIKE", 3)
    bring(*(a_record(str(n), str(n), title="Bulletin", isbn="") for n in range(3)))
    joined = bring(
        *(a_record(f"l{n}", str(n), title="Bulletin", isbn="") for n in range(3)), into="lys"
    )
    assert joined.publications_after == 3
    bring(a_record("3", "3", title="Bulletin", isbn=""))
    apart = bring(
        *(a_record(f"e{n}", str(n), title="Bulletin", isbn="") for n in range(3)), into="leers"
    )
    assert apart.publications_after == 7


def test_editions_share_a_work_and_volumes_do_not(bring: Importer, unit: Unit) -> None:
    bring(
        a_record("1", "100"),
        a_record("2", "101", isbn="9782070408504"),
        a_record("3", "102", title="Naruto", isbn="", volume="1"),
        a_record("4", "103", title="Naruto", isbn="", volume="2"),
    )
    first, second, one, two = exported(unit)
    assert first["work"] == second["work"]
    assert first["record"] != second["record"]
    assert one["work"] != two["work"]
    assert (one["series"], one["volume"], two["volume_number"]) == ("Naruto", "1", 2)


def test_a_changed_description_updates_and_live_facts_stay(bring: Importer, unit: Unit) -> None:
    bring(a_record("1", "100"))
    lys = 2
    unit.write(
        lambda tx: tx.execute(
            update(table(Item)).values(status="ON_LOAN", current_library_id=lys, loans=7)
        )
    )
    report = bring(a_record("1", "100", title="Le petit prince illustré", cote="J SAI ill"))
    assert counts(report) == {
        "records_read": 1, "records_updated": 1, "items_read": 1, "items_updated": 1,
        "publications_before": 1, "publications_after": 1,
    }  # fmt: skip
    query = select(_item.status, _item.current_library_id, _item.loans, _item.call_number)
    with unit.read() as reader:
        assert reader.one(Query(query, lambda *row: row)) == ("ON_LOAN", lys, 7, "J SAI ill")
        assert reader.one(Query(select(_record.title), scalar)) == "Le petit prince illustré"


def test_the_change_feed_names_each_record_touched_once(bring: Importer, unit: Unit) -> None:
    bring(a_record("1", "100"))
    with unit.read() as reader:
        position = last_position(reader)
    bring(a_record("A7", "9"), into="leers")
    with unit.read() as reader:
        assert [row.kind for row in since(reader, position)] == ["record"]


def test_a_dry_run_reports_the_same_and_writes_nothing(bring: Importer, unit: Unit) -> None:
    data = [a_record("1", "100"), a_record("2", "100"), a_record("2", "101", title="Autre")]
    dry = bring(*data, dry_run=True)
    assert exported(unit) == []
    wet = bring(*data)
    assert counts(dry) == counts(wet)
    assert dry.refusals == wet.refusals
    assert balanced(wet)


def test_a_dry_run_remembers_its_earlier_batches(
    bring: Importer, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LARGEST_BATCH", 2)
    first = a_record("1", "100")
    data = [first, first, a_record("2", "100", title="Autre"), a_record("1", "7", title="Encore")]
    dry, wet = bring(*data, dry_run=True), bring(*data)
    assert counts(dry) == counts(wet)
    assert (wet.records_unchanged, wet.records_refused, wet.items_refused) == (1, 1, 2)
    assert balanced(wet)


def test_a_barcode_used_twice_in_a_library_is_refused_and_listed(
    bring: Importer, unit: Unit
) -> None:
    first = a_record("1", "100")
    second = a_record("2", " 100 ", title="Vol de nuit", isbn="")
    report = bring(first, second)
    assert (report.items_created, report.items_refused, balanced(report)) == (1, 1, True)
    (refused,) = report.refusals
    assert (refused.position, refused.id_001, refused.field) == (len(first), "2", "995")
    assert "100" in refused.reason
    again = bring(first, second)
    assert (again.items_unchanged, again.items_refused, again.items_created) == (1, 1, 0)


def test_a_repeated_001_is_the_same_record_or_is_refused(bring: Importer, unit: Unit) -> None:
    record = a_record("1", "100")
    report = bring(record, record, a_record("1", "101", title="Autre chose", isbn=""))
    assert (report.records_created, report.records_unchanged, report.records_refused) == (1, 1, 1)
    assert report.refusals[0].field == "001"
    assert balanced(report)
    assert len(exported(unit)) == 1


def test_a_record_without_001_is_found_again_by_its_barcode(bring: Importer, unit: Unit) -> None:
    record = a_record("", "100")
    assert bring(record).records_created == 1
    assert bring(record).records_unchanged == 1
    assert exported(unit)[0]["sources"] == [["hem", "~100"]]


def test_a_broken_record_is_listed_and_its_neighbours_come_in(bring: Importer, unit: Unit) -> None:
    first, cut = a_record("1", "100"), a_record("2", "101")[:-30]
    report = bring(first, cut, a_record("3", "102", title="Vol de nuit", isbn=""))
    assert (report.records_read, report.records_created, report.records_refused) == (3, 2, 1)
    assert (report.refusals[0].position, report.refusals[0].id_001) == (len(first), "2")
    assert not report.complete


def test_items_go_to_the_library_that_the_profile_maps(
    unit: Unit, network: Network, tmp_path: Path
) -> None:
    path = tmp_path / "mixed.mrc"
    path.write_bytes(
        a_record("1", "100", library="LYS") + a_record("2", "101", title="X", library="ZZZ")
    )
    import_file(unit, path, "HEM", "hem", now=NOW)
    assert [line["items"] for line in exported(unit)] == [[["lys", "100"]], [["hem", "101"]]]


def test_what_cannot_be_imported_is_said_before_anything_is_written(
    unit: Unit, network: Network, tmp_path: Path
) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"titre;auteur\n" * 100)
    with pytest.raises(NotMarc, match=r"x\.mrc"):
        import_file(unit, path, "hem", now=NOW)
    path.write_bytes(a_record("1", "100"))
    with pytest.raises(UnknownLibrary):
        import_file(unit, path, "paris", now=NOW)
    with pytest.raises(UnknownProfile):
        import_file(unit, path, "hem", "paris", now=NOW)
    assert exported(unit) == []


def many(count: int) -> Iterable[bytes]:
    return (
        a_record(f"{n}", f"B{n}", title=f"Titre numéro {n} sur {n * 7}", isbn="")
        for n in range(count)
    )


def test_an_interrupted_import_is_completed_by_the_same_command(
    unit: Unit, network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "many.mrc"
    path.write_bytes(b"".join(many(700)))
    batches = []

    def stops(tx: Tx, plan: Plan, *rest: object) -> None:
        keep(tx, plan, *rest)
        batches.append(plan)
        if len(batches) == 2:
            raise KeyboardInterrupt

    keep: Callable[..., None] = importing.keep
    monkeypatch.setattr(importing, "keep", stops)
    with pytest.raises(KeyboardInterrupt):
        import_file(unit, path, "hem", "generic", now=NOW)
    monkeypatch.setattr(importing, "keep", keep)
    done = len(exported(unit))
    assert 0 < done < 700
    report = import_file(unit, path, "hem", "generic", now=NOW)
    assert (report.records_unchanged, report.records_created) == (done, 700 - done)
    assert len(exported(unit)) == 700


def test_a_batch_is_planned_again_when_another_import_was_quicker(
    unit: Unit, network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = tmp_path / "mine.mrc", tmp_path / "theirs.mrc"
    mine.write_bytes(a_record("1", "100"))
    theirs.write_bytes(a_record("A", "900"))
    plan: Callable[..., Plan] = planning.plan
    calls = []

    def slow(*given: object) -> Plan:
        made = plan(*given)
        calls.append(made)
        if len(calls) == 1:
            import_file(unit, theirs, "lys", "generic", now=NOW)
        return made

    monkeypatch.setattr(planning, "plan", slow)
    report = import_file(unit, mine, "hem", "generic", now=NOW)
    assert report.records_created == 1
    (only,) = exported(unit)
    assert only["sources"] == [["hem", "1"], ["lys", "A"]]


def test_progress_ends_at_the_size_of_the_file(
    unit: Unit, network: Network, tmp_path: Path
) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(a_record("1", "100"))
    told: list[tuple[int, int]] = []
    import_file(unit, path, "hem", now=NOW, progress=lambda done, size: told.append((done, size)))
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


@pytest.mark.slow
def test_the_five_real_files_become_one_catalogue(
    unit: Unit, network: Network, shared_data: Path
) -> None:
    names = ("hem", "lys", "leers", "toufflers", "lannoy")
    files = [(shared_data / "roubaix" / f"{name}.mrc", name) for name in names]
    reports = [import_file(unit, path, name, now=NOW) for path, name in files]
    assert sum(report.records_created for report in reports) == 7196
    assert sum(report.items_created for report in reports) == 7360
    assert all(report.complete for report in reports)
    lines = exported(unit)
    assert 4450 < len(lines) < 4650
    shared = [line for line in lines if len(line["sources"]) > 1]  # type: ignore[arg-type]
    assert 1600 < len(shared) < 1700
    again = [import_file(unit, path, name, now=NOW) for path, name in files]
    assert sum(report.records_unchanged for report in again) == 7196
    assert sum(report.items_unchanged for report in again) == 7360
    assert exported(unit) == lines
    with unit.read() as reader:
        assert reader.all(Query(select(table(SourceRecord).c.local_id).limit(1), scalar))
