"""MARC 21, in UTF-8 and in MARC-8, says the same as UNIMARC would."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from pymarc.marc8 import marc8_to_unicode

from navette.catalogue.unimarc import charset, iso2709, marc8, profiles
from navette.catalogue.unimarc.marcxml import read as read_xml
from navette.catalogue.unimarc.marcxml_writing import written
from navette.catalogue.unimarc.packing import packed
from navette.catalogue.unimarc.parsed import ParsedRecord
from navette.catalogue.unimarc.reading import parse

LEADER = "00000nam a2200000 a 4500"
OLD_LEADER = "00000nam  2200000 a 4500"
COMMON = "200115s2019    fr a   j      000 1 fre d"


def a_record(*fields: tuple[str, str | bytes], leader: str = LEADER) -> bytes:
    """Pack fields typed as "10$aLe petit prince /$cA. de Saint-Exupéry"."""
    tags = [tag for tag, _ in fields]
    texts = [text.encode() if isinstance(text, str) else text for _, text in fields]
    return packed(leader, tags, [re.sub(rb"(?<!\x1b)\$", b"\x1f", text) for text in texts])


def read(data: bytes, profile: str = "marc21") -> ParsedRecord:
    raw = next(iso2709.read(io.BytesIO(data)))
    assert isinstance(raw, iso2709.RawRecord)
    return parse(raw, profiles.load(profile))


NOVEL = (
    ("001", "ocm1"),
    ("008", COMMON),
    ("020", "  $a2070612759 (br.) :$c6 EUR"),
    ("020", "  $a9782070612750"),
    ("041", "1 $afre$hengjpn$jdut"),
    ("082", "04$a843/.914$220"),
    ("100", "1 $aSaint-Exupéry, Antoine de,$d1900-1944,$eauthor."),
    ("240", "10$aThe little prince"),
    ("245", "13$aLe petit prince :$bavec des aquarelles de l'auteur /$cAntoine de Saint-Exupéry."),
    ("246", "3 $aPetit Prince, le"),
    ("264", " 1$aParis :$bGallimard,$c[2019]"),
    ("300", "  $a97 p. :$bill. en coul. ;$c18 cm"),
    ("336", "  $atexte$btxt$2rdacontent"),
    ("490", "1 $aFolio junior ;$v100"),
    ("505", "0 $aUn. -- Deux."),
    ("520", "  $aUn aviateur rencontre un enfant."),
    ("650", " 6$aAmitié$vRomans, nouvelles, etc."),
    ("655", " 7$aContes"),
    ("700", "1 $aLefort, Anne,$eillustrator"),
    ("856", "40$uhttps://example.org/x$yExtrait"),
    ("852", "  $aMAIN$cJUV$hJ SAI$p0123$30"),
    ("852", "  $aMAIN$cJUV$hJ SAI$p0124$3REF"),
)


def test_every_field_that_a_reader_needs_is_understood() -> None:
    record = read(a_record(*NOVEL))
    assert (record.local_id, record.type, record.audience) == ("ocm1", "book", "child")
    assert (record.title, record.title_sort) == ("Le petit prince", "petit prince")
    assert record.subtitle == "avec des aquarelles de l'auteur"
    assert record.statement == "Antoine de Saint-Exupéry"
    assert [(a.name, a.role) for a in record.authors] == [
        ("Antoine de Saint-Exupéry", "author"),
        ("Anne Lefort", "illustrator"),
    ]
    assert (record.place, record.publisher, record.year) == ("Paris", "Gallimard", 2019)
    assert record.extent == "97 p. ; ill. en coul. ; 18 cm"
    assert (record.collection, record.languages, record.dewey) == (
        "Folio junior",
        ("fre",),
        "843.914",
    )
    assert record.original_languages == ("eng", "jpn")
    assert record.subtitle_languages == ("dut",)
    assert (record.subjects, record.genres) == (
        ("Amitié -- Romans, nouvelles, etc.",),
        ("Contes",),
    )
    assert record.summary == "Un aviateur rencontre un enfant."
    assert record.contents == ("Un. -- Deux.",)
    assert record.other_titles == ("The little prince", "Petit Prince, le")
    assert record.links[0] == ("https://example.org/x", "Extrait")
    assert [(n.value, n.valid) for n in record.identifiers] == [
        ("9782070612758", True),
        ("9782070612750", False),
    ]
    items = [(i.barcode, i.call_number, i.section, i.not_for_loan) for i in record.items]
    assert items == [("0123", "J SAI", "JUV", False), ("0124", "J SAI", "JUV", True)]
    assert (record.charset, record.repaired) == ("utf-8", False)


@pytest.mark.parametrize(
    ("fields", "kind", "kind_of_record"),
    [
        ((("245", "10$aNaruto.$n3 /$cKishimoto"),), "a", "book"),
        ((("245", "00$aMiles$h[sound recording]"), ("300", "  $a1 CD")), "j", "music"),
        ((("245", "00$aAmélie"), ("300", "  $a1 DVD")), "g", "film"),
        ((("245", "00$aLu"), ("336", "  $bspw")), "i", "audiobook"),
        ((("245", "00$aSpirou"),), "as", "magazine"),
        ((("245", "00$aEncarta"),), "m", "software"),
    ],
)
def test_the_kind_is_told_by_the_leader_and_what_is_beside_it(
    fields: tuple[tuple[str, str], ...], kind: str, kind_of_record: str
) -> None:
    leader = (
        f"00000n{kind:m<2.2} a2200000 a 4500" if len(kind) == 1 else f"00000n{kind} a2200000 a 4500"
    )
    assert read(a_record(*fields, leader=leader)).type == kind_of_record


def test_a_cancelled_isbn_is_kept_and_marked() -> None:
    record = read(a_record(*NOVEL[:2], ("020", "  $z9782070612758"), ("245", "00$aT")))
    assert [(i.value, i.valid) for i in record.identifiers] == [("9782070612758", False)]


def test_volumes_and_series_are_read() -> None:
    record = read(
        a_record(
            ("245", "10$aNaruto.$n3,$pLe pont /$cMasashi Kishimoto"),
            ("800", "1 $aKishimoto, Masashi.$tNaruto ;$v3"),
        )
    )
    assert (record.title, record.subtitle) == ("Naruto", "Le pont")
    assert (record.series_title, record.volume_key) == ("Naruto", "3")


@pytest.mark.parametrize(
    ("field", "adapted"),
    [
        (("008", COMMON[:23] + "d" + COMMON[24:]), ("large_print",)),
        (("008", COMMON[:23] + "f" + COMMON[24:]), ("braille",)),
        (("007", "fb a bnnn"), ("braille",)),
        (("336", "  $btct"), ("braille",)),
        (("655", " 7$aLivres en gros caractères"), ("large_print",)),
    ],
)
def test_adapted_reading_is_read(field: tuple[str, str], adapted: tuple[str, ...]) -> None:
    assert read(a_record(("245", "00$aT"), field)).adapted == adapted


def test_items_of_koha_are_read_from_marc21_too() -> None:
    fields = (("245", "00$aT"), ("952", "  $aHEM$bHEM$oR TIT$pB1$yBK"))
    assert [i.barcode for i in read(a_record(*fields), "koha").items] == ["B1"]


MARC_8 = {
    b"L'\xe2et\xe2e \xe1a la mer": "L'été à la mer",
    b"Fran\xf0cois, le c\xb6ur l\xe2eger": "François, le cœur léger",
    b"\xe4n \xe8u \xa1 \xc3": "ñ ü Ł ©",
    b"\x1b(N\x4a\x1b(B et fin": "й et fin",
    b"H\x1bb2\x1bsO": "H₂O",
    b'\x1b$1!0!!0"\x1b(B': "一丁",
    b"\x1bga\x1bs": "α",
}  # fmt: skip


@pytest.mark.parametrize("data", MARC_8)
def test_marc8_is_decoded_as_its_standard_says(data: bytes) -> None:
    assert marc8.decode(data) == MARC_8[data]
    assert unicodedata.normalize("NFC", marc8_to_unicode(data, True)) == MARC_8[data]


@pytest.mark.parametrize("leader", [OLD_LEADER, LEADER])
@pytest.mark.parametrize("data", MARC_8)
def test_bytes_tell_marc8_whatever_the_leader_says(leader: str, data: bytes) -> None:
    record = read(a_record(("001", "1"), ("245", b"00$a" + data), leader=leader))
    assert record.charset == "marc8"
    assert record.title == MARC_8[data]
    assert record.repaired is (leader == LEADER)


@pytest.mark.parametrize("leader", [OLD_LEADER, LEADER])
def test_other_bytes_in_marc21_are_what_they_are(leader: str) -> None:
    text = "L'été à la mer, où François rêve"
    as_utf8 = read(a_record(("245", f"00$a{text}"), leader=leader))
    assert (as_utf8.title, as_utf8.charset) == (text, "utf-8")
    as_latin = read(a_record(("245", f"00$a{text}".encode("cp1252")), leader=leader))
    assert (as_latin.title, as_latin.charset) == (text, "cp1252")


@pytest.mark.parametrize(
    "data", [b"\x1b", b"a\x1b(", b"\x1b$1!", b"\x1b)", b"\xe2", b"\x1b$", b"\xff\x80"]
)
def test_an_escape_that_is_cut_never_raises(data: bytes) -> None:
    marc8.decode(data)
    read(a_record(("245", b"00$a" + data), leader=OLD_LEADER))


def test_it_says_the_same_after_a_way_through_xml() -> None:
    old = a_record(("001", "1"), ("245", b"10$aL'\xe2et\xe2e /$cX"), leader=OLD_LEADER)
    again = next(read_xml(io.BytesIO(b"".join(written([old]))), ""))
    assert isinstance(again, iso2709.RawRecord)
    assert charset.decode_record(again).text == "1\x1e10\x1faL'été /\x1fcX"
    assert parse(again, profiles.load("marc21")).title == "L'été"
