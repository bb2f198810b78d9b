"""What a scan has to know: the item in the hand, its loan, transit, hold and queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from navette.circulation.deadline import extended
from navette.circulation.facts import HoldRow, ItemRow, LoanRow, TransitRow
from navette.circulation.policy import can_ever_fill, can_fill_now
from navette.circulation.queue import CARD_REASONS, Candidate, card_block, is_eligible, order
from navette.circulation.rows import OPEN_LOAN_OF_ITEM, OPEN_TRANSIT_OF_ITEM
from navette.circulation.situation import Bound, Journey, Queued, Situation
from navette.circulation.states import HoldState, ItemStatus, TransitState
from navette.circulation.tables import Loan
from navette.circulation.waiting import load_queue
from navette.clock import local_date
from navette.errors import BadInput
from navette.ils.views import Actor
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Tx

REPLAYED = timedelta(days=7)
_l = table(Loan).c
_DUE_OF_OTHERS = Query(
    select(func.min(_l.due_on)).where(
        _l.patron_id == bindparam("patron"),
        _l.returned_at.is_(None),
        _l.id != bindparam("loan"),
        _l.claimed_at.is_(None),
    ),
    scalar,
)


@dataclass(frozen=True)
class Desk:
    """Where and when something is scanned. `moment` differs from `now` for a replayed scan."""

    network: Network
    here: LibraryInfo
    actor: Actor
    now: datetime
    moment: datetime
    ready_window: int = 300

    def rule(self, name: str, item: ItemRow) -> object:
        """Return a rule of this library for the type of an item."""
        return self.network.rule(name, library=self.here.code, item_type=item.type)


@dataclass(frozen=True)
class Found:
    """The rows that a scan may change, and the situation made of them."""

    item: ItemRow
    loan: LoanRow | None
    transit: TransitRow | None
    bound: HoldRow | None
    queue: Sequence[Candidate]
    situation: Situation

    def hold(self, hold_id: int) -> HoldRow:
        """Return a hold of the queue."""
        return next(c.hold for c in self.queue if c.hold.id == hold_id)

    def candidate(self, hold_id: int) -> Candidate:
        """Return a hold of the queue with its patron."""
        return next(c for c in self.queue if c.hold.id == hold_id)


def moment_of(scanned_at: datetime | None, now: datetime) -> datetime:
    """Return when a scan was really made: a desk without network replays its queue (E25).

    BadInput for an hour without its zone: nobody knows which instant that is.
    """
    at = scanned_at
    if at is not None and at.tzinfo is None:
        raise BadInput("scannedAt", "without a zone")
    return at if at is not None and now - REPLAYED <= at <= now else now


def gather(
    tx: Tx, desk: Desk, item: ItemRow, *, confirm: bool = False, by_machine: bool = False
) -> Found:
    """Load everything around a locked item; the work's lock keeps it true."""
    loan = tx.first(OPEN_LOAN_OF_ITEM, item=item.id)
    queue = _once_returned(tx, load_queue(tx, item.work_id), loan)
    transit = tx.first(OPEN_TRANSIT_OF_ITEM, item=item.id)
    mine = next((c for c in queue if c.hold.item_id == item.id), None)
    situation = Situation(
        here=desk.here.id,
        home=item.home_library_id,
        status=ItemStatus(item.status),
        moment=desk.moment,
        on_loan=loan is not None,
        processing_cause=item.processing_cause,
        not_for_loan=item.not_for_loan,
        alert=bool(item.alert),
        floats=bool(desk.rule("floats", item)),
        reshelve_later=bool(desk.rule("reshelve_delay_minutes", item)),
        transit=_journey(transit),
        bound=_bound(desk, item, mine) if mine else None,
        queue=_queued(desk, item, queue),
        min_transit=timedelta(minutes=int(str(desk.rule("min_transit_minutes", item)))),
        window=timedelta(days=int(str(desk.rule("local_window_days", item)))),
        confirm=confirm,
        by_machine=by_machine,
    )
    return Found(item, loan, transit, mine.hold if mine else None, queue, situation)


def _once_returned(tx: Tx, queue: Sequence[Candidate], loan: LoanRow | None) -> Sequence[Candidate]:
    """Return the queue as it is after step 1: who was late with this very item no longer is."""
    if loan is None or all(c.patron.id != loan.patron_id for c in queue):
        return queue
    due = tx.one(_DUE_OF_OTHERS, patron=loan.patron_id, loan=loan.id)
    return [replace(c, first_due=due) if c.patron.id == loan.patron_id else c for c in queue]


def _journey(transit: TransitRow | None) -> Journey | None:
    if transit is None:
        return None
    return Journey(
        origin=transit.origin_id,
        destination=transit.destination_id,
        boxed_at=transit.boxed_at,
        on_van=transit.state == TransitState.ON_VAN,
        for_hold=transit.hold_id is not None,
        cause=transit.cause,
    )


def _bound(desk: Desk, item: ItemRow, candidate: Candidate) -> Bound:
    hold, today = candidate.hold, local_date(desk.now)
    state = HoldState(hold.state)
    in_hand = _as_found(item)
    valid = can_ever_fill(in_hand, hold, desk.network, today)
    if state is HoldState.TARGETED:
        valid = can_fill_now(in_hand, hold, desk.network, today, at=desk.here.id)
        eligible = is_eligible(candidate, desk.network, today)
    else:
        eligible = card_block(candidate, desk.network, today) not in CARD_REASONS
    deadline = hold.pickup_deadline
    if deadline is not None:  # a closure entered late counts before the night has written it (E4)
        deadline = extended(desk.network.by_id(hold.pickup_library_id).calendar, deadline)
    return Bound(
        id=hold.id,
        state=state,
        pickup=hold.pickup_library_id,
        rank=order(hold),
        valid=valid,
        eligible=eligible,
        overdue=state is HoldState.READY and deadline is not None and local_date(deadline) < today,
    )


def _queued(desk: Desk, item: ItemRow, queue: Sequence[Candidate]) -> Sequence[Queued]:
    """Return the holds that this item may serve from here now, first in rank first."""
    today, in_hand = local_date(desk.now), _as_found(item)
    return [
        Queued(
            c.hold.id,
            HoldState(c.hold.state),
            c.hold.pickup_library_id,
            order(c.hold),
            c.hold.overtaken,
        )
        for c in queue
        if c.hold.item_id != item.id
        and c.hold.state in {HoldState.WAITING, HoldState.TARGETED}
        and can_fill_now(in_hand, c.hold, desk.network, today, at=desk.here.id)
        and is_eligible(c, desk.network, today)
    ]


def _as_found(item: ItemRow) -> ItemRow:
    """Return the item as the policy sees it once it is in a hand: a missing copy was found."""
    if item.status == ItemStatus.NOT_FOR_LOAN:
        return item
    return item._replace(status=str(ItemStatus.AVAILABLE), claimed=False)
