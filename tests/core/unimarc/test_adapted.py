"""Adapted reading is found wherever cataloguers write it, and never in what a book is about."""

from __future__ import annotations

import io

import pytest

from navette.catalogue.unimarc import adapted, iso2709, profiles
from navette.catalogue.unimarc.fields import DataField, Field
from navette.catalogue.unimarc.parsed import ParsedRecord
from navette.catalogue.unimarc.reading import parse
from navette.catalogue.unimarc.writing import write_record

TITLE = DataField("200", (("a", "Un titre"),), "1")


def said(*fields: Field, kind: str = "a", profile: str = "generic") -> ParsedRecord:
    """Read a record made of these fields."""
    title = [] if any(field.tag == "200" for field in fields) else [TITLE]
    return parse(raw_of([*title, *fields], kind), profiles.load(profile))


def raw_of(fields: list[Field], kind: str = "a") -> iso2709.RawRecord:
    raw = next(iso2709.read(io.BytesIO(write_record(fields, kind=kind))))
    assert isinstance(raw, iso2709.RawRecord)
    return raw


def field(tag: str, *subfields: tuple[str, str]) -> DataField:
    return DataField(tag, subfields)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (field("106", ("a", "d")), "large_print"),
        (field("200", ("a", "T"), ("b", "Texte imprimé en gros caractères")), "large_print"),
        (field("215", ("a", "1 vol. (320 p. en gros caractères)")), "large_print"),
        (field("225", ("a", "Collection Large vision"), ("i", "corps 18")), "large_print"),
        (field("606", ("a", "Livres en gros caractères")), "large_print"),
        (field("608", ("a", "Livres audio")), "audiobook"),
        (field("995", ("f", "1"), ("r", "Gros caractères")), "large_print"),
        (field("200", ("a", "T"), ("b", "Livre audio DAISY")), "daisy"),
        (field("215", ("a", "1 CD MP3 Daisy (7 h)")), "daisy"),
        (field("610", ("a", "Daisy")), "daisy"),
        (field("225", ("a", "Collection FALC")), "easy_to_read"),
        (field("608", ("a", "Livres faciles à lire")), "easy_to_read"),
        (field("995", ("f", "1"), ("e", "Facile à lire")), "easy_to_read"),
        (field("106", ("a", "f")), "braille"),
        (field("181", ("c", "tct")), "braille"),
        (field("181", ("a", "i "), ("b", "xxxd  ")), "braille"),
        (field("215", ("a", "3 vol. en braille")), "braille"),
        (field("606", ("a", "Livres en braille")), "braille"),
        (field("225", ("a", "Dyscool")), "dyslexia"),
        (field("606", ("a", "Livres adaptés aux dyslexiques")), "dyslexia"),
        (field("995", ("f", "1"), ("h", "DYS")), "dyslexia"),
        (field("101", ("a", "fsl")), "sign_language"),
        (field("215", ("a", "1 DVD"), ("c", "coul., LSF")), "sign_language"),
        (field("610", ("a", "Conte en langue des signes")), "sign_language"),
    ],
)
def test_each_place_that_tells_adapted_reading_is_read(one: DataField, kind: str) -> None:
    assert kind in said(one).adapted


@pytest.mark.parametrize(
    "one",
    [
        field("606", ("a", "Dyslexie"), ("x", "Ouvrages pour la jeunesse")),
        field("606", ("a", "Braille (écriture)")),
        field("606", ("a", "Langue des signes française")),
        field("600", ("a", "Braille"), ("b", "Louis")),
        field("200", ("a", "Daisy Miller")),
        field("200", ("a", "La cuisine facile à lire au lit")),
        field("330", ("a", "Un enfant dys découvre le braille et la langue des signes.")),
        field("210", ("a", "Paris"), ("c", "Éditions des Signes")),
    ],
)
def test_a_book_about_it_is_not_adapted(one: DataField) -> None:
    assert said(one).adapted == ()


def test_large_print_anywhere_makes_the_type_and_a_spoken_book_is_an_audiobook() -> None:
    assert said(field("215", ("a", "320 p. (gros caractères)"))).type == "large_print"
    spoken = said(field("215", ("a", "1 CD MP3 Daisy")), kind="i")
    assert (spoken.type, spoken.adapted) == ("audiobook", ("audiobook", "daisy"))


def test_codes_of_a_source_are_mapped_by_its_profile() -> None:
    mine = profiles.from_toml(
        "mine",
        {
            "items": {"barcode": "f", "section": "e"},
            "values": {"adapted": {"ESP-ACC": "easy_to_read"}},
        },
    )
    raw = raw_of([TITLE, field("995", ("f", "1"), ("e", "ESP-ACC"))])
    assert parse(raw, mine).adapted == ("easy_to_read",)
    with pytest.raises(ValueError, match="unknown adapted loud"):
        profiles.from_toml("mine", {"values": {"adapted": {"X": "loud"}}})


def test_the_kinds_are_in_one_order() -> None:
    both = said(field("106", ("a", "f")), field("225", ("a", "Gros caractères")))
    assert both.adapted == ("large_print", "braille")
    assert adapted.KINDS[0] == "large_print"
