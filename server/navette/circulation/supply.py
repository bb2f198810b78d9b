"""Which copies count for a promise, and when each may be free again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from navette.circulation.facts import ItemRow
from navette.circulation.policy import (
    ON_SHELF,
    is_free,
    is_lendable,
    is_walk_in,
    under_embargo,
)
from navette.circulation.promise import BETWEEN_READERS, Copy
from navette.circulation.states import ItemStatus
from navette.clock import instant_at
from navette.network.network import Network

RETURN_HOUR = 18 * 60  # a book due on a day comes back before closing
ON_THE_WAY = timedelta(days=4)
BEING_PREPARED = timedelta(days=1)
ON_ORDER = timedelta(days=28)


def copies_of(
    items: Sequence[ItemRow],
    due: Mapping[int, date],
    bound: Mapping[int, int],
    network: Network,
    now: datetime,
    today: date,
) -> list[Copy]:
    """Return the copies that can ever fill a hold, with the instants at which each is free.

    `due` maps items on loan to their due date, `bound` items held for somebody to the hold.
    """
    found = []
    for item in items:
        if not is_lendable(item, network) or is_walk_in(item, today):
            continue
        free_at = _free_at(item, due, bound, network, now)
        free_now = is_free(item, bound)
        late = timedelta()
        if not free_now:
            late = timedelta(days=int(network.rule("lateness_p90_days", item_type=item.type)))
        travels = item.new_until + timedelta(days=1) if item.new_until else None
        found.append(
            Copy(
                source=network.by_id(item.current_library_id),
                free_at=free_at,
                late_at=free_at + late,
                free_now=free_now,
                travels_from=travels if under_embargo(item, today) else None,
            )
        )
    return found


def _free_at(
    item: ItemRow,
    due: Mapping[int, date],
    bound: Mapping[int, int],
    network: Network,
    now: datetime,
) -> datetime:
    lent = timedelta(days=int(network.rule("loan_days", item_type=item.type)))
    if item.id in due:
        # late already: tomorrow is the best guess there is
        return max(instant_at(due[item.id], RETURN_HOUR), now + BEING_PREPARED)
    if item.id in bound:
        return now + BETWEEN_READERS + lent
    if item.status in ON_SHELF:
        return now
    if item.status == ItemStatus.ON_LOAN:
        return now + lent
    if item.status == ItemStatus.ON_ORDER:
        return now + ON_ORDER
    return now + (ON_THE_WAY if item.status == ItemStatus.IN_TRANSIT else BEING_PREPARED)
