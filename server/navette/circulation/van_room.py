"""How many of the next vans leave a library full of what waited longer (section 7). Pure.

What does not fit waits for the next round, in the order in which the holds were placed; a copy
that only goes home yields to one that somebody waits for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from navette.clock import local_date
from navette.network.timetable import Timetable

A_WEEK = 7


class Crate(NamedTuple):
    """A copy that waits in a crate: between which libraries, and when its hold was placed."""

    origin_id: int
    destination_id: int
    placed_at: datetime | None


class VanRoom:
    """The crates that wait in the whole network, looked through once for any number of holds."""

    def __init__(
        self, timetable: Timetable, codes: Mapping[int, str], crates: Sequence[Crate]
    ) -> None:
        """`codes` are those of the libraries by row id."""
        self._timetable, self._codes = timetable, codes
        self._crates = [c for c in crates if c.placed_at is not None]
        self._waiting: Mapping[int, Sequence[datetime]] | None = None

    def full_vans(self, now: datetime, placed_at: datetime) -> dict[int, int]:
        """Return by library id how many rides leave it full before a hold placed then has room.

        Only libraries where at least one ride is full are named.
        """
        capacity = self._timetable.capacity
        if not capacity or len(self._crates) < capacity:
            return {}
        if self._waiting is None:
            self._waiting = self._on_leaving(now)
        before = {at: bisect_left(line, placed_at) for at, line in self._waiting.items()}
        return {at: count // capacity for at, count in before.items() if count >= capacity}

    def _on_leaving(self, now: datetime) -> dict[int, list[datetime]]:
        """Return for each library when the holds were placed whose crates leave it on board."""
        stops = _order(self._timetable, now)
        return {
            library: sorted(
                crate.placed_at
                for crate in self._crates
                if crate.placed_at is not None and self._on_board(stops, crate, stops[code])
            )
            for library, code in self._codes.items()
            if code in stops
        }

    def _on_board(self, stops: Mapping[str, int], crate: Crate, here: int) -> bool:
        origin = stops.get(self._codes[crate.origin_id])
        destination = stops.get(self._codes[crate.destination_id])
        if origin is None or origin > here:
            return False
        if destination is None or destination <= origin:
            return True  # it stays on board until the next round
        return destination > here


def _order(timetable: Timetable, now: datetime) -> dict[str, int]:
    """Return the place of each stop in the next round."""
    for ahead in range(A_WEEK):
        stops = timetable.stops_on(local_date(now) + timedelta(days=ahead))
        if stops:
            return {stop.library: place for place, stop in enumerate(stops)}
    return {}
