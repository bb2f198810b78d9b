"""Everything collected together: one notice when the last has come, one day for all of them.

For those who chose it, a hold that becomes READY while others of the same person are on their
way to the same library is announced with the last of these, and earlier ones are kept as long
as the latest; never beyond the longest delay of section 9.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from navette.circulation.deadline import longest_deadline, pickup_rule
from navette.circulation.facts import HoldRow
from navette.circulation.rows import ACTIVE_OF_PATRON
from navette.circulation.states import HoldState
from navette.circulation.transitions import change
from navette.network.network import LibraryInfo, Network
from navette.storage.unit import Tx

ON_THE_WAY = frozenset({HoldState.IN_TRANSIT, HoldState.PROCESSING})
BEFORE_THE_END = timedelta(days=3)


def companions(tx: Tx, hold: HoldRow) -> list[HoldRow]:
    """Return the person's other captured holds for the same library."""
    return [
        other
        for other in tx.all(ACTIVE_OF_PATRON, patron=hold.patron_id)
        if other.id != hold.id
        and other.pickup_library_id == hold.pickup_library_id
        and (other.state == HoldState.READY or other.state in ON_THE_WAY)
    ]


def announced_at(
    hold: HoldRow, others: Sequence[HoldRow], network: Network, now: datetime, window: timedelta
) -> datetime:
    """Return when the arrival is announced: with the last of those on their way, soon enough.

    At most `group_wait_days` later, and three days before the last day for collecting.
    """
    on_the_way = [o for o in others if o.state in ON_THE_WAY]
    if not on_the_way or hold.pickup_deadline is None:
        return now + window
    longest = now + timedelta(days=int(network.rule("group_wait_days")))
    expected = max((o.likely_at for o in on_the_way if o.likely_at), default=longest)
    last = min(longest, expected + window, hold.pickup_deadline - BEFORE_THE_END)
    return max(now + window, last)


def keep_together(
    tx: Tx, hold: HoldRow, others: Sequence[HoldRow], library: LibraryInfo, network: Network
) -> None:
    """Keep what was ready before as long as what has just come."""
    rule = pickup_rule(network, library.code)
    for other in others:
        if other.state != HoldState.READY or other.ready_at is None:
            continue
        if other.pickup_deadline is None or hold.pickup_deadline is None:
            continue
        most = longest_deadline(library.calendar, other.ready_at, rule)
        until = min(hold.pickup_deadline, most)
        if until > other.pickup_deadline:
            change(tx, other, pickup_deadline=until)
