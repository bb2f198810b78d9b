"""How well the obvious comes first: judged queries on real catalogues, when these are at hand.

The queries stand in judged.tsv with the rule by which they were judged. They name records by
library and 001, so nothing of a catalogue is copied here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from sqlalchemy import select

from navette.catalogue.tables import SourceRecord
from navette.network.tables import Library
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

MEANT: Final = 3
FIRST, FEW, SEEN = 1, 5, 10
_source, _library = table(SourceRecord).c, table(Library).c
_RECORDS = Query(
    select(_library.code, _source.local_id, _source.record_id).join_from(
        table(SourceRecord), table(Library), _library.id == _source.library_id
    ),
    lambda code, local, record: (f"{code}:{local}", record),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one kind of person typed, and how good an answer each record is, from 1 to 3."""

    who: str
    query: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the answers to some queries stand, each from 0 to 1."""

    queries: int
    success_first: float
    success_few: float
    ndcg: float


def judged() -> Sequence[Judged]:
    """Return the judged queries, as committed."""
    text = resources.files("navette_server.benching").joinpath("judged.tsv").read_text("utf-8")
    return [_judged(line) for line in text.splitlines() if line and not line.startswith("#")]


def _judged(line: str) -> Judged:
    who, query, *answers = line.split("\t")
    grades: dict[str, int] = {}
    for answer in answers:
        grade, *names = answer.split()
        grades.update(dict.fromkeys(names, int(grade)))
    return Judged(who, query, grades)


def records_named(reader: Reader) -> dict[str, int]:
    """Return the record of each description, named as judged.tsv names it."""
    return dict(reader.all(_RECORDS))


def standing(
    queries: Sequence[Judged], named: Mapping[str, int], ask: Callable[[str], Sequence[int]]
) -> Standing:
    """Ask every query and compare the ten first records with what was judged."""
    first = few = gain = 0.0
    for each in queries:
        found = list(ask(each.query))[:SEEN]
        grades = _by_record(each, named)
        first += any(grades.get(record) == MEANT for record in found[:FIRST])
        few += any(grades.get(record) == MEANT for record in found[:FEW])
        gain += ndcg([grades.get(record, 0) for record in found], list(grades.values()))
    count = max(1, len(queries))
    return Standing(len(queries), first / count, few / count, gain / count)


def _by_record(each: Judged, named: Mapping[str, int]) -> dict[int, int]:
    """Return the grades by record; descriptions that stand together count once, with the best."""
    grades: dict[int, int] = {}
    for name, grade in each.grades.items():
        if name in named:
            grades[named[name]] = max(grade, grades.get(named[name], 0))
    return grades


def ndcg(found: Sequence[int], possible: Sequence[int]) -> float:
    """Return the discounted gain of the ten first, as a share of the best there could be."""
    best = _gain(sorted(possible, reverse=True)[:SEEN])
    return _gain(found[:SEEN]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
