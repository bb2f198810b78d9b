"""What is in the database at one instant, in plain rows: what a step is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Item, Record
from navette.circulation.facts import HoldRow, ItemRow, LoanRow, TransitRow
from navette.circulation.rows import HOLD_COLUMNS, ITEM_COLUMNS, LOAN_COLUMNS, TRANSIT_COLUMNS
from navette.circulation.tables import Hold, HoldEvent, Loan, Transit
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Unit

_h, _e, _t, _l = table(Hold).c, table(HoldEvent).c, table(Transit).c, table(Loan).c
_i, _r, _o = table(Item).c, table(Record).c, table(Outbox).c
ACTIVE = ("WAITING", "TARGETED", "IN_TRANSIT", "PROCESSING", "READY")


class Event(NamedTuple):
    """A line of a hold's history."""

    id: int
    hold_id: int
    from_state: str | None
    to_state: str
    trigger: str


class Notice(NamedTuple):
    """A "ready" in the outbox."""

    hold_id: int
    created_at: datetime
    done_at: datetime | None
    outcome: str | None

    @property
    def counts(self) -> bool:
        """Whether it was sent, or still will be."""
        return self.done_at is None or self.outcome == "sent"


_HOLDS = Query(select(*HOLD_COLUMNS).where(_h.state.in_(ACTIVE)).order_by(_h.id), HoldRow)
_ITEMS = Query(
    select(*ITEM_COLUMNS).join_from(table(Item), table(Record), _r.id == _i.record_id)
    .order_by(_i.id),
    ItemRow,
)  # fmt: skip
_TRIPS = Query(
    select(*TRANSIT_COLUMNS).where(_t.state.in_(("BOXED", "ON_VAN"))).order_by(_t.id), TransitRow
)
_LOANS = Query(select(*LOAN_COLUMNS).where(_l.returned_at.is_(None)).order_by(_l.id), LoanRow)
_EVENTS = Query(
    select(_e.id, _e.hold_id, _e.from_state, _e.to_state, _e.trigger)
    .where(_e.id > bindparam("after"))
    .order_by(_e.id),
    Event,
)
_NOTICES = Query(
    select(_o.hold_id, _o.created_at, _o.done_at, _o.outcome)
    .where(_o.kind == "ready")
    .order_by(_o.id),
    Notice,
)


@dataclass(frozen=True)
class Photo:
    """Active holds, all items, open transits and open loans (by item), "ready" notices."""

    holds: Mapping[int, HoldRow]
    items: Mapping[int, ItemRow]
    trips: Mapping[int, TransitRow]
    loans: Mapping[int, LoanRow]
    notices: Mapping[int, Sequence[Notice]]
    events: Sequence[Event]
    last_event: int

    def bound_to(self, item: int) -> HoldRow | None:
        """The hold that an item is kept for."""
        return next((h for h in self.holds.values() if h.item_id == item), None)

    def facts(self) -> tuple[Any, ...]:
        """Everything that two photos of the same facts have in common, versions too."""
        return self.holds, self.items, self.trips, self.loans, self.notices


def take(unit: Unit, last_event: int) -> Photo:
    """Look at everything; `events` are those after `last_event`."""
    with unit.read() as reader:
        holds = {h.id: h for h in reader.all(_HOLDS)}
        items = {i.id: i for i in reader.all(_ITEMS)}
        trips = {t.item_id: t for t in reader.all(_TRIPS)}
        loans = {loan.item_id: loan for loan in reader.all(_LOANS)}
        events = reader.all(_EVENTS, after=last_event)
        notices: dict[int, list[Notice]] = {}
        for notice in reader.all(_NOTICES):
            notices.setdefault(notice.hold_id, []).append(notice)
    newest = events[-1].id if events else last_event
    return Photo(holds, items, trips, loans, notices, events, newest)
