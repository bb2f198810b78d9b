"""Lending: who may take this item home now, until when, and whose hold it fulfils.

CIRCULATION section 9, T9, T9b, T16, E7 b c f g.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Item
from navette.circulation.changing import unbind_transit
from navette.circulation.due import Borrowed, check_loan_limits, due_on
from navette.circulation.facts import HoldRow, PatronRow
from navette.circulation.finding import desk_of, item_in_hand, locked_item
from navette.circulation.household import check_household_loans
from navette.circulation.loans import begin_loan
from navette.circulation.policy import check_card, hold_matches
from navette.circulation.queue import order
from navette.circulation.routing import ASIDE, route
from navette.circulation.rows import LOCKED_PATRON
from navette.circulation.scan_facts import Desk, Found, gather, moment_of
from navette.circulation.states import CAPTURED, HoldState, ItemStatus, TransitState, Trigger
from navette.circulation.tables import Hold, Loan
from navette.circulation.targeting_service import go_on, retarget
from navette.circulation.transitions import close_transit, move, move_item
from navette.clock import local_date
from navette.errors import (
    BadInput,
    Forbidden,
    ItemHeldForAnother,
    ItemOnLoan,
    NotFound,
    PickupCodeRefused,
    WrongState,
)
from navette.ils.roles import Right, may
from navette.ils.views import Actor, LendRequest
from navette.network.network import LibraryInfo, Network
from navette.patrons.pickup_codes import use_pickup_code
from navette.patrons.reading import may_act_for, patron_by_card
from navette.patrons.using import note_use
from navette.storage.base import table
from navette.storage.outbox import drop, put
from navette.storage.statements import Query
from navette.storage.unit import Tx

ON_OPEN_SHELF = frozenset({ItemStatus.AVAILABLE, ItemStatus.TO_RESHELVE})
_l, _i, _h = table(Loan).c, table(Item).c, table(Hold).c


def _borrowed(
    kind: str, new_until: date | None, due: date, claimed_at: datetime | None
) -> tuple[str, date | None, date | None]:
    return kind, new_until, due if claimed_at is None else None


_AT_HOME = Query(
    select(_i.type, _i.new_until, _l.due_on, _l.claimed_at)
    .join_from(table(Loan), table(Item), _i.id == _l.item_id)
    .where(_l.patron_id == bindparam("patron"), _l.returned_at.is_(None)),
    _borrowed,
)


@dataclass(frozen=True)
class Lending:
    """One item about to be lent to one person."""

    desk: Desk
    found: Found
    patron: PatronRow
    reason: str  # of an override; '' when there is none

    def is_theirs(self, hold: HoldRow) -> bool:
        """Return whether the hold is of the person who borrows."""
        return hold.patron_id == self.patron.id


def lend(tx: Tx, network: Network, now: datetime, actor: Actor, request: LendRequest) -> int:
    """Lend an item to the person of a card; returns the loan's row id.

    A hold of theirs that this copy can fill is fulfilled (T9, T9b). What waits for a child of
    the card's owner is lent to the child. Raises ItemOnLoan, ItemHeldForAnother, WrongState,
    PatronBlocked, CardExpired, LoanLimitReached, NotFound, UnknownBarcode, AmbiguousBarcode;
    a reason given by staff who may overrides all but the first.
    """
    here = desk_of(network, actor, request.library)
    needed = Right.OVERRIDE if request.override_reason.strip() else Right.DESK
    if actor.kind == "staff" and not may(actor.role, needed):
        raise Forbidden
    asked_by = _asked_by(tx, here, request, now)
    item = locked_item(tx, item_in_hand(tx, network, here, request.barcode, request.item_id))
    desk = Desk(network, here, actor, now, moment_of(request.scanned_at, now))
    found = gather(tx, desk, item, confirm=True)
    borrower = _borrower(tx, found, asked_by, local_date(now))
    if request.pickup_marks and not _waits_for(found, borrower):
        raise PickupCodeRefused("not_waiting")
    patron = tx.first(LOCKED_PATRON, patron=borrower)
    if patron is None:
        raise NotFound
    lending = Lending(desk, found, patron, request.override_reason.strip())
    _check_item(lending)
    if not lending.reason:
        _check_patron(tx, lending)
    return _hand_over(tx, lending)


def _asked_by(tx: Tx, here: LibraryInfo, request: LendRequest, now: datetime) -> int:
    """Return whose card it is, or for whom somebody else came with a code (T9)."""
    if request.pickup_marks:
        whose = use_pickup_code(tx, request.pickup_marks, now, here.id)
        if request.card.strip() and patron_by_card(tx, request.card).id != whose:
            raise PickupCodeRefused("unknown")
        return whose
    if not request.card.strip():
        raise BadInput("card", "missing")
    return patron_by_card(tx, request.card).id


def _waits_for(found: Found, borrower: int) -> bool:
    """Return whether the item is ready for the borrower: a code opens nothing else."""
    bound = found.bound
    return bound is not None and bound.state == HoldState.READY and bound.patron_id == borrower


def _borrower(tx: Tx, found: Found, asked_by: int, today: date) -> int:
    """Return whose card the loan is written on: the one the item was reserved for (T9)."""
    hold = found.bound
    if hold is None:
        return asked_by
    return hold.patron_id if may_act_for(tx, asked_by, hold.patron_id, today) else asked_by


def _check_item(lending: Lending) -> None:
    """Raise what keeps this item from being lent to this person (E7 c f g)."""
    found, item = lending.found, lending.found.item
    if found.loan is not None:
        own = found.loan.patron_id == lending.patron.id
        raise ItemOnLoan(loan_id=found.loan.id if own else None)
    if lending.reason:
        return
    status = ItemStatus(item.status)
    no_loan = item.not_for_loan or status is ItemStatus.NOT_FOR_LOAN or item.alert
    if no_loan or status in ASIDE or status is ItemStatus.ON_ORDER:
        raise WrongState(state=str(status), event="lend")
    if status not in ON_OPEN_SHELF and _kept_for_another(lending):
        raise ItemHeldForAnother
    captured = found.bound is not None and found.bound.state in CAPTURED
    if captured and _kept_for_another(lending):
        raise ItemHeldForAnother


def _kept_for_another(lending: Lending) -> bool:
    """Return whether routing this item here would keep or trap it for somebody else (E7f)."""
    found = lending.found
    if found.bound is not None and lending.is_theirs(found.bound):
        return False
    kept_for = route(found.situation).hold_id
    return kept_for is not None and not lending.is_theirs(found.hold(kept_for))


def _check_patron(tx: Tx, lending: Lending) -> None:
    desk, today = lending.desk, local_date(lending.desk.now)
    at_home = tx.all(_AT_HOME, patron=lending.patron.id)
    if lending.patron.closed_at is not None:
        raise NotFound
    first_due = min((due for _, _, due in at_home if due is not None), default=None)
    check_card(lending.patron, first_due, desk.network, today, borrowing=True)
    borrowed = [Borrowed(kind, new is not None and new >= today) for kind, new, _ in at_home]
    check_loan_limits(desk.network, lending.patron, borrowed, lending.found.item, today)
    check_household_loans(tx, lending.patron, desk.network)


def _hand_over(tx: Tx, lending: Lending) -> int:
    desk, found = lending.desk, lending.found
    hold = _fulfilled_by(lending)
    if found.bound is not None and (hold is None or hold.id != found.bound.id):
        _take_from(tx, lending, found.bound)
    if found.transit is not None:
        arrived = found.transit.destination_id == desk.here.id
        state = TransitState.RECEIVED if arrived else TransitState.CANCELLED
        close_transit(tx, found.transit, desk.now, state)
    if hold is not None:
        _fulfil(tx, lending, hold)
    item = move_item(
        tx, found.item, desk.now, status=ItemStatus.ON_LOAN, current_library_id=desk.here.id,
        last_seen_at=desk.moment, targeting_penalty=0,
    )  # fmt: skip
    today, category = local_date(desk.moment), lending.patron.category
    loan = begin_loan(
        tx, item, patron_id=lending.patron.id, library_id=desk.here.id, now=desk.moment,
        due_on=due_on(desk.network, desk.here, category, item, today),
        hold_id=hold.id if hold else None, override_reason=lending.reason,
    )  # fmt: skip
    note_use(tx, lending.patron.id, desk.now)
    _retarget(tx, lending, hold)
    return loan


def _fulfilled_by(lending: Lending) -> HoldRow | None:
    """Return the hold of theirs that ends with this loan: the READY one, else the oldest (T9b)."""
    item = lending.found.item
    theirs = [
        c.hold
        for c in lending.found.queue
        if lending.is_theirs(c.hold) and hold_matches(item, c.hold)
    ]
    return min(
        theirs,
        key=lambda h: (h.state != HoldState.READY, h.item_id != item.id, order(h)),
        default=None,
    )


def _fulfil(tx: Tx, lending: Lending, hold: HoldRow) -> None:
    desk = lending.desk
    drop(tx, hold.id, "ready", desk.now, "lent")
    unbind_transit(tx, hold)  # of another copy: it goes on unbound until it is scanned (T9b)
    _move(tx, lending, hold, Trigger.FULFIL)


def _take_from(tx: Tx, lending: Lending, hold: HoldRow) -> None:
    """Unbind the item from the hold it was kept for (T3 when only targeted, else T16)."""
    desk = lending.desk
    captured = hold.state in CAPTURED
    told = drop(tx, hold.id, "ready", desk.now, "lent to another") == 0
    trigger = _loses_by(lending) if captured else Trigger.UNTARGET
    moved = _move(tx, lending, hold, trigger)
    if captured and told and not lending.is_theirs(hold):
        kind = "expired" if trigger is Trigger.EXPIRE else "later"
        put(
            tx, kind, f"{kind}:{moved.id}:{moved.version}", now=desk.now,
            patron_id=moved.patron_id, hold_id=moved.id,
        )  # fmt: skip


def _loses_by(lending: Lending) -> Trigger:
    """Return what takes a captured copy from its hold: time, staff with a reason, or the rules."""
    bound = lending.found.situation.bound
    if bound is not None and bound.overdue:
        return Trigger.EXPIRE
    return Trigger.OVERRIDE if lending.reason else Trigger.RELEASE


def _move(tx: Tx, lending: Lending, hold: HoldRow, trigger: Trigger, **columns: Any) -> HoldRow:
    desk = lending.desk
    return move(
        tx, hold, trigger, desk.now, desk.actor.name, library_id=desk.here.id,
        reason=lending.reason or "lent", **columns,
    )  # fmt: skip


def _retarget(tx: Tx, lending: Lending, hold: HoldRow | None) -> None:
    """Find other copies for whoever lost this one; the next volume of a series is now due."""
    desk, bound = lending.desk, lending.found.bound
    if lending.found.queue:
        retarget(tx, lending.found.item.work_id, desk.now, desk.network)
    ended = (h for h in (hold, bound) if h is not None)
    for one in {h.patron_id: h for h in ended}.values():
        go_on(tx, one, desk.now, desk.network)
