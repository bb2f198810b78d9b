"""Who may open what, decided in one place: the right is "has a valid card", then age and audience."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from navette.eresources.offers import Offer

ADULT = 18
YOUNG = 12
BANDS = ((11, "0-11"), (14, "12-14"), (17, "15-17"), (25, "18-25"), (64, "26-64"))
OLDEST = "65+"
UNKNOWN = "unknown"


class WhyNot(StrEnum):
    """What keeps an offer closed for somebody."""

    SIGN_IN = "sign_in"
    EXPIRED = "expired"
    ADULTS = "adults"
    TOO_YOUNG = "too_young"
    YOUNG = "young"
    PROFESSIONALS = "professionals"


@dataclass(frozen=True)
class Reader:
    """What decides: the end of the registration, the year of birth, the category."""

    valid_until: date
    birth_year: int | None
    category: str


def age(reader: Reader, today: date) -> int | None:
    """Return the age reached this year, as far as a year of birth tells; None when unknown."""
    if reader.birth_year is not None:
        return today.year - reader.birth_year
    return {"child": YOUNG - 1, "young": YOUNG}.get(reader.category)


def age_band(reader: Reader, today: date) -> str:
    """Return the band of ages that may be told to others, never the year of birth."""
    years = age(reader, today) if reader.birth_year is not None else None
    if years is None:
        return UNKNOWN
    return next((band for last, band in BANDS if years <= last), OLDEST)


def why_not(offer: Offer, reader: Reader | None, today: date) -> WhyNot | None:
    """Return what keeps an offer closed for this reader (None: nobody signed in), or None."""
    if reader is None:
        return WhyNot.SIGN_IN if offer.needs_card or offer.audience != "all" else None
    if offer.needs_card and reader.valid_until < today:
        return WhyNot.EXPIRED
    years = age(reader, today)
    if years is not None and years < offer.min_age:
        return WhyNot.TOO_YOUNG
    minor = years is not None and years < ADULT
    closed = {
        "professional": (reader.category != "professional", WhyNot.PROFESSIONALS),
        "adult": (minor, WhyNot.ADULTS),
        "young": (not minor, WhyNot.YOUNG),
        "child": (not minor, WhyNot.YOUNG),
    }
    kept_out, reason = closed.get(offer.audience, (False, WhyNot.SIGN_IN))
    return reason if kept_out else None
