"""Volumes of a series in order, whatever library describes them; issues of a serial."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from factories import a_record, an_item
from navette.catalogue.importing import import_file
from navette.catalogue.reading import RecordView, newest
from navette.catalogue.unimarc.writing import ControlField, DataField, general_data, write_record
from navette.catalogue.volumes import beside, in_order, issues_of, series_of, volumes_of
from navette.errors import NotFound
from navette.network.network import Network
from navette.storage.unit import Unit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def a_volume(
    local_id: str, number: str, series: str = "Naruto", *, year: int = 2003, publisher: str = "Kana"
) -> bytes:
    return write_record(
        [
            ControlField("001", local_id),
            DataField("100", (("a", general_data("20200101", year)),)),
            DataField("200", (("a", series), ("h", number)), "1"),
            DataField("210", (("c", publisher), ("d", str(year)))),
            DataField("215", (("a", "192 p."),)),
            DataField("461", (("t", series), ("v", number))),
            DataField("700", (("a", "Kishimoto"), ("b", "Masashi"), ("4", "070"))),
        ]
    )


def imported(unit: Unit, folder: Path, library: str, *records: bytes) -> None:
    path = folder / f"{library}.mrc"
    path.write_bytes(b"".join(records))
    import_file(unit, path, library, "generic", now=NOW)


def by_number(unit: Unit) -> dict[int, RecordView]:
    with unit.read() as reader:
        return {r.volume_number: r for r in newest(reader, 50) if r.volume_number is not None}


def test_volumes_of_two_libraries_are_one_series_in_order(
    unit: Unit, network: Network, tmp_path: Path
) -> None:
    imported(unit, tmp_path, "hem", *(a_volume(f"h{n}", f"T. {n}") for n in (10, 2, 1)))
    imported(unit, tmp_path, "lys", a_volume("l3", "tome 3", "NARUTO"))
    found = by_number(unit)
    with unit.read() as reader:
        series = found[1].series_id
        assert series is not None
        assert {r.series_id for r in found.values()} == {series}
        assert [v.volume_number for v in volumes_of(reader, series)] == [1, 2, 3, 10]
        view = series_of(reader, series)
        assert (view.title, view.volumes) == ("Naruto", 4)
        third = beside(reader, found[3])
        assert third.previous is not None
        assert third.next is not None
        assert (third.previous.id, third.next.id) == (found[2].id, found[10].id)
        assert beside(reader, found[1]).previous is None
        assert beside(reader, found[10]).next is None


def test_the_next_volume_is_the_one_of_the_same_edition(
    unit: Unit, network: Network, tmp_path: Path
) -> None:
    imported(
        unit,
        tmp_path,
        "hem",
        a_volume("1", "1"),
        a_volume("2", "2"),
        a_volume("3", "2", publisher="France loisirs", year=2019),
    )
    with unit.read() as reader:
        one = next(r for r in newest(reader) if r.volume_number == 1)
        after = beside(reader, one).next
        assert after is not None
        assert (after.volume_number, after.publisher) == (2, "Kana")


def test_a_title_that_many_authors_bear_is_a_series_with_its_author_only(
    unit: Unit, network: Network, tmp_path: Path
) -> None:
    def complete(local_id: str, family: str) -> bytes:
        return write_record(
            [
                ControlField("001", local_id),
                DataField("200", (("a", "Œuvres complètes"), ("h", "1")), "1"),
                DataField("700", (("a", family), ("b", "A."))),
            ]
        )

    imported(unit, tmp_path, "hem", complete("1", "Hugo"), complete("2", "Zola"))
    with unit.read() as reader:
        series = [record.series_id for record in newest(reader)]
    assert len(set(series)) == 2
    assert None not in series


def test_a_series_follows_when_a_library_describes_it_otherwise(
    unit: Unit, network: Network, tmp_path: Path
) -> None:
    imported(unit, tmp_path, "hem", a_volume("1", "1", "Narutto"))
    imported(unit, tmp_path, "hem", a_volume("1", "1", "Naruto"))
    with unit.read() as reader:
        (record,) = newest(reader)
        assert record.series_id is not None
        assert series_of(reader, record.series_id).title == "Naruto"


def test_without_series_or_number_nothing_is_beside_it(unit: Unit, network: Network) -> None:
    record = a_record(unit)
    with unit.read() as reader:
        alone = beside(reader, newest(reader)[0])
        assert (alone.previous, alone.next) == (None, None)
        assert issues_of(reader, record) == []
        with pytest.raises(NotFound):
            series_of(reader, 4711)


def test_issues_come_newest_first_and_are_counted(unit: Unit, network: Network) -> None:
    serial = a_record(unit, "Spirou", type="magazine")
    for key, label in (("9", "N° 9"), ("10", "N° 10"), ("10", "N° 10"), ("2", "N° 2")):
        an_item(unit, serial, volume_key=key, volume_label=label)
    an_item(unit, serial, volume_key="1", volume_label="N° 1", status="WITHDRAWN")
    with unit.read() as reader:
        issues = issues_of(reader, serial)
    assert [(i.key, i.label, i.copies) for i in issues] == [
        ("10", "N° 10", 2),
        ("9", "N° 9", 1),
        ("2", "N° 2", 1),
    ]


def test_keys_are_ordered_as_people_count() -> None:
    keys = ["10", "9", "2024-11", "2024-2", "hors serie 3", "hors serie 12"]
    assert sorted(keys, key=in_order) == [
        "hors serie 3",
        "hors serie 12",
        "9",
        "10",
        "2024-2",
        "2024-11",
    ]
