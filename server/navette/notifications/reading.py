"""Facts for notices: holds as they stand at this moment, and who is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, case, func, select

from navette.catalogue.tables import Item, Record
from navette.circulation.item_views import VOLUME_SAID
from navette.circulation.tables import Hold, Loan
from navette.clock import local_date
from navette.notifications.messages import HoldFacts
from navette.notifications.reminders import LoanFacts
from navette.patrons.ages import is_under
from navette.patrons.reading import PatronView, patrons_of
from navette.patrons.tables import Guardian
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

OWN_MASTER_AGE = 15
_h, _r, _g, _l = table(Hold).c, table(Record).c, table(Guardian).c, table(Loan).c
_i = table(Item).c
# One volume of many is called as its copies call it, else by its key.
_A_COPY = (
    select(func.min(_i.volume_label))
    .where(_i.record_id == _h.record_id, _i.volume_key == _h.volume_key, _i.volume_label != "")
    .scalar_subquery()
)
_VOLUME_HELD = case(
    (_h.volume_key != "", func.coalesce(_A_COPY, _h.volume_key)), else_=_r.volume_label
)
_HOLDS = Query(
    select(
        _h.id, _h.patron_id, _h.state, _h.pickup_library_id, _h.pickup_deadline, _h.shelf_place,
        _h.record_id, _r.title, _h.likely_at, _h.end_reason, _h.announced_at, _VOLUME_HELD, _r.type,
    )
    .join_from(table(Hold), table(Record), _r.id == _h.record_id)
    .where(_h.id.in_(bindparam("holds", expanding=True)))
    .order_by(_h.ready_at, _h.id),
    HoldFacts,
)  # fmt: skip
_LOANS = Query(
    select(
        _l.id,
        _l.patron_id,
        _l.due_on,
        _r.title,
        and_(_l.returned_at.is_(None), _l.claimed_at.is_(None)),
        VOLUME_SAID,
        _r.type,
    )
    .join_from(table(Loan), table(Record), _r.id == _l.record_id)
    .join(table(Item), _i.id == _l.item_id)
    .where(_l.id.in_(bindparam("loans", expanding=True)), _l.patron_id.is_not(None))
    .order_by(_l.due_on, _l.id),
    LoanFacts,
)
_GUARDIANS = Query(
    select(_g.guardian_id)
    .where(_g.child_id == bindparam("child"), _g.ended_at.is_(None))
    .order_by(_g.id),
    scalar,
)


def holds_now(reader: Reader, hold_ids: Sequence[int]) -> list[HoldFacts]:
    """Return the holds as they stand, first ready first."""
    return reader.all(_HOLDS, holds=list(hold_ids)) if hold_ids else []


def told_by(reader: Reader, patron_id: int, now: datetime) -> list[PatronView]:
    """Return who is told of a card's news: the person, or the guardians of a child under 15."""
    person = patrons_of(reader, [patron_id]).get(patron_id)
    if person is None:
        return []
    if not is_child(person, now):
        return [person]
    guardians = patrons_of(reader, reader.all(_GUARDIANS, child=patron_id))
    return list(guardians.values()) or [person]


def all_told_by(
    reader: Reader, patron_ids: Sequence[int], now: datetime
) -> dict[int, list[PatronView]]:
    """Return who is told of the news of each of these cards; few queries for many cards."""
    people = patrons_of(reader, sorted(set(patron_ids)))
    return {
        person.id: told_by(reader, person.id, now) if is_child(person, now) else [person]
        for person in people.values()
    }


def loans_now(reader: Reader, loan_ids: Sequence[int]) -> list[LoanFacts]:
    """Return the loans as they stand, first due first."""
    return reader.all(_LOANS, loans=list(loan_ids)) if loan_ids else []


def is_child(person: PatronView, now: datetime) -> bool:
    """Return whether guardians speak for this person."""
    return is_under(person, OWN_MASTER_AGE, local_date(now))
