"""Copies written otherwise than in 995: Koha's 952, Sudoc's 930 with 915."""

from __future__ import annotations

import io
from datetime import date

import pytest

from navette.catalogue.unimarc import profiles, sources
from navette.catalogue.unimarc.iso2709 import RawRecord
from navette.catalogue.unimarc.parsed import ParsedItem
from navette.catalogue.unimarc.profiles import Profile
from navette.catalogue.unimarc.reading import parse
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record


def field(tag: str, text: str) -> DataField:
    """`field("952", "p100|aHEM")`."""
    return DataField(tag, tuple((part[0], part[1:]) for part in text.split("|")))


def items_of(*fields: DataField, profile: str | Profile) -> tuple[ParsedItem, ...]:
    title = DataField("200", (("a", "Titre"),), "1")
    (raw,) = sources.read(io.BytesIO(write_record([ControlField("001", "x1"), title, *fields])))
    assert isinstance(raw, RawRecord)
    chosen = profiles.load(profile) if isinstance(profile, str) else profile
    return parse(raw, chosen).items


def test_koha_says_its_copies_in_952() -> None:
    whole = "00|10|70|8JEU|aHEM|bLYS|cCHILD|d2019-03-04|g12.50|l17|oE ALB|pT 00012|yBK|hn° 4"
    (item,) = items_of(field("952", whole), field("995", "f999"), profile="koha")
    assert (item.barcode, item.written_barcode, item.call_number) == ("T00012", "T 00012", "E ALB")
    assert (item.home_code, item.holding_code, item.library) == ("HEM", "LYS", None)
    assert (item.section, item.collection, item.price) == ("CHILD", "JEU", "12.50")
    assert (item.entered_on, item.loan_count) == (date(2019, 3, 4), 17)
    assert (item.volume_label, item.volume_key) == ("n° 4", "4")
    assert (item.not_for_loan, item.on_order, item.item_type) == (False, False, "book")


@pytest.mark.parametrize(
    ("said", "not_for_loan", "on_order"),
    [
        ("p1", False, False),
        ("p1|00|10|70", False, False),
        ("p1|71", True, False),
        ("p1|72", True, False),
        ("p1|7-1", False, True),
        ("p1|14", True, False),
        ("p1|01", True, False),
    ],
)
def test_a_copy_of_koha_that_is_lost_withdrawn_or_reserved_is_not_for_loan(
    said: str, *, not_for_loan: bool, on_order: bool
) -> None:
    (item,) = items_of(field("952", said), profile="koha")
    assert (item.not_for_loan, item.on_order) == (not_for_loan, on_order)


def test_sudoc_joins_the_holding_and_its_barcode() -> None:
    first, second = items_of(
        field("915", "5590000002:22|b0002"),
        field("915", "5590000001:11|aINV7|b0001"),
        field("930", "5590000001:11|b590000001|aR HUG|cSalle|ju"),
        field("930", "5590000002:22|b590000002|aJ HUG"),
        profile="sudoc",
    )
    assert (first.barcode, first.call_number, first.section) == ("0001", "R HUG", "Salle")
    assert (second.barcode, second.call_number, second.home_code) == ("0002", "J HUG", "590000002")
    assert first.library is None


def test_a_holding_with_several_barcodes_is_several_copies() -> None:
    items = items_of(
        field("930", "5R:1|aPER"),
        field("915", "5R:1|b1"),
        field("915", "5R:1|b2"),
        profile="sudoc",
    )
    assert [(item.barcode, item.call_number) for item in items] == [("1", "PER"), ("2", "PER")]


def test_nothing_is_lost_when_one_of_the_two_fields_is_missing() -> None:
    items = items_of(field("930", "5R:1|aSEUL"), field("915", "5R:2|b2"), profile="sudoc")
    assert [(item.barcode, item.call_number) for item in items] == [("", "SEUL"), ("2", "")]


def test_without_links_the_only_holding_has_all_barcodes() -> None:
    items = items_of(field("930", "aROM"), field("915", "b1"), profile="sudoc")
    assert [(item.barcode, item.call_number) for item in items] == [("1", "ROM")]


def test_libraries_of_the_source_are_mapped_by_the_profile() -> None:
    mine = profiles.from_toml(
        "mine",
        {
            "items": {
                "field": "930",
                "home": "b",
                "joined": {"field": "915", "link": "5", "barcode": "b"},
            },
            "libraries": {"590000001": "HEM"},
        },
    )
    fields = (field("930", "5R:1|b590000001"), field("915", "5R:1|b7"))
    (item,) = items_of(*fields, profile=mine)
    assert (item.library, item.barcode) == ("hem", "7")


@pytest.mark.parametrize(
    ("joined", "reason"),
    [
        ({"field": "915"}, "lacks link"),
        ({}, "lacks field and link"),
        ({"field": "915", "link": "5", "colour": "b"}, "unknown item names colour"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong(joined: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        profiles.from_toml("x", {"items": {"joined": joined}})
