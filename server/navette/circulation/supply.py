"""Which copies count for a promise, and when each may be free again, way by way. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from navette.circulation.facts import ItemRow
from navette.circulation.futures import A_DAY, Copy
from navette.circulation.policy import (
    ON_SHELF,
    is_free,
    is_lendable,
    is_walk_in,
    under_embargo,
)
from navette.circulation.states import ItemStatus
from navette.clock import instant_at
from navette.network.habits import (
    COLLECT,
    LOST,
    NOT_COLLECTED,
    RETURN,
    SCENARIOS,
    shuffled,
)
from navette.network.network import Network

RETURN_HOUR = 16 * 60 + 30  # of a day: most come back in the afternoon
AN_HOUR = 60
ON_THE_WAY = 4 * A_DAY
BEING_PREPARED = A_DAY
ON_ORDER = 28 * A_DAY
# A copy that is not seen again within the horizon is counted as this far away, not as never.
VERY_LATE = 180 * A_DAY
_COLLECTED, _READ = 701, 702


def copies_of(
    items: Sequence[ItemRow],
    due: Mapping[int, date],
    bound: Mapping[int, int],
    network: Network,
    now: datetime,
    today: date,
) -> list[Copy]:
    """Return the copies that can ever fill a hold, with when each may be free.

    `due` maps items on loan to their due date, `bound` items held for somebody to the hold. A
    copy overdue beyond hope is not waited for.
    """
    found = []
    for item in items:
        if not is_lendable(item, network) or is_walk_in(item, today):
            continue
        if beyond_hope(item, due, network, today):
            continue
        travels = item.new_until + timedelta(days=1) if item.new_until else None
        free_now = is_free(item, bound)
        found.append(
            Copy(
                source=network.by_id(item.current_library_id),
                free_now=free_now,
                free=(0,) * SCENARIOS if free_now else _free(item, due, bound, network, now, today),
                travels_from=travels if under_embargo(item, today) else None,
            )
        )
    return found


def beyond_hope(item: ItemRow, due: Mapping[int, date], network: Network, today: date) -> bool:
    """Return whether a copy on loan is so late that nobody should wait for it (section 7)."""
    if item.id not in due:
        return False
    longest = int(network.rule("overdue_beyond_hope_days", item_type=item.type))
    return (today - due[item.id]).days > longest


def between_readers(network: Network, library_id: int, item_type: str) -> tuple[int, ...]:
    """Return the minutes from one reader's turn to the next one's, way by way.

    On the van, on the hold shelf, then the loan until it comes back; or unread from the shelf.
    """
    collected = network.habits.curve(COLLECT, library_id).quantiles()
    returned = network.habits.curve(RETURN, library_id, item_type).quantiles()
    lent = int(network.rule("loan_days", item_type=item_type))
    ways = zip(shuffled(collected, _COLLECTED), shuffled(returned, _READ), strict=True)
    return tuple(
        ON_THE_WAY // 2 + A_DAY * shelf + (0 if shelf >= NOT_COLLECTED else _read(lent, back))
        for shelf, back in ways
    )


def _read(lent: int, back: int) -> int:
    return VERY_LATE if back >= LOST else max(1, lent + back) * A_DAY


def _free(
    item: ItemRow,
    due: Mapping[int, date],
    bound: Mapping[int, int],
    network: Network,
    now: datetime,
    today: date,
) -> tuple[int, ...]:
    if item.id in due:
        return _returned(item, due[item.id], network, now, today)
    if item.id in bound:
        between = between_readers(network, item.current_library_id, item.type)
        return shuffled(tuple(sorted(between)), item.id)
    lent = int(network.rule("loan_days", item_type=item.type)) * A_DAY
    waits = {
        ItemStatus.ON_LOAN: lent,
        ItemStatus.ON_ORDER: ON_ORDER,
        ItemStatus.IN_TRANSIT: ON_THE_WAY,
    }
    # out of reach for a moment: asked for in vain twice, or seen at a machine
    usual = 0 if item.status in ON_SHELF else BEING_PREPARED
    return (waits.get(ItemStatus(item.status), usual),) * SCENARIOS


def _returned(
    item: ItemRow, due: date, network: Network, now: datetime, today: date
) -> tuple[int, ...]:
    """Return when a copy out comes back, knowing that it has not until now."""
    curve = network.habits.curve(RETURN, item.current_library_id, item.type)
    points = shuffled(curve.quantiles((today - due).days), item.id)
    on_time = int((instant_at(due, RETURN_HOUR) - now).total_seconds()) // 60
    return tuple(
        VERY_LATE if point >= LOST else max(AN_HOUR, on_time + point * A_DAY) for point in points
    )
