"""Eligibility out: what the metropolis may know of who is registered, and nothing more.

Card valid until, library, age band. No name, no card number, no address, no year of birth; a
stranger, a closed card and an ended registration give one and the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from navette.eresources.access import Reader as Person
from navette.eresources.access import age_band
from navette.network.tables import Library
from navette.patrons.reading import card_number
from navette.patrons.tables import CardNumber, Patron
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader
from navette_auth.tables import Identity

NOT_ELIGIBLE: Mapping[str, Any] = {"eligible": False}
PAGE = 1000


class Facts(NamedTuple):
    """What an answer is made of."""

    patron_id: int
    subject: str
    valid_until: date
    birth_year: int | None
    category: str
    library: str


_p, _l, _i, _c = table(Patron).c, table(Library).c, table(Identity).c, table(CardNumber).c
_OPEN = _p.closed_at.is_(None)
_OF_SUBJECT = (
    select(_p.id, _i.subject, _p.valid_until, _p.birth_year, _p.category, _l.code)
    .select_from(
        table(Patron)
        .join(table(Identity), _i.patron_id == _p.id)
        .join(table(Library), _l.id == _p.home_library_id)
    )
    .where(_i.issuer.in_(bindparam("of", expanding=True)), _OPEN)
)
_BY_SUBJECT = Query(_OF_SUBJECT.where(_i.subject == bindparam("whose")), Facts)
_BY_PATRON = Query(
    select(_p.id, _p.card, _p.valid_until, _p.birth_year, _p.category, _l.code)
    .join_from(table(Patron), table(Library), _l.id == _p.home_library_id)
    .where(_p.id == bindparam("patron"), _OPEN),
    Facts,
)
_BY_CARD = Query(
    select(_p.id, _c.number, _p.valid_until, _p.birth_year, _p.category, _l.code)
    .select_from(
        table(Patron)
        .join(table(CardNumber), _c.patron_id == _p.id)
        .join(table(Library), _l.id == _p.home_library_id)
    )
    .where(_c.number == bindparam("number"), _OPEN),
    Facts,
)
_LINKED = Query(
    _OF_SUBJECT.where(_p.valid_until >= bindparam("today"), _p.id > bindparam("after"))
    .order_by(_p.id)
    .limit(bindparam("most")),
    Facts,
)


def of_subject(reader: Reader, issuer: str, subject: str, today: date) -> Mapping[str, Any]:
    """Return the answer about a linked person, named as their provider names them."""
    return answer(reader.first(_BY_SUBJECT, of=_written(issuer), whose=subject), today)


def of_card(reader: Reader, number: str, today: date) -> Mapping[str, Any]:
    """Return the answer about the holder of a card, under any number of it."""
    return answer(reader.first(_BY_CARD, number=card_number(number)), today)


def of_patron(reader: Reader, patron_id: int, today: date) -> Mapping[str, Any]:
    """Return the answer about the person who asks."""
    return answer(reader.first(_BY_PATRON, patron=patron_id), today)


def answer(facts: Facts | None, today: date) -> Mapping[str, Any]:
    """Return what is told: three facts about a valid card, else that there is none."""
    if facts is None or facts.valid_until < today:
        return NOT_ELIGIBLE
    person = Person(facts.valid_until, facts.birth_year, facts.category)
    return {
        "eligible": True,
        "valid_until": facts.valid_until.isoformat(),
        "library": facts.library,
        "age_band": age_band(person, today),
    }


def linked(reader: Reader, issuer: str, today: date) -> Iterator[Mapping[str, Any]]:
    """Give a line for each person of this provider whose card is valid: subject and three facts."""
    after = 0
    while rows := reader.all(_LINKED, of=_written(issuer), today=today, after=after, most=PAGE):
        after = rows[-1].patron_id
        for facts in rows:
            told = dict(answer(facts, today))
            del told["eligible"]
            yield {"sub": facts.subject, **told}


def _written(issuer: str) -> list[str]:
    """Return an issuer as it may be kept: settings drop a final slash, tokens keep theirs."""
    bare = issuer.rstrip("/")
    return [bare, f"{bare}/"]
