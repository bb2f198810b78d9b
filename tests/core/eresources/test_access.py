"""Who may open what, and what leaves us with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from navette.eresources.access import Reader, WhyNot, age_band, why_not
from navette.eresources.checking import check_offers
from navette.eresources.offers import Offer
from navette.errors import SourceError

TODAY = date(2026, 11, 26)
OFFER = Offer(
    1, "kiosque", "Le Kiosque", "presse", "", "https://p.example/", "all", needs_card=True
)
ADULT = Reader(date(2027, 1, 1), 1980, "adult")


@pytest.mark.parametrize(
    ("offer", "reader", "reason"),
    [
        ({}, ADULT, None),
        ({}, None, WhyNot.SIGN_IN),
        ({"needs_card": False}, None, None),
        ({"needs_card": False, "audience": "adult"}, None, WhyNot.SIGN_IN),
        ({}, replace(ADULT, valid_until=date(2026, 11, 25)), WhyNot.EXPIRED),
        ({}, replace(ADULT, valid_until=TODAY), None),
        ({"needs_card": False}, replace(ADULT, valid_until=date(2020, 1, 1)), None),
        ({"audience": "adult"}, replace(ADULT, birth_year=2009), WhyNot.ADULTS),
        ({"audience": "adult"}, replace(ADULT, birth_year=2008), None),
        ({"audience": "adult"}, Reader(TODAY, None, "young"), WhyNot.ADULTS),
        ({"audience": "adult"}, Reader(TODAY, None, "group"), None),
        ({"audience": "young"}, ADULT, WhyNot.YOUNG),
        ({"audience": "child"}, replace(ADULT, birth_year=2016), None),
        ({"audience": "professional"}, ADULT, WhyNot.PROFESSIONALS),
        ({"audience": "professional"}, replace(ADULT, category="professional"), None),
        ({"min_age": 16}, replace(ADULT, birth_year=2011), WhyNot.TOO_YOUNG),
        ({"min_age": 16}, replace(ADULT, birth_year=2010), None),
    ],
)
def test_the_right_is_a_valid_card_then_age_and_audience(
    offer: dict[str, object], reader: Reader | None, reason: WhyNot | None
) -> None:
    assert why_not(replace(OFFER, **offer), reader, TODAY) == reason


@pytest.mark.parametrize(
    ("born", "band"),
    [(2016, "0-11"), (2014, "12-14"), (2009, "15-17"), (2008, "18-25"), (1980, "26-64"),
     (1950, "65+"), (None, "unknown")],
)  # fmt: skip
def test_an_age_is_told_as_a_band(born: int | None, band: str) -> None:
    assert age_band(Reader(TODAY, born, "adult"), TODAY) == band


def test_only_what_the_offer_sends_is_in_its_address() -> None:
    known = {"login_hint": "mel 1&x=2", "library": "hem", "age_band": "26-64"}
    url = "https://p.example/open?hint={login_hint}&lib={library}"
    quiet = replace(OFFER, url=url)
    assert quiet.address(known) == "https://p.example/open"
    assert replace(quiet, sends=("login_hint",)).address(known) == (
        "https://p.example/open?hint=mel%201%26x%3D2"
    )
    assert replace(quiet, sends=("library",)).address(known) == "https://p.example/open?lib=hem"
    assert replace(quiet, sends=("library",)).address({}) == "https://p.example/open"


@pytest.mark.parametrize(
    "wrong",
    [{"audience": "dogs"}, {"opening": "popup"}, {"sends": ["name"]}, {"min_age": "12"}],
    ids=str,
)
def test_an_offer_that_says_what_we_do_not_understand_is_refused(wrong: dict[str, object]) -> None:
    check_offers([{"code": "a"}], "network.toml")
    with pytest.raises(SourceError, match="eresource a:"):
        check_offers([{"code": "a", **wrong}], "network.toml")
