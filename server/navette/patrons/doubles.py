"""Cards that may be one person's: proposed to a desk, never merged by anything but its word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import combinations
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from navette.errors import NotFound
from navette.patrons.reading import name_key, patrons_of
from navette.patrons.resembling import NAME_ONLY, SAME_EMAIL, SAME_NAME
from navette.patrons.tables import NotSamePerson, Patron
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx


class Pair(NamedTuple):
    """Two cards, the older one first, and why they look alike."""

    one: int
    other: int
    because: str


class _Person(NamedTuple):
    id: int
    key: str
    last_name: str
    year: int | None
    email: str


_p, _n = table(Patron).c, table(NotSamePerson).c
_PEOPLE = Query(
    select(_p.id, _p.name_key, _p.last_name, _p.birth_year, _p.email)
    .where(_p.closed_at.is_(None), _p.category.not_in(["group", "professional"]))
    .order_by(_p.id),
    _Person,
)
_SETTLED = Query(select(_n.low_id, _n.high_id), lambda low, high: (low, high))
_FORGET = command(
    delete(table(NotSamePerson)).where(
        _n.low_id == bindparam("low"), _n.high_id == bindparam("high")
    )
)


def doubles(reader: Reader) -> list[Pair]:
    """Return the pairs of cards that look like one person's; those a desk settled are left out.

    All names of a network are some thousands: they are read once and grouped here.
    """
    settled = set(reader.all(_SETTLED))
    found: dict[tuple[int, int], str] = {}
    people = reader.all(_PEOPLE)
    for group in _by(people, lambda p: p.key):
        for one, other in combinations(group, 2):
            if None in {one.year, other.year}:
                found.setdefault((one.id, other.id), NAME_ONLY)
            elif one.year == other.year:
                found[one.id, other.id] = SAME_NAME
    for group in _by(people, _family_mail):
        for one, other in combinations(group, 2):
            found.setdefault((one.id, other.id), SAME_EMAIL)
    return [Pair(*ids, why) for ids, why in sorted(found.items()) if ids not in settled]


def not_same(tx: Tx, one: int, other: int, now: datetime) -> None:
    """Keep that these are two people; NotFound when one of them is nobody, or both are one."""
    if one == other or len(patrons_of(tx, [one, other])) != len({one, other}):
        raise NotFound
    low, high = sorted((one, other))
    tx.run(_FORGET, low=low, high=high)
    tx.insert(NotSamePerson, low_id=low, high_id=high, at=now)


def _by(people: Sequence[_Person], key: Callable[[_Person], object]) -> list[list[_Person]]:
    groups: dict[object, list[_Person]] = defaultdict(list)
    for person in people:
        value = key(person)
        if value:
            groups[value].append(person)
    return [group for group in groups.values() if len(group) > 1]


def _family_mail(person: _Person) -> object:
    if not person.email or person.year is None:
        return ""
    return (person.email.strip().lower(), name_key(person.last_name), person.year)
