"""From where a copy is to the hold shelf of a pickup library: rounds, vans, openings. Pure."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta

from navette.circulation.targeting import next_pull
from navette.clock import instant_at, local_date
from navette.network.network import LibraryInfo, Network

A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
MOST_RIDES = 100  # a year


class Way:
    """The way between two libraries as it is from `now` on; rides are looked up once each.

    `full_vans`: so many of the next rides leave full of what waited longer (section 7).
    """

    def __init__(
        self,
        network: Network,
        source: LibraryInfo,
        pickup: LibraryInfo,
        now: datetime,
        full_vans: int = 0,
    ) -> None:
        """Look nothing up yet."""
        self._network, self._source, self._pickup = network, source, pickup
        self._now, self._full = now, full_vans
        self._rides = network.timetable.rides(source.code, pickup.code, now)
        self._leaves: list[datetime] = []
        self._arrives: list[datetime] = []
        self._pulls: list[datetime] = []
        self._shelves: dict[tuple[int, int], datetime | None] = {}

    def from_shelf(self, rounds_missed: int = 0, openings_missed: int = 0) -> datetime | None:
        """Return when a copy standing on a shelf of the source would be READY.

        It is found on the first round of the shelves, or so many rounds later.
        """
        key = (rounds_missed, openings_missed)
        if key not in self._shelves:
            self._shelves[key] = self._from_shelf(rounds_missed, openings_missed)
        return self._shelves[key]

    def _from_shelf(self, rounds_missed: int, openings_missed: int) -> datetime | None:
        while len(self._pulls) <= rounds_missed:
            after = self._pulls[-1] + A_MINUTE if self._pulls else self._now
            pulled = next_pull(self._network, self._source, after)
            if pulled is None:
                return None
            self._pulls.append(pulled)
        return self._from(self._pulls[rounds_missed], openings_missed)

    def from_hand(self, at: datetime, openings_missed: int = 0) -> datetime | None:
        """Return when a copy given back at the source from `at` on would be READY.

        `openings_missed`: opening days on which its crate stands unpacked at the pickup library.
        """
        scanned = self._source.calendar.opens_at(at)
        return None if scanned is None else self._from(scanned, openings_missed)

    def from_crate(self, openings_missed: int = 0) -> datetime | None:
        """Return when a copy that stands in a crate at the source now would be READY."""
        return self._from(self._now, openings_missed)

    def _from(self, scanned: datetime, openings_missed: int) -> datetime | None:
        calendar = self._pickup.calendar
        if self._source.id == self._pickup.id:
            return calendar.opens_at(scanned)
        arrival = self._arrival(scanned)
        ready = None if arrival is None else calendar.opens_at(arrival)
        for _ in range(openings_missed):
            if ready is None:
                break
            ready = calendar.opens_at(instant_at(local_date(ready) + A_DAY, 0))
        return ready

    def _arrival(self, scanned: datetime) -> datetime | None:
        while not self._leaves or self._leaves[-1] <= scanned or len(self._leaves) <= self._full:
            if not self._look_further():
                return None
        first = bisect_right(self._leaves, scanned)
        return self._arrives[max(first, self._full)]

    def _look_further(self) -> bool:
        """Look up one more ride; False when there is none, or none so far ahead."""
        ride = next(self._rides, None)
        if ride is None and self._leaves and len(self._leaves) < MOST_RIDES:
            timetable = self._network.timetable
            self._rides = timetable.rides(self._source.code, self._pickup.code, self._leaves[-1])
            ride = next(self._rides, None)
        if ride is None:
            return False
        self._leaves.append(ride.leaves)
        self._arrives.append(ride.arrives)
        return True
