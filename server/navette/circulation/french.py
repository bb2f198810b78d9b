"""Dates, hours and small numbers as sentences say them, with no-break spaces. Pure."""

from __future__ import annotations

from datetime import date, datetime

from navette.clock import local_date, minutes_of
from navette.languages import N_, _, ngettext
from navette.saying import NBSP, day_number, hour_words, month, weekday

__all__ = ["NBSP", "NUMBERS", "a", "date_of", "day", "hour", "moment", "people", "the"]
NUMBERS = (
    N_("zéro"), N_("une"), N_("deux"), N_("trois"), N_("quatre"), N_("cinq"),
    N_("six"), N_("sept"), N_("huit"), N_("neuf"), N_("dix"),
)  # fmt: skip
NOON, EVENING = 12 * 60, 17 * 60
NEARLY_A_YEAR = 300
A = {
    "book": N_("Un livre"), "comic": N_("Une BD"), "film": N_("Un DVD"), "music": N_("Un CD"),
    "audiobook": N_("Un livre audio"), "large_print": N_("Un livre"),
    "magazine": N_("Un magazine"), "game": N_("Un jeu"), "score": N_("Une partition"),
    "map": N_("Une carte"), "software": N_("Un logiciel"), "other": N_("Un document"),
}  # fmt: skip
THE = {
    "book": N_("Le livre"), "comic": N_("La BD"), "film": N_("Le DVD"), "music": N_("Le CD"),
    "audiobook": N_("Le livre audio"), "large_print": N_("Le livre"),
    "magazine": N_("Le magazine"), "game": N_("Le jeu"), "score": N_("La partition"),
    "map": N_("La carte"), "software": N_("Le logiciel"), "other": N_("Le document"),
}  # fmt: skip


def day(of: date, today: date | None = None) -> str:
    """Return "jeudi 26" in the present month, else "mardi 1er décembre"."""
    parts = [weekday(of.weekday()), day_number(of)]
    if today is None or (of.year, of.month) != (today.year, today.month):
        parts.append(month(of.month))
    if today is not None and abs((of - today).days) > NEARLY_A_YEAR:
        parts.append(str(of.year))
    return NBSP.join(parts)


def date_of(of: date) -> str:
    """Return "12 janvier", without the weekday."""
    return NBSP.join((day_number(of), month(of.month)))


def hour(instant: datetime) -> str:
    """Return "14 h" or "14 h 30" as the wall clock in Paris shows it."""
    return hour_words(minutes_of(instant))


def moment(instant: datetime, today: date) -> str:
    """Return "mardi 24, après-midi": short, for a stop of the line."""
    at = minutes_of(instant)
    part = _("matin") if at < NOON else _("après-midi") if at < EVENING else _("soir")
    return f"{day(local_date(instant), today)}, {part}"


def people(count: int) -> str:
    """Return "Une personne attend", "Deux personnes attendent"."""
    number = (_(NUMBERS[count]) if count < len(NUMBERS) else str(count)).capitalize()
    return ngettext(
        "{number} personne attend", "{number} personnes attendent", count
    ).format(number=number)  # fmt: skip


def a(kind: str) -> str:
    """Return "Un livre", "Une BD": a thing of this type, never a copy."""
    return _(A.get(kind, A["other"]))


def the(kind: str) -> str:
    """Return "Le livre", "La BD"."""
    return _(THE.get(kind, THE["other"]))
