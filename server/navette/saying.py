"""How a day, an hour, a rank and a number are said in the language of the moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from babel import Locale

from navette.languages import _, spoken

NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
_HOURS = {"en_GB": "{h:02d}:{m:02d}", "nl": "{h}.{m:02d}\u00a0uur"}
_GROUPS = {"en_GB": ",", "nl": "."}


@cache
def _names(locale: str, what: str) -> Sequence[str]:
    known = Locale.parse(locale)
    names = (known.days if what == "days" else known.months)["format"]["wide"]
    return tuple(names[number] for number in sorted(names))


def weekday(number: int) -> str:
    """Return "lundi" for 0."""
    return _names(spoken().locale, "days")[number]


def month(number: int) -> str:
    """Return "janvier" for 1."""
    return _names(spoken().locale, "months")[number - 1]


def day_number(day: date) -> str:
    """Return "1er", "2", "24"; every other language counts plainly."""
    return "1er" if day.day == 1 and spoken().locale == "fr" else str(day.day)


def day_words(day: date, *, year: bool = False) -> str:
    """Say a day as people do: "mardi 24 novembre", "mardi 1er décembre"."""
    words = f"{weekday(day.weekday())} {day_number(day)} {month(day.month)}"
    return f"{words} {day.year}" if year else words


def hour_words(minutes: int) -> str:
    """Say an hour as people do: "14 h", "14 h 30", with no-break spaces."""
    hours, rest = divmod(minutes, 60)
    pattern = _HOURS.get(spoken().locale)
    if pattern:
        return pattern.format(h=hours, m=rest)
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


def grouped(number: int) -> str:
    """Write "7 196" with a narrow space that never breaks."""
    return f"{number:,}".replace(",", _GROUPS.get(spoken().locale, NARROW))


def rank_words(rank: int) -> str:
    """Say "1er" or "2e"."""
    if spoken().locale == "en_GB":
        teens = rank % 100 in {11, 12, 13}
        return f"{rank}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(rank % 10, 'th')}"
    return "1er" if rank == 1 and spoken().locale == "fr" else f"{rank}e"


def listed(names: Sequence[str]) -> str:
    """Say "mardi, mercredi et vendredi"."""
    if len(names) < len(("one", "two")):
        return "".join(names)
    return _("{first} et {last}").format(first=", ".join(names[:-1]), last=names[-1])


def is_one(count: int) -> bool:
    """Tell whether a count takes the singular: in French nought does too."""
    return abs(count) <= 1 if spoken().locale == "fr" else count == 1


def plural(count: int, one: str, many: str) -> str:
    """Say a count with its noun, both words already in the language."""
    return f"{grouped(count)}{NBSP}{one if is_one(count) else many}"


def with_volume(title: str, label: str, kind: str = "") -> str:
    """Say a title with its volume, once: "L’Arabe du futur, tome 6", "Science & vie, n° 1294"."""
    if not label or re.search(rf"\b{re.escape(label)}\b", title, re.IGNORECASE):
        return typeset(title)
    if not label[0].isdecimal():
        return typeset(f"{title}, {label}")
    numbered = (
        _("{title}, n°\u00a0{label}") if kind == "magazine" else _("{title}, tome\u00a0{label}")
    )
    return typeset(numbered.format(title=title, label=label))


def typeset(text: str) -> str:
    """Keep French punctuation with its word: "Blake et Mortimer : la marque jaune"."""
    for mark in ":;?!»":
        text = text.replace(f" {mark}", NBSP + mark)
    return text.replace("« ", f"«{NBSP}")
