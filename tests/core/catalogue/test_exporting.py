"""Exporting: what was read can be written and read again without loss."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from fakes import FrozenClock
from navette.catalogue.exporting import export_lines, export_raw
from navette.catalogue.importing import import_file
from navette.catalogue.tables import SourceRecord
from navette.catalogue.unimarc import marcxml_writing
from navette.catalogue.unimarc.writing import ControlField, DataField, Encoding, write_record
from navette.errors import UnknownLibrary
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.unit import Unit

LINES = list[dict[str, object]]


def a_record(local_id: str, title: str, barcode: str, encoding: Encoding = "utf-8") -> bytes:
    return write_record(
        [
            ControlField("001", local_id),
            DataField("200", (("a", title), ("f", "Zoé Élan & <Cie>")), "1"),
            *([DataField("010", (("a", "9782070612758"),))] if local_id in {"h1", "y1"} else []),
            DataField("461", (("t", "Une série"), ("v", "3"))),
            DataField("995", (("f", barcode), ("k", "BD É"))),
        ],
        encoding,
    )


HEM = a_record("h1", "\u0098Les \u009cÉléphants", "100") + a_record("h2", "Œuvre", "101", "iso5426")
LYS = a_record("y1", "Les Éléphants", "100") + a_record("y2", "Ailleurs", "7")


@pytest.fixture
def filled(unit: Unit, network: Network, tmp_path: Path, clock: FrozenClock) -> Unit:
    for code, data in (("hem", HEM), ("lys", LYS)):
        bring(unit, tmp_path / f"{code}.mrc", code, data, clock)
    return unit


def bring(unit: Unit, path: Path, code: str, data: bytes, clock: FrozenClock) -> None:
    path.write_bytes(data)
    assert import_file(unit, path, code, "generic", now=clock.now()).complete


def lines(unit: Unit, library: str | None = None) -> LINES:
    with unit.read() as reader:
        return list(export_lines(reader, library))


def raw(unit: Unit, library: str | None = None) -> list[bytes]:
    with unit.read() as reader:
        return list(export_raw(reader, library))


def test_records_come_out_byte_for_byte_library_after_library(filled: Unit) -> None:
    assert b"".join(raw(filled, "hem")) == HEM
    assert b"".join(raw(filled, "LYS")) == LYS
    assert b"".join(raw(filled)) == HEM + LYS


def test_lines_of_one_library_are_those_it_describes(filled: Unit) -> None:
    assert [line["sources"] for line in lines(filled, "lys")] == [
        [["hem", "h1"], ["lys", "y1"]],
        [["lys", "y2"]],
    ]
    assert len(lines(filled)) == 3
    with pytest.raises(UnknownLibrary):
        lines(filled, "paris")
    with pytest.raises(UnknownLibrary):
        raw(filled, "paris")


def test_a_record_that_is_gone_from_its_library_is_not_exported_as_its_own(filled: Unit) -> None:
    at = FrozenClock().now()
    filled.write(lambda tx: tx.execute(update(table(SourceRecord)).values(gone_at=at)))
    assert raw(filled) == []
    assert len(lines(filled)) == 3


def test_what_was_exported_and_imported_again_changes_nothing(
    filled: Unit, tmp_path: Path, clock: FrozenClock
) -> None:
    before = lines(filled)
    for code in ("hem", "lys"):
        path = tmp_path / "again.mrc"
        path.write_bytes(b"".join(raw(filled, code)))
        report = import_file(filled, path, code, "generic", now=clock.now())
        assert (report.records_unchanged, report.items_unchanged) == (2, 2)
    assert lines(filled) == before


def as_xml(data: bytes) -> str:
    return b"".join(marcxml_writing.written([data])).decode()


def test_the_catalogue_is_the_same_after_a_way_through_xml(
    filled: Unit, tmp_path: Path, clock: FrozenClock
) -> None:
    before = lines(filled)
    for code in ("hem", "lys"):
        path = tmp_path / f"{code}.xml"
        path.write_bytes(b"".join(marcxml_writing.written(raw(filled, code))))
        report = import_file(filled, path, code, "generic", now=clock.now())
        assert (report.records_read, report.records_refused, report.items_unchanged) == (2, 0, 2)
    assert lines(filled) == before


def test_marcxml_is_utf_8_whatever_the_charset_of_the_record() -> None:
    written = as_xml(a_record("h2", "Œuvre", "101", "iso5426"))
    assert '<subfield code="a">Œuvre</subfield>' in written
    assert '<subfield code="f">Zoé Élan &amp; &lt;Cie&gt;</subfield>' in written
    assert '<controlfield tag="001">h2</controlfield>' in written
    assert '<datafield tag="200" ind1="1" ind2=" ">' in written
    assert "<leader>     nam0 22        450 </leader>" in written


def test_what_no_xml_may_hold_is_left_out() -> None:
    written = as_xml(a_record("h1", "Un\uffff\x0bmot", "1"))
    assert '<subfield code="a">Un mot</subfield>' in written


@pytest.mark.parametrize(
    ("profile", "fields"),
    [
        ("koha", [DataField("952", (("p", "K1"), ("o", "R ZOL"), ("y", "BK")))]),
        (
            "sudoc",
            [
                DataField("930", (("5", "R:1"), ("a", "R ZOL"))),
                DataField("915", (("5", "R:1"), ("b", "K1"))),
            ],
        ),
    ],
)
def test_copies_in_other_fields_are_imported_by_their_profile(
    profile: str,
    fields: list[DataField],
    unit: Unit,
    network: Network,
    tmp_path: Path,
    clock: FrozenClock,
) -> None:
    title = DataField("200", (("a", "Germinal"),), "1")
    path = tmp_path / "other.mrc"
    path.write_bytes(write_record([ControlField("001", "k1"), title, *fields]))
    report = import_file(unit, path, "leers", profile, now=clock.now())
    assert (report.items_created, report.refusals) == (1, [])
    assert [line["items"] for line in lines(unit)] == [[["leers", "K1"]]]
