"""Three ways to decide who gets which copy: ours, and two that other systems use.

All three go through the same `route`, `cost`, eligibility and policy; a strategy says only in
which order a scan meets the queue, and which free copies are asked for whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from navette.circulation.facts import HoldRow, ItemRow
from navette.circulation.queue import order
from navette.circulation.situation import Rank
from navette.circulation.states import HoldState
from navette.circulation.targeting import assign, with_ties
from navette.network.network import LibraryInfo, Network

Costs = Sequence[Sequence[int | None]]


class Strategy(Protocol):
    """Who is next, and which copy."""

    name: str

    def rank(self, hold: HoldRow, here: LibraryInfo, network: Network) -> Rank:
        """Return the place of a hold in the queue that a scan at `here` meets."""
        ...

    def meets(self, hold: HoldRow, here: LibraryInfo) -> bool:
        """Return whether a scan at `here` considers the hold at all."""
        ...

    def window(self, item: ItemRow, here: LibraryInfo, network: Network) -> timedelta:
        """Return in which a hold collected here may overtake older ones (section 5)."""
        ...

    def pairs(
        self, costs: Costs, free: Sequence[ItemRow], asked: Mapping[int, datetime]
    ) -> Mapping[int, int]:
        """Return which copy (column) is asked for which hold (row, in rank order)."""
        ...


class Navette:
    """Fairness picks the person, cost picks the copy (CIRCULATION sections 4 to 6)."""

    name = "navette"

    def rank(self, hold: HoldRow, here: LibraryInfo, network: Network) -> Rank:  # noqa: ARG002 - the same everywhere
        """Return first in, first out."""
        return order(hold)

    def meets(self, hold: HoldRow, here: LibraryInfo) -> bool:  # noqa: ARG002 - `route` decides
        """Leave it to `route`: TARGETED elsewhere only if collected here."""
        return True

    def window(self, item: ItemRow, here: LibraryInfo, network: Network) -> timedelta:
        """Return the rule of the network."""
        days = network.rule("local_window_days", library=here.code, item_type=item.type)
        return timedelta(days=int(days))

    def pairs(
        self, costs: Costs, free: Sequence[ItemRow], asked: Mapping[int, datetime]
    ) -> Mapping[int, int]:
        """Assign exactly: as many as possible in rank order, then the least cost."""
        return assign(with_ties(costs, [i.current_library_id for i in free], asked))


class Rival:
    """What the two others have in common: no rule lets anybody overtake."""

    def window(self, item: ItemRow, here: LibraryInfo, network: Network) -> timedelta:  # noqa: ARG002 - none
        """Return no time at all."""
        return timedelta()


class NearestFirst(Rival):
    """A copy goes to the nearest pickup library that wants it, whoever waits longest."""

    name = "nearest_first"

    def rank(self, hold: HoldRow, here: LibraryInfo, network: Network) -> Rank:
        """Return here first, then by stops of the line, then first in, first out."""
        pickup = network.by_id(hold.pickup_library_id)
        return (abs(pickup.position - here.position), hold.placed_at, hold.id)

    def meets(self, hold: HoldRow, here: LibraryInfo) -> bool:  # noqa: ARG002 - everybody
        """Consider every hold."""
        return True

    def pairs(
        self,
        costs: Costs,
        free: Sequence[ItemRow],
        asked: Mapping[int, datetime],  # noqa: ARG002
    ) -> Mapping[int, int]:
        """Take the cheapest pair, then the next one, whoever it serves."""
        cheapest = sorted(
            (cost, row, column)
            for row, line in enumerate(costs)
            for column, cost in enumerate(line)
            if cost is not None
        )
        return _one_each(((row, column) for _, row, column in cheapest), len(free))


class FirstCome(Rival):
    """First come, first served, whatever the way costs: the first copy of the list."""

    name = "first_come"

    def rank(self, hold: HoldRow, here: LibraryInfo, network: Network) -> Rank:  # noqa: ARG002 - the same everywhere
        """Return first in, first out."""
        return order(hold)

    def meets(self, hold: HoldRow, here: LibraryInfo) -> bool:  # noqa: ARG002 - the same everywhere
        """Consider who waits; a hold with a copy asked for elsewhere keeps that one."""
        return hold.state == HoldState.WAITING

    def pairs(
        self,
        costs: Costs,
        free: Sequence[ItemRow],
        asked: Mapping[int, datetime],  # noqa: ARG002
    ) -> Mapping[int, int]:
        """Give the next person the next copy that can serve at all."""
        pairs = (
            (row, column)
            for row, line in enumerate(costs)
            for column, cost in enumerate(line)
            if cost is not None
        )
        return _one_each(pairs, len(free))


STRATEGIES: Sequence[Strategy] = (Navette(), NearestFirst(), FirstCome())


def _one_each(pairs: object, most: int) -> dict[int, int]:
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for row, column in pairs:  # type: ignore[attr-defined]
        if row not in chosen and column not in taken:
            chosen[row] = column
            taken.add(column)
            if len(taken) == most:
                break
    return chosen
