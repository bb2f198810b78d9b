"""The five real files: every record, every item, every accent."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest

from navette.catalogue.unimarc import profiles
from navette.catalogue.unimarc.iso2709 import RawRecord, read
from navette.catalogue.unimarc.marcxml import read as read_xml
from navette.catalogue.unimarc.marcxml_writing import written
from navette.catalogue.unimarc.parsed import ParsedRecord
from navette.catalogue.unimarc.reading import parse

EXPECTED = {
    "hem": (2252, 2335),
    "lys": (2075, 2156),
    "leers": (1508, 1508),
    "toufflers": (720, 720),
    "lannoy": (641, 641),
}
Files = dict[str, list[ParsedRecord]]


@pytest.fixture(scope="module")
def files(shared_data: Path) -> Files:
    found: Files = {}
    for name in EXPECTED:
        profile = profiles.load(name)
        with (shared_data / "roubaix" / f"{name}.mrc").open("rb") as stream:
            raws = [raw for raw in read(stream, name) if isinstance(raw, RawRecord)]
        found[name] = [parse(raw, profile) for raw in raws]
    return found


def test_no_record_and_no_item_is_lost(files: Files) -> None:
    counted = {n: (len(rs), sum(len(r.items) for r in rs)) for n, rs in files.items()}
    assert counted == EXPECTED


def test_each_item_has_a_barcode_of_its_own_and_its_library(files: Files) -> None:
    for name, records in files.items():
        items = [item for record in records for item in record.items]
        assert len({item.barcode for item in items}) == len(items)
        assert {item.library for item in items} == {None if name == "lannoy" else name}


def test_the_same_publication_has_the_same_accents_in_all_files(files: Files) -> None:
    """Leers is ISO 5426, the others UTF-8: where identifier and length agree, so must the title."""
    hem = {number.value: r for r in files["hem"] for number in r.identifiers if number.valid}
    compared = 0
    for name in ("leers", "lys", "lannoy"):
        for record in files[name]:
            twin = next((hem[n.value] for n in record.identifiers if n.value in hem), None)
            if twin is None or len(twin.title) != len(record.title):
                continue
            compared += 1
            assert "\ufffd" not in record.title or "\ufffd" in twin.title
            if twin.title_sort == record.title_sort and "?" not in record.title:
                assert twin.title.casefold() == record.title.casefold()
    assert compared > 1000


def test_letters_of_leers_are_those_of_french(files: Files) -> None:
    assert {record.charset for record in files["leers"]} <= {"iso5426", "utf-8"}
    text = "".join(f"{r.title}{r.statement}{r.summary}{r.publisher}" for r in files["leers"])
    strange = Counter(
        c for c in text if not c.isascii() and c not in "éèêëàâîïôöùûüçÉÈÊÀÂÎÔÇœæŒ«»°"
    )
    assert sum(strange.values()) < 120
    assert not any(0x80 <= ord(c) < 0xA0 for c in text)
    assert "L'oiseau des ténébres" in {record.title for record in files["leers"]}


def test_every_record_says_the_same_after_a_way_through_xml(files: Files) -> None:
    for name, records in files.items():
        xml = io.BytesIO(b"".join(written(record.raw for record in records)))
        raws = [raw for raw in read_xml(xml, name) if isinstance(raw, RawRecord)]
        again = [parse(raw, profiles.load(name)) for raw in raws]
        assert [_said(record) for record in again] == [_said(record) for record in records]


def _said(record: ParsedRecord) -> ParsedRecord:
    """What it says, leaving apart how it was written."""
    return record._replace(position=0, raw=b"", charset="", repaired=False)


def test_kinds_and_facts_are_plausible(files: Files) -> None:
    kinds = Counter(record.type for records in files.values() for record in records)
    assert kinds["book"] > 5000
    assert kinds["comic"] > 300
    assert kinds["music"] > 400
    assert kinds["film"] > 290
    assert kinds["other"] < 30
    for records in files.values():
        assert all(record.local_id and record.title for record in records)
        assert sum(record.year is not None for record in records) > 0.9 * len(records)


def test_what_is_to_be_read_on_the_spot_is_known(files: Files) -> None:
    kept = {n: sum(i.not_for_loan for r in rs for i in r.items) for n, rs in files.items()}
    assert kept == {"hem": 73, "lys": 72, "leers": 51, "toufflers": 0, "lannoy": 14}
