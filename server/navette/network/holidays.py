"""The public holidays of France (Code du travail, art. L. 3133-1), fixed and after Easter. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from navette.languages import N_

FIXED: Mapping[tuple[int, int], str] = {
    (1, 1): N_("Jour de l’an"),
    (5, 1): N_("Fête du Travail"),
    (5, 8): N_("8\u00a0mai"),
    (7, 14): N_("Fête nationale"),
    (8, 15): N_("15\u00a0août"),
    (11, 1): N_("Toussaint"),
    (11, 11): N_("11\u00a0novembre"),
    (12, 25): N_("Noël"),
}
AFTER_EASTER: Mapping[int, str] = {
    1: N_("Lundi de Pâques"),
    39: N_("Ascension"),
    50: N_("Lundi de Pentecôte"),
}


def holiday_on(day: date) -> str:
    """Return the name of the public holiday, in French as the catalogues know it; '' for none."""
    fixed = FIXED.get((day.month, day.day))
    return fixed or AFTER_EASTER.get((day - easter(day.year)).days, "")


@lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    day = (h + weekday - 7 * m + 33 * month + 19) % 32
    return date(year, month, 1) + timedelta(days=day - 1)
