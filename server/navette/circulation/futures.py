"""What may become of a wish: SCENARIOS equally likely futures of copies, readers, rounds. Pure.

Nothing is drawn at random: each kind of chance goes through its quantiles in an order of its own.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import get_ident

from navette.circulation.ways import Way
from navette.clock import instant_at, local_date
from navette.network.habits import AWAY, MOST_ROUNDS, PULL, SCENARIOS, UNPACK, shuffled
from navette.network.network import LibraryInfo, Network

A_DAY = 24 * 60
# Which of the shuffled orders each kind of chance has; copies have the others.
_UNPACKED, _FOUND, _AWAY = 1001, 1002, 1100
TRIED, ROUNDS_SPENT = 2, 2  # of copies not found, and on each: a full opening day
NOT_FOUND = 14 * A_DAY  # no copy where one should stand: another has to be looked for


@dataclass(frozen=True, slots=True)
class Copy:
    """A usable copy: where it will be free, and in how many minutes, scenario by scenario.

    `travels_from`: a new item serves only its own library before that day.
    """

    source: LibraryInfo
    free_now: bool
    free: tuple[int, ...] = (0,) * SCENARIOS
    travels_from: date | None = None


@dataclass(frozen=True)
class Situation:
    """The copies of a title, how many eligible holds stand before, how the vans are filled.

    `between`: minutes from one reader's turn to the next one's, scenario by scenario; `full_vans`:
    by library, how many of the next rides leave full.
    """

    copies: Sequence[Copy]
    ahead: int = 0
    between: tuple[int, ...] = (26 * A_DAY,) * SCENARIOS
    full_vans: Mapping[int, int] = field(default_factory=dict)


def _when(end: tuple[datetime, Copy]) -> datetime:
    return end[0]


class Futures:
    """What may become of a wish for one pickup library, one way a scenario."""

    def __init__(
        self, situation: Situation, pickup: LibraryInfo, network: Network, now: datetime
    ) -> None:
        """Look nothing up yet."""
        self._situation, self._pickup, self._network, self._now = situation, pickup, network, now
        self._ways: dict[int, Way] = {}
        unpacked = network.habits.curve(UNPACK, pickup.id).quantiles()
        self._unpacked = shuffled(unpacked, _UNPACKED)

    def ends(self) -> list[tuple[datetime, Copy]]:
        """Return when it is READY, the soonest first, with the copy that serves."""
        free = self._on_shelves()[:TRIED]
        return sorted(self._each(free), key=_when)

    def _each(self, free: Sequence[Copy]) -> Iterator[tuple[datetime, Copy]]:
        curves = (self._network.habits.curve(PULL, copy.source.id) for copy in free)
        rounds = [shuffled(c.quantiles(), _FOUND + n) for n, c in enumerate(curves)]
        here = [
            c
            for c in self._situation.copies
            if not c.free_now and c.source.id == self._pickup.id
        ]  # fmt: skip
        alike: dict[tuple[int, ...], tuple[datetime, Copy] | None] = {}
        for scenario in range(SCENARIOS):
            if free:
                kind = (self._unpacked[scenario], *(missed[scenario] for missed in rounds))
                if kind not in alike:  # few things may go wrong: most futures are the same
                    alike[kind] = self._from_shelf(free, rounds, scenario)
                end = self._soonest(alike[kind], here, scenario)
            else:
                end = self._from_readers(scenario)
            if end is not None:
                yield end

    def _on_shelves(self) -> list[Copy]:
        """Return the copies free on a shelf that those ahead leave, the soonest READY first.

        At the same opening the copy that needs no ride comes first, as targeting has it.
        """
        ready = [
            (at, copy.source.id != self._pickup.id, index)
            for index, copy in enumerate(self._situation.copies)
            if copy.free_now and not self._waits_to_travel(copy)
            and (at := self._way(copy).from_shelf()) is not None
        ]  # fmt: skip
        left = sorted(ready)[self._situation.ahead :]
        return [self._situation.copies[index] for *_, index in left]

    def _from_shelf(
        self, free: Sequence[Copy], rounds: Sequence[Sequence[int]], scenario: int
    ) -> tuple[datetime, Copy] | None:
        """Follow the soonest copy; one that is not found gives way to the next."""
        for attempt, copy in enumerate(free):
            missed = rounds[attempt][scenario]
            if missed < MOST_ROUNDS:
                missed += attempt * ROUNDS_SPENT
                at = self._way(copy).from_shelf(missed, self._unpacked[scenario])
                return None if at is None else (at, copy)
        late = self._now + timedelta(minutes=NOT_FOUND)
        at = self._way(free[0]).from_hand(late, self._unpacked[scenario])
        return None if at is None else (at, free[0])

    def _soonest(
        self, end: tuple[datetime, Copy] | None, here: Sequence[Copy], scenario: int
    ) -> tuple[datetime, Copy] | None:
        """Let a copy that comes back at the pickup library itself be faster: a scan gives it."""
        for copy in here:
            back = self._now + timedelta(minutes=self._free(copy, scenario))
            if end is not None and back >= end[0]:
                continue
            at = self._way(copy).from_hand(back)
            if at is not None and (end is None or at < end[0]):
                end = (at, copy)
        return end

    def _from_readers(self, scenario: int) -> tuple[datetime, Copy] | None:
        """Let those ahead take what becomes free first; then it is this hold's turn."""
        copies, between = self._situation.copies, self._situation.between
        heap = [(self._free(copy, scenario), index) for index, copy in enumerate(copies)]
        if not heap:
            return None
        heapq.heapify(heap)
        for turn in range(self._situation.ahead):
            free, index = heap[0]
            wait = between[(scenario + 7 * turn) % SCENARIOS]
            heapq.heapreplace(heap, (free + wait, index))
        free, index = heap[0]
        source = self._given_back(copies[index], scenario)
        back = self._now + timedelta(minutes=free)
        at = self._way_from(source).from_hand(back, self._unpacked[scenario])
        return None if at is None else (at, copies[index])

    def _given_back(self, copy: Copy, scenario: int) -> LibraryInfo:
        """Return at which library it is given back: where it was lent, or at another one."""
        away = self._network.habits.curve(AWAY, copy.source.id).quantiles()
        libraries = self._network.libraries
        if copy.free_now or not shuffled(away, _AWAY + copy.source.id)[scenario]:
            return copy.source
        return libraries[scenario % len(libraries)]

    def _free(self, copy: Copy, scenario: int) -> int:
        free = copy.free[scenario]
        if self._waits_to_travel(copy) and copy.travels_from is not None:
            opens = instant_at(copy.travels_from, 0) - self._now
            return max(free, int(opens.total_seconds()) // 60)
        return free

    def _waits_to_travel(self, copy: Copy) -> bool:
        far = copy.travels_from is not None and copy.source.id != self._pickup.id
        return far and copy.travels_from is not None and copy.travels_from > local_date(self._now)

    def _way(self, copy: Copy) -> Way:
        return self._way_from(copy.source)

    def _way_from(self, source: LibraryInfo) -> Way:
        found = self._ways.get(source.id)
        if found is None:
            full = self._situation.full_vans.get(source.id, 0)
            # of this thread alone: a way looks up its rides as it is asked
            what = ("way", source.id, self._pickup.id, full, get_ident())
            found = self._network.in_this_minute(
                what,
                self._now,
                lambda: Way(self._network, source, self._pickup, self._now, full),
            )
            self._ways[source.id] = found
        return found
