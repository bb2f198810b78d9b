"""Dates, hours and small numbers as French sentences say them, with no-break spaces. Pure."""

from __future__ import annotations

from datetime import date, datetime

from navette.clock import local_date, minutes_of
from navette.wording import DAYS, MONTHS, hour_words

NBSP = "\N{NO-BREAK SPACE}"
NUMBERS = ("zéro", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
NOON, EVENING = 12 * 60, 17 * 60
NEARLY_A_YEAR = 300
WORDS = {
    "book": "livre", "comic": "BD", "film": "DVD", "music": "CD", "audiobook": "livre audio",
    "large_print": "livre", "magazine": "magazine", "game": "jeu", "score": "partition",
    "map": "carte", "software": "logiciel", "other": "document",
}  # fmt: skip
FEMININE = frozenset({"comic", "score", "map"})


def day(of: date, today: date | None = None) -> str:
    """Return "jeudi 26" in the present month, else "mardi 1er décembre"."""
    number = "1er" if of.day == 1 else str(of.day)
    parts = [DAYS[of.weekday()], number]
    if today is None or (of.year, of.month) != (today.year, today.month):
        parts.append(MONTHS[of.month - 1])
    if today is not None and abs((of - today).days) > NEARLY_A_YEAR:
        parts.append(str(of.year))
    return NBSP.join(parts)


def date_of(of: date) -> str:
    """Return "12 janvier", without the weekday."""
    return NBSP.join(("1er" if of.day == 1 else str(of.day), MONTHS[of.month - 1]))


def hour(instant: datetime) -> str:
    """Return "14 h" or "14 h 30" as the wall clock in Paris shows it."""
    return hour_words(minutes_of(instant))


def moment(instant: datetime, today: date) -> str:
    """Return "mardi 24, après-midi": short, for a stop of the line."""
    at = minutes_of(instant)
    part = "matin" if at < NOON else "après-midi" if at < EVENING else "soir"
    return f"{day(local_date(instant), today)}, {part}"


def people(count: int) -> str:
    """Return "Une personne attend", "Deux personnes attendent"."""
    number = (NUMBERS[count] if count < len(NUMBERS) else str(count)).capitalize()
    return f"{number} personne attend" if count == 1 else f"{number} personnes attendent"


def a(kind: str) -> str:
    """Return "Un livre", "Une BD": a thing of this type, never a copy."""
    article = "Une" if kind in FEMININE else "Un"
    return f"{article} {WORDS.get(kind, WORDS['other'])}"


def the(kind: str) -> str:
    """Return "Le livre", "La BD"."""
    article = "La" if kind in FEMININE else "Le"
    return f"{article} {WORDS.get(kind, WORDS['other'])}"
