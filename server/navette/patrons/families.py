"""Families: who looks after whom, and what of a young person a guardian may read.

A guardian learns of other guardians nothing at all, not even how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, or_, select

from navette.network.network import Network
from navette.patrons.ages import Ages, birthday, shows_titles
from navette.patrons.reading import PatronView, children_of, patrons_of
from navette.patrons.tables import Guardian
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader


@dataclass(frozen=True)
class Child:
    """Somebody one may act for; their titles are read only when `titles_shown`."""

    person: PatronView
    titles_shown: bool
    until: date | None

    @property
    def id(self) -> int:
        """Return the row id of the person."""
        return self.person.id


class Link(NamedTuple):
    """A guardian's link to a child, as a desk and the young person see it."""

    id: int
    guardian_id: int
    child_id: int
    since: datetime
    ends_on: date | None
    made_by: str


_g = table(Guardian).c
_OPEN = (
    _g.ended_at.is_(None),
    or_(_g.ends_on.is_(None), _g.ends_on > bindparam("today")),
)
_LINKS = select(_g.id, _g.guardian_id, _g.child_id, _g.since, _g.ends_on, _g.made_by)
_OF_CHILD = Query(
    _LINKS.where(_g.child_id == bindparam("child"), *_OPEN).order_by(_g.since, _g.id), Link
)
_BETWEEN = Query(
    _LINKS.where(
        _g.child_id == bindparam("child"), _g.guardian_id == bindparam("adult"), *_OPEN
    ),
    Link,
)  # fmt: skip
_BY_ID = Query(_LINKS.where(_g.id == bindparam("link"), _g.ended_at.is_(None)), Link)
_COUNT = Query(select(func.count(_g.id)).where(_g.child_id == bindparam("child"), *_OPEN), scalar)


def family_of(reader: Reader, network: Network, patron_id: int, today: date) -> list[Child]:
    """Return the children of a person, the eldest first, with what may be read of each."""
    ages = Ages.of(network)
    found = []
    for person in children_of(reader, patron_id, today):
        until = birthday(person, ages.adult, ages.adult)
        if until is None or today < until:
            found.append(Child(person, shows_titles(person, ages, today), until))
    return found


def titles_hidden(
    reader: Reader, network: Network, reading: int, patron_id: int, today: date
) -> bool:
    """Return whether `reading`, who may act for a person, must not read that person's titles."""
    if reading == patron_id:
        return False
    person = patrons_of(reader, [patron_id]).get(patron_id)
    return person is None or not shows_titles(person, Ages.of(network), today)


def links_of(reader: Reader, child_id: int, today: date) -> Sequence[Link]:
    """Return the open links of a child to its guardians, oldest first."""
    return reader.all(_OF_CHILD, child=child_id, today=today)


def link_between(reader: Reader, adult_id: int, child_id: int, today: date) -> Link | None:
    """Return the open link of an adult to a child."""
    return reader.first(_BETWEEN, child=child_id, adult=adult_id, today=today)


def link_numbered(reader: Reader, link_id: int) -> Link | None:
    """Return a link that nobody has ended."""
    return reader.first(_BY_ID, link=link_id)


def how_many_guardians(reader: Reader, child_id: int, today: date) -> int:
    """Return how many guardians a child has."""
    count: int = reader.one(_COUNT, child=child_id, today=today)
    return count
