"""Which records of five files were one publication, told by their order and not by what we match on.

The files of the demonstration data were each filled from one and the same list, in its order, and
each in its library's habits. So the truth can be found again: of all pairs that agree in what the
habits left alone (call number, day of entry, extent), only those count that keep the common order.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

from navette.catalogue.normalising import folded
from navette.catalogue.unimarc import charset, iso2709
from navette.catalogue.unimarc.subfields import Fields, first

LIBRARIES: Final = ("hem", "lys", "leers", "toufflers", "lannoy")
_LETTERS: Final = re.compile(r"\W+")
_ENTRY: Final = slice(0, 17)
_YEAR: Final = slice(9, 13)
_TITLE, _PUBLISHER = 10, 12

Name = tuple[str, str]
Pair = frozenset[Name]


class Described(NamedTuple):
    """One record of a file: its identity and its fields."""

    name: Name
    fields: Fields


Key = Callable[[Described], Hashable]


def read(folder: Path) -> Mapping[str, Sequence[Described]]:
    """Read the five files, each in its own order."""
    return {library: list(_read(folder / f"{library}.mrc", library)) for library in LIBRARIES}


def _read(path: Path, library: str) -> list[Described]:
    found = []
    with path.open("rb") as stream:
        for raw in iso2709.read(stream, str(path)):
            if isinstance(raw, iso2709.RawRecord):
                fields: Fields = {}
                texts = charset.decode_record(raw).text.split("\x1e")
                for tag, text in zip(raw.tags, texts, strict=False):
                    fields.setdefault(tag, []).append(text)
                found.append(Described((library, fields["001"][0].strip()), fields))
    return found


def groups(files: Mapping[str, Sequence[Described]]) -> list[list[Name]]:
    """Group the records of all files that were one."""
    group = {one.name: {one.name} for some in files.values() for one in some}
    for mine, theirs in combinations(LIBRARIES, 2):
        for one, other in _in_order(files[mine], files[theirs]):
            if group[one] is not group[other]:
                group[one] |= group[other]
                for name in group[other]:
                    group[name] = group[one]
    return [sorted(some) for some in {id(some): some for some in group.values()}.values()]


def pairs(some: Sequence[Sequence[Name]]) -> set[Pair]:
    """Give all pairs of names that stand in one group."""
    return {frozenset(pair) for group in some for pair in combinations(group, 2)}


def _in_order(some: Sequence[Described], others: Sequence[Described]) -> list[tuple[Name, Name]]:
    """Give the longest list of agreeing pairs in which both files keep their order."""
    candidates: set[tuple[int, int]] = set()
    for key in _KEYS:
        places = defaultdict(list)
        for place, other in enumerate(others):
            places[key(other)].append(place)
        candidates |= {(n, place) for n, one in enumerate(some) for place in places[key(one)]}
    chosen = _longest(sorted(candidates, key=lambda pair: (pair[0], -pair[1])))
    return [(some[n].name, others[place].name) for n, place in chosen]


def _longest(candidates: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the longest part of the candidates that grows in both numbers."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int | None] = []
    for number, (_, place) in enumerate(candidates):
        length = bisect_left(ends, place)
        if length == len(ends):
            ends.append(place)
            at.append(number)
        else:
            ends[length], at[length] = place, number
        before.append(at[length - 1] if length else None)
    chosen = []
    step = at[-1] if at else None
    while step is not None:
        chosen.append(candidates[step])
        step = before[step]
    return chosen


def _by_entry(one: Described) -> Hashable:
    fields = one.fields
    return (first(fields, "100", "a")[_ENTRY], first(fields, "995", "k"), _extent(fields))


def _by_publisher(one: Described) -> Hashable:
    fields = one.fields
    publisher = folded(first(fields, "210", "c") or first(fields, "214", "c"))[:_PUBLISHER]
    family = folded(first(fields, "700", "a").partition(",")[0])
    return (first(fields, "995", "k"), _extent(fields), publisher, family)


def _by_title(one: Described) -> Hashable:
    title = _LETTERS.sub("", folded(first(one.fields, "200", "a")))[:_TITLE]
    return (first(one.fields, "995", "k"), title) if title else one.name


def _by_year(one: Described) -> Hashable:
    fields = one.fields
    year, extent = first(fields, "100", "a")[_YEAR], _extent(fields)
    return (first(fields, "995", "k"), year, extent) if year.isdecimal() and extent else one.name


def _extent(fields: Fields) -> str:
    return _LETTERS.sub("", folded(first(fields, "215", "a")))


_KEYS: Final[Sequence[Key]] = (_by_entry, _by_publisher, _by_title, _by_year)
