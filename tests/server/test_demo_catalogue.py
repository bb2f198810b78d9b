"""The catalogue of the demonstration: five UNIMARC files with the habits of five libraries."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pymarc
import pytest

from navette.catalogue.matching import MatchFacts, blocking_keys, decide, facts_of
from navette.catalogue.normalising import folded
from navette.catalogue.unimarc import iso2709
from navette.catalogue.unimarc.iso2709 import RawRecord
from navette.catalogue.unimarc.parsed import ParsedRecord
from navette.catalogue.unimarc.profiles import load
from navette.catalogue.unimarc.reading import parse
from navette_server.demo.catalogue_files import build_files
from navette_server.demo.habits import luhn_digit
from navette_server.demo.holdings import copies_of, holdings_of
from navette_server.demo.works import LIBRARIES, Kind, Work, all_works, works_by_key

ALL = tuple(LIBRARIES)


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return dict(build_files(tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="session")
def demo_records(demo_files: dict[str, Path]) -> dict[str, list[pymarc.Record]]:
    return {library: parsed(path) for library, path in demo_files.items()}


def parsed(path: Path) -> list[pymarc.Record]:
    with path.open("rb") as stream:
        reader = pymarc.MARCReader(stream, force_utf8=True, utf8_handling="replace")
        records = list(reader)
    assert None not in records
    return [record for record in records if record is not None]


def read_by_profile(library: str, path: Path) -> list[ParsedRecord]:
    profile = load(library)
    with path.open("rb") as stream:
        return [parse(raw, profile) for raw in iso2709.read(stream) if isinstance(raw, RawRecord)]


def items(records: list[pymarc.Record]) -> list[pymarc.Field]:
    return [item for record in records for item in record.get_fields("995")]


def barcodes(records: list[pymarc.Record]) -> list[str]:
    return [item["f"] for item in items(records)]


def title(record: pymarc.Record) -> str:
    return record["200"]["a"]


@cache
def work(key: str) -> Work:
    return works_by_key()[key]


def test_the_catalogue_has_some_hundreds_of_works_of_every_kind() -> None:
    counts = Counter(work.kind for work in all_works())
    assert 450 <= len(all_works()) <= 600
    assert set(counts) == set(Kind)
    assert min(counts.values()) >= 12


def test_every_work_has_what_a_reader_looks_for() -> None:
    for one in all_works():
        assert one.title
        assert one.publisher
        assert one.audience in {"adult", "young", "child"}
        assert 1 <= one.popularity <= 5
        assert one.year is not None or one.parts
        assert one.authors or one.kind is Kind.MAGAZINE


def test_at_least_a_hundred_and_twenty_works_have_a_summary_of_our_own() -> None:
    assert sum(bool(one.summary) for one in all_works()) >= 120


@pytest.mark.parametrize(
    "key",
    [
        "harry-potter-a-l-ecole-des-sorciers",
        "le-mage-du-kremlin",
        "l-arabe-du-futur-6",
        "houris",
        "veiller-sur-elle",
        "asterix-1",
        "les-aventures-de-tintin-20",
        "blake-et-mortimer-6",
        "les-legendaires-1",
        "one-piece-20",
        "naruto-1",
    ],
)
def test_the_works_that_the_tour_shows_are_there(key: str) -> None:
    assert work(key).title


def test_series_go_up_by_volume_number() -> None:
    volumes: dict[str, list[int]] = {}
    for one in all_works():
        if one.series and one.language == "fre":
            volumes.setdefault(one.series, []).append(int(one.volume))
    assert volumes["One Piece"] == list(range(1, 21))
    assert all(a < b for numbers in volumes.values() for a, b in pairwise(numbers))


def test_an_isbn_that_is_given_has_a_right_check_digit() -> None:
    given = [one.isbn for one in all_works() if one.isbn and one.kind is not Kind.MAGAZINE]
    assert given
    for isbn in given:
        assert len(isbn) == 13
        assert sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(isbn)) % 10 == 0


def test_an_issn_that_is_given_has_a_right_check_digit() -> None:
    for one in all_works():
        if one.kind is Kind.MAGAZINE and one.isbn:
            digits = one.isbn.replace("-", "")
            assert sum(int(d) * (8 - i) for i, d in enumerate(digits)) % 11 == 0


def test_the_files_are_the_same_every_time(demo_files: dict[str, Path], tmp_path: Path) -> None:
    again = dict(build_files(tmp_path / "again"))
    assert list(again) == list(ALL)
    for library, path in again.items():
        assert path.name == f"{library}.mrc"
        assert path.read_bytes() == demo_files[library].read_bytes()


def test_every_record_has_a_title_and_an_item(
    demo_records: dict[str, list[pymarc.Record]],
) -> None:
    for records in demo_records.values():
        for record in records:
            assert title(record)
            assert record.get_fields("995")


def test_every_work_is_held_somewhere() -> None:
    held = {copy.work.key for library in LIBRARIES for copy in copies_of(library)}
    assert held == set(works_by_key())


def test_the_sizes_follow_the_towns(demo_records: dict[str, list[pymarc.Record]]) -> None:
    sizes = {library: len(items(records)) for library, records in demo_records.items()}
    assert 1_600 <= sum(sizes.values()) <= 2_000
    assert sizes["hem"] > sizes["lys"] > sizes["leers"] > max(sizes["lannoy"], sizes["toufflers"])
    assert min(sizes.values()) >= 100


def test_records_and_items_match_the_holdings(
    demo_records: dict[str, list[pymarc.Record]],
) -> None:
    for library, records in demo_records.items():
        copies = copies_of(library)
        assert len(items(records)) == len(copies)
        assert len(records) == len({copy.work.key for copy in copies})


def test_popular_works_stand_in_three_libraries_or_more() -> None:
    popular = [one for one in all_works() if one.popularity == 5 and not one.holdings]
    assert popular
    assert all(len(holdings_of(one)) >= 3 for one in popular)


def test_local_ids_and_barcodes_are_unique_in_their_library(
    demo_records: dict[str, list[pymarc.Record]],
) -> None:
    for records in demo_records.values():
        ids = [record["001"].data for record in records]
        assert len(set(ids)) == len(ids)
        codes = barcodes(records)
        assert len(set(codes)) == len(codes)


def test_no_item_has_a_barcode_that_looks_like_a_card(
    demo_records: dict[str, list[pymarc.Record]],
) -> None:
    for records in demo_records.values():
        assert not any(code.startswith("2059") for code in barcodes(records))


def test_barcodes_collide_between_leers_and_toufflers_only(
    demo_records: dict[str, list[pymarc.Record]],
) -> None:
    codes = {library: set(barcodes(records)) for library, records in demo_records.items()}
    assert len(codes["leers"] & codes["toufflers"]) >= 6
    for a, b in [(a, b) for a in ALL for b in ALL if a < b and {a, b} != {"leers", "toufflers"}]:
        assert not codes[a] & codes[b]


def test_colliding_barcodes_stand_on_different_works(
    demo_records: dict[str, list[pymarc.Record]],
) -> None:
    at = {
        library: {item["f"]: title(r).upper() for r in demo_records[library] for item in items([r])}
        for library in ("leers", "toufflers")
    }
    for code in at["leers"].keys() & at["toufflers"].keys():
        assert at["leers"][code] != at["toufflers"][code]


@pytest.mark.parametrize(
    ("library", "pattern"),
    [
        ("hem", r"259298\d{8}"),
        ("lannoy", r"LAN-\d{5}"),
        ("leers", r"7002\d{4}"),
        ("lys", r"L\d{10}"),
        ("toufflers", r"T\d{6}|7002\d{4}"),
    ],
)
def test_each_library_has_its_own_labels(
    library: str, pattern: str, demo_records: dict[str, list[pymarc.Record]]
) -> None:
    for code in barcodes(demo_records[library]):
        assert re.fullmatch(pattern, code)


def test_the_labels_of_hem_end_in_a_check_digit(
    demo_records: dict[str, list[pymarc.Record]],
) -> None:
    assert all(code[-1] == luhn_digit(code[:-1]) for code in barcodes(demo_records["hem"]))


def test_leers_writes_iso_5426_with_marked_articles(demo_files: dict[str, Path]) -> None:
    raw = demo_files["leers"].read_bytes()
    assert b"\x1fa\x88Le \x89Mage du Kremlin" in raw
    assert b"M\xc2ediath\xc1eque de Leers" in raw
    assert b"frey0103" in raw


def test_lys_has_its_publishers_in_214(demo_records: dict[str, list[pymarc.Record]]) -> None:
    assert not any(record.get_fields("210") for record in demo_records["lys"])
    assert all(record.get_fields("214") for record in demo_records["lys"])


def test_toufflers_keeps_its_records_short(demo_records: dict[str, list[pymarc.Record]]) -> None:
    tags = {field.tag for record in demo_records["toufflers"] for field in record.fields}
    assert not tags & {"330", "461", "606", "676"}
    hugo = next(r for r in demo_records["toufflers"] if r["700"]["a"] == "CAMUS")
    assert hugo["700"]["b"] == "Albert"


def test_lannoy_names_its_copies_in_words(demo_records: dict[str, list[pymarc.Record]]) -> None:
    named = items(demo_records["lannoy"])
    assert {item["c"] for item in named} == {"01"}
    assert {item.get("r", "") for item in named} >= {"Livre", "DVD", "CD"}
    assert not any(item.get("b") for item in named)


def test_magazines_come_by_issue_and_long_novels_by_volume(
    demo_records: dict[str, list[pymarc.Record]],
) -> None:
    magazine = next(r for r in demo_records["hem"] if title(r) == "Science & vie")
    assert "n° 1308 (septembre 2026)" in [item["v"] for item in magazine.get_fields("995")]
    assert str(magazine.leader)[6:8] == "as"
    novel = next(r for r in demo_records["hem"] if title(r) == "Les Rois maudits")
    copies = [item["v"] for item in novel.get_fields("995")]
    assert [label.partition(",")[0] for label in copies] == list("1234567")


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_profile_of_the_library_reads_what_its_cataloguer_meant(
    library: str, demo_files: dict[str, Path]
) -> None:
    held = list(dict.fromkeys(copy.work.key for copy in copies_of(library)))
    read = read_by_profile(library, demo_files[library])
    assert len(read) == len(held)
    for key, record in zip(held, read, strict=True):
        meant = work(key)
        full_title = f"{meant.title} {meant.subtitle}".strip()
        assert folded(record.title) in {folded(meant.title), folded(full_title)}
        kind = Kind.COMIC if meant.kind is Kind.MANGA else meant.kind
        assert record.type == kind.value
        assert record.volume_key == meant.volume
        assert folded(record.series_title) == folded(meant.series)
        assert record.audience == meant.audience
        numbers = {part.number for part in meant.parts} or {""}
        assert {item.volume_key for item in record.items} == numbers


def test_the_five_descriptions_of_a_work_are_recognised_as_one_publication(
    demo_files: dict[str, Path],
) -> None:
    told: list[tuple[str, MatchFacts]] = []
    for library, path in demo_files.items():
        held = dict.fromkeys(copy.work.key for copy in copies_of(library))
        described = map(facts_of, read_by_profile(library, path))
        told += zip(held, described, strict=True)
    blocks: dict[str, list[int]] = {}
    for at, (_, facts) in enumerate(told):
        for key in blocking_keys(facts):
            blocks.setdefault(key, []).append(at)
    compared = {pair for block in blocks.values() for pair in combinations(block, 2)}
    alike = {(a, b) for a, b in compared if decide(told[a][1], told[b][1]).same}
    same = {(a, b) for a, b in combinations(range(len(told)), 2) if told[a][0] == told[b][0]}
    assert alike == same


def test_a_real_file_imported_beside_it_touches_nothing_of_the_demonstration(
    demo_records: dict[str, list[pymarc.Record]], shared_data: Path
) -> None:
    for library, records in demo_records.items():
        with (shared_data / "roubaix" / f"{library}.mrc").open("rb") as stream:
            real = [r for r in pymarc.MARCReader(stream, to_unicode=False, permissive=True) if r]
        ids = {bytes(field.data) for r in real for field in r.get_fields("001")}
        barcodes = {
            bytes(code) for r in real for f in r.get_fields("995") for code in f.get_subfields("f")
        }
        assert not ids & {str(r["001"].data).encode() for r in records}
        assert not barcodes & {
            code.encode()
            for r in records
            for f in r.get_fields("995")
            for code in f.get_subfields("f")
        }
