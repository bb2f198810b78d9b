"""Whether a loan may be kept longer, and until when (section 9, E20). Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from navette.circulation.facts import ItemRow, LoanRow
from navette.circulation.policy import ON_SHELF, can_ever_fill, under_embargo
from navette.circulation.queue import Candidate, is_eligible
from navette.circulation.states import HoldState, ItemStatus
from navette.network.network import Network

# Unbound and on their way back to a shelf: free sooner than any loan.
_COMING = ON_SHELF | {ItemStatus.PROCESSING, ItemStatus.IN_TRANSIT, ItemStatus.ON_HOLD_SHELF}


def renewed_until(loan: LoanRow, category: str, item_type: str, network: Network) -> date:
    """Return the new due date: counted from the old one, never on a closed day."""
    library = network.by_id(loan.library_id)
    days = network.rule(
        "renewal_days", library=library.code, category=category, item_type=item_type
    )
    day = loan.due_on + timedelta(days=int(days))
    return library.calendar.next_open_day(day) or day


def refusal_of(
    loan: LoanRow,
    item: ItemRow,
    category: str,
    others_wait: bool,  # noqa: FBT001 - a plain fact of the rule
    network: Network,
    today: date,
) -> str:
    """Return why a loan cannot be renewed ('' when it can): returned claimed limit late..."""
    if loan.returned_at is not None:
        return "returned"
    if loan.claimed_at is not None:
        return "claimed"
    library = network.by_id(loan.library_id).code
    most = network.rule("renewals", library=library, category=category, item_type=item.type)
    if loan.renewals >= int(most):
        return "limit"
    if loan.due_on < today:
        return "late"
    if under_embargo(item, today):
        return "new"
    return "others_wait" if others_wait else ""


def others_wait(
    loan: LoanRow,
    items: Sequence[ItemRow],
    queue: Sequence[Candidate],
    due: Mapping[int, date],
    network: Network,
    today: date,
) -> bool:
    """Return whether more eligible holds wait for it than copies will be free sooner (E20)."""
    item = next(i for i in items if i.id == loan.item_id)
    waiting = [
        c.hold
        for c in queue
        if c.hold.state == HoldState.WAITING
        and can_ever_fill(item, c.hold, network, today)
        and is_eligible(c, network, today)
    ]
    if not waiting:
        return False
    bound = {c.hold.item_id for c in queue if c.hold.item_id is not None}
    sooner = sum(
        any(can_ever_fill(i, h, network, today) for h in waiting)
        for i in items
        if i.id != loan.item_id and _is_sooner(i, loan, bound, due)
    )
    return len(waiting) > sooner


def _is_sooner(
    item: ItemRow, loan: LoanRow, bound: Collection[int], due: Mapping[int, date]
) -> bool:
    if item.id in bound:
        return False
    if item.id in due:
        return due[item.id] < loan.due_on
    return item.status in _COMING
