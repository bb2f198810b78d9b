"""One town under one strategy: what desks, readers, vans and nights do, by the rules themselves.

Rows are those of circulation; every decision is taken by `route`, `assign`, `cost`, eligibility,
policy, deadlines and promises of navette.circulation. Only the storage is left out.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from navette.circulation.deadline import pickup_deadline, pickup_rule, target_until
from navette.circulation.facts import HoldRow, ItemRow
from navette.circulation.policy import can_ever_fill, can_fill_now, is_free
from navette.circulation.promise import promised
from navette.circulation.promising import Supply, situation
from navette.circulation.queue import QUEUED, Candidate, is_eligible, order, passed_over
from navette.circulation.routing import route
from navette.circulation.situation import (
    Bound,
    Decision,
    Journey,
    Queued,
    Release,
    Situation,
    TransitAct,
)
from navette.circulation.states import HoldState, ItemStatus
from navette.circulation.targeting import cost
from navette.circulation.van_room import Crate, VanRoom
from navette.clock import local_date
from navette.network.network import LibraryInfo, Network
from navette_server.simulating.diary import Diary, Wish
from navette_server.simulating.stock import Stock
from navette_server.simulating.strategies import Strategy

WAITING, TARGETED = str(HoldState.WAITING), str(HoldState.TARGETED)
AVERAGE_LOAN = 21.0


@dataclass(slots=True)
class Trip:
    """A copy in a crate or on the van."""

    origin: int
    destination: int
    boxed_at: datetime
    hold: int | None
    cause: str
    on_van: bool = False
    put_down: bool = False


class Town:
    """The state of the network, and what changes it."""

    def __init__(
        self, network: Network, stock: Stock, strategy: Strategy, diary: Diary, seed: int
    ) -> None:
        """Everybody is at home, every copy on its shelf."""
        self.network, self.stock, self.strategy, self.diary = network, stock, strategy, diary
        self.chance = random.Random(seed)  # noqa: S311 - a simulation
        self.holds: dict[int, HoldRow] = {}
        self.queues: dict[int, list[int]] = defaultdict(list)
        self.bound: dict[int, int] = {}
        self.due: dict[int, date] = {}
        self.trips: dict[int, Trip] = {}
        self.asked: dict[int, datetime] = {}
        self.pull: dict[int, set[int]] = defaultdict(set)
        self.mine: dict[int, set[int]] = defaultdict(set)
        self.ready: set[int] = set()
        self.due_off_shelf: dict[int, set[int]] = defaultdict(set)
        self.next_hold = 1
        self.when_ready: Callable[[HoldRow, datetime], None] = lambda _hold, _now: None
        self.when_pulled: Callable[[int, datetime, datetime], None] = lambda *_: None

    # Holds

    def place(
        self, reader: int, title_id: int, pickup: LibraryInfo, now: datetime
    ) -> HoldRow | None:
        """Place a hold (T1), promise, target (T2); None where the rules refuse."""
        today = local_date(now)
        if len(self.mine[reader]) >= int(self.network.rule("hold_limit")):
            return None
        if any(self.holds[h].work_id == title_id for h in self.mine[reader]):
            return None
        hold = self._new_hold(reader, title_id, pickup, now)
        usable = [i for i in self._copies(title_id) if can_ever_fill(i, hold, self.network, today)]
        if not usable:
            return None
        made = promised(self._situation(title_id, now), pickup, self.network, now)
        if made.likely_at is None:  # no date at all: most people choose something else
            self.diary.turned_away += self.diary.counts(now)
            return None
        hold = hold._replace(
            likely_at=made.likely_at, latest_on=made.latest_on, promised_for=made.reason
        )
        waiting = sum(self.holds[h].state == WAITING for h in self.queues[title_id])
        self.next_hold += 1
        self.holds[hold.id] = hold
        self.queues[title_id].append(hold.id)
        self.mine[reader].add(hold.id)
        if self.diary.counts(now):
            width = 0
            if made.likely_at and made.latest_on:
                width = _open_days(pickup, local_date(made.likely_at), made.latest_on)
            guess = AVERAGE_LOAN * (waiting + 1) / len(usable)
            self.diary.wishes[hold.id] = Wish(title_id, pickup.code, now, made, guess, width)
        self.retarget(title_id, now)
        return self.holds[hold.id]

    def end(self, hold: HoldRow, state: HoldState, now: datetime) -> None:
        """End a hold; the copy stays where it is until scanned."""
        self._unbind(hold, now)
        self.queues[hold.work_id].remove(hold.id)
        self.mine[hold.patron_id].discard(hold.id)
        self.holds[hold.id] = self.holds[hold.id]._replace(state=str(state), item_id=None)

    def retarget(self, work: int, now: datetime) -> None:
        """Ask for free copies for those who wait (T2)."""
        today = local_date(now)
        free = [i for i in self._copies(work) if is_free(i, self.bound)]
        if not free:
            return
        waiting = [
            c.hold
            for c in self._queue(work)
            if c.hold.state == WAITING and not passed_over(c, self.network, today)
        ]
        if not waiting:
            return
        costs = [
            [
                self._cost(item, hold, now)
                if can_fill_now(item, hold, self.network, today)
                else None
                for item in free
            ]
            for hold in waiting
        ]
        for row, column in self.strategy.pairs(costs, free, self.asked).items():
            item, hold = free[column], waiting[row]
            source = self.network.by_id(item.current_library_id)
            self.asked[source.id] = now
            self._bind(hold, item.id, HoldState.TARGETED, now)
            self.holds[hold.id] = self.holds[hold.id]._replace(
                targeted_at=now, target_until=target_until(source.calendar, now)
            )
            self.pull[source.id].add(hold.id)

    def time_out(self, now: datetime) -> None:
        """Let other copies be asked for where one was not found in a full opening day (T3)."""
        for waiting in list(self.pull.values()):
            for number in list(waiting):
                hold = self.holds[number]
                if hold.target_until is None or hold.target_until >= now or hold.item_id is None:
                    continue
                item = self.stock.items[hold.item_id]
                self.stock.items[item.id] = item._replace(
                    targeting_penalty=item.targeting_penalty + 1
                )
                self._unbind(hold, now)
                self.retarget(hold.work_id, now)

    def miss(self, item: ItemRow, now: datetime) -> None:
        """Declare a copy missing: its hold waits at the same rank, another copy is asked for."""
        self.stock.items[item.id] = item._replace(status=str(ItemStatus.MISSING))
        holder = self.bound.get(item.id)
        if holder is not None:
            self._unbind(self.holds[holder], now)
        self.retarget(item.work_id, now)

    # Scans

    def scan(self, item_id: int, here: LibraryInfo, now: datetime) -> Decision:
        """Let `route` decide about an item in hand, and do what it says."""
        item = self.stock.items[item_id]
        decision = route(self._seen(item, here, now))
        self._carry_out(item, here, now, decision)
        return decision

    def _seen(self, item: ItemRow, here: LibraryInfo, now: datetime) -> Situation:
        today, trip = local_date(now), self.trips.get(item.id)
        mine = self.holds[self.bound[item.id]] if item.id in self.bound else None
        return Situation(
            here=here.id,
            home=item.home_library_id,
            status=ItemStatus(item.status),
            moment=now,
            on_loan=item.id in self.due,
            transit=_journey(trip) if trip else None,
            bound=self._bound_to(mine, item, here, today) if mine else None,
            queue=self._line(item, here, today),
            window=self.strategy.window(item, here, self.network),
            confirm=True,
        )

    def _line(self, item: ItemRow, here: LibraryInfo, today: date) -> list[Queued]:
        in_hand = item._replace(status=str(ItemStatus.AVAILABLE))
        line = [
            Queued(
                c.hold.id,
                HoldState(c.hold.state),
                c.hold.pickup_library_id,
                self._rank(c, here),
                c.hold.overtaken,
            )
            for c in self._queue(item.work_id)
            if c.hold.item_id != item.id
            and c.hold.state in QUEUED
            and self.strategy.meets(c.hold, here)
            and can_fill_now(in_hand, c.hold, self.network, today, at=here.id)
            and is_eligible(c, self.network, today)
        ]
        return sorted(line, key=lambda one: one.rank)

    def _rank(self, candidate: Candidate, here: LibraryInfo) -> Any:
        return self.strategy.rank(candidate.hold, here, self.network)

    def _bound_to(self, hold: HoldRow, item: ItemRow, here: LibraryInfo, today: date) -> Bound:
        in_hand = item._replace(status=str(ItemStatus.AVAILABLE))
        deadline = hold.pickup_deadline
        return Bound(
            id=hold.id,
            state=HoldState(hold.state),
            pickup=hold.pickup_library_id,
            rank=self.strategy.rank(hold, here, self.network),
            valid=can_ever_fill(in_hand, hold, self.network, today),
            overdue=hold.state == HoldState.READY
            and deadline is not None
            and local_date(deadline) < today,
        )

    def _carry_out(self, item: ItemRow, here: LibraryInfo, now: datetime, done: Decision) -> None:
        if done.returned:
            self.due.pop(item.id, None)
        if done.transit in {TransitAct.RECEIVE, TransitAct.CANCEL}:
            self.trips.pop(item.id, None)
        if done.release is not None and item.id in self.bound:
            released = self.holds[self.bound[item.id]]
            if done.release is Release.DEADLINE:
                self.end(released, HoldState.EXPIRED, now)
            else:
                self._unbind(released, now)
        status = str(done.status) if done.status else item.status
        self.stock.items[item.id] = item._replace(
            status=status, current_library_id=here.id, targeting_penalty=0
        )
        for older in done.overtaken if done.hold_state is not None else ():
            passed = self.holds[older]
            self.holds[older] = passed._replace(overtaken=passed.overtaken + 1)
        if done.hold_id is not None and done.hold_state is not None:
            self._capture(self.holds[done.hold_id], item.id, done.hold_state, here, now)
        if done.opens is not None and done.destination is not None:
            self.trips[item.id] = Trip(here.id, done.destination, now, done.hold_id, done.opens)
            if self.diary.counts(now):
                self.diary.trips[done.opens] += 1
        if done.release is not None or done.status == ItemStatus.AVAILABLE:
            self.retarget(item.work_id, now)

    def _capture(
        self, hold: HoldRow, item_id: int, state: HoldState, here: LibraryInfo, now: datetime
    ) -> None:
        if hold.state == TARGETED and hold.item_id == item_id and hold.targeted_at is not None:
            self.when_pulled(here.id, hold.targeted_at, now)
        freed = hold.item_id is not None and hold.item_id != item_id
        self._bind(hold, item_id, state, now)
        if state is HoldState.READY:
            rule = pickup_rule(self.network, here.code)
            ready = self.holds[hold.id]._replace(
                ready_at=now, pickup_deadline=pickup_deadline(here.calendar, now, rule)
            )
            self.holds[hold.id] = ready
            self.ready.add(hold.id)
            wish = self.diary.wishes.get(hold.id)
            if wish is not None and wish.ready_at is None:
                wish.ready_at = now
            self.when_ready(ready, now)
        if freed:
            self.retarget(hold.work_id, now)

    # Small things

    def lend(self, item_id: int, here: LibraryInfo, due: date) -> None:
        """Let a copy leave in somebody's hands; who had it asked for is served by another."""
        item = self.stock.items[item_id]
        self.due[item_id] = due
        self.stock.items[item_id] = item._replace(
            status=str(ItemStatus.ON_LOAN), current_library_id=here.id
        )

    def let_go(self, item_id: int, now: datetime) -> None:
        """Take a copy from the hold it is bound to, and ask for another (T3)."""
        holder = self.bound.get(item_id)
        if holder is not None:
            hold = self.holds[holder]
            self._unbind(hold, now)
            self.retarget(hold.work_id, now)

    def _copies(self, work: int) -> list[ItemRow]:
        return [self.stock.items[i] for i in self.stock.titles[work].copies]

    def _queue(self, work: int) -> list[Candidate]:
        readers = self.stock.readers
        holds = sorted((self.holds[h] for h in self.queues[work]), key=order)
        return [Candidate(h, readers[h.patron_id - 1]) for h in holds]

    def _situation(self, work: int, now: datetime) -> Any:
        copies = self._copies(work)
        bound = {i.id: self.bound[i.id] for i in copies if i.id in self.bound}
        due = {i.id: self.due[i.id] for i in copies if i.id in self.due}
        codes = {library.id: library.code for library in self.network.libraries}
        room = VanRoom(self.network.timetable, codes, self._crates())
        supply = Supply(copies, due, bound, self._queue(work), room)
        return situation(supply, copies, self.network, now)

    def _crates(self) -> list[Crate]:
        if len(self.trips) < self.network.timetable.capacity:
            return []
        return [
            Crate(t.origin, t.destination, self.holds[t.hold].placed_at if t.hold else None)
            for t in self.trips.values()
            if not t.on_van
        ]

    def _cost(self, item: ItemRow, hold: HoldRow, now: datetime) -> int | None:
        source = self.network.by_id(item.current_library_id)
        pickup = self.network.by_id(hold.pickup_library_id)
        return cost(self.network, source, pickup, now, penalty=item.targeting_penalty)

    def _bind(self, hold: HoldRow, item_id: int, state: HoldState, now: datetime) -> None:
        self._unbind(hold, now)
        self.bound[item_id] = hold.id
        self.holds[hold.id] = self.holds[hold.id]._replace(state=str(state), item_id=item_id)

    def _unbind(self, hold: HoldRow, now: datetime) -> None:
        del now
        if hold.item_id is None:
            return
        self.bound.pop(hold.item_id, None)
        self.ready.discard(hold.id)
        trip = self.trips.get(hold.item_id)
        if trip is not None and trip.hold == hold.id:
            trip.hold = None
        for waiting in self.pull.values():
            waiting.discard(hold.id)
        self.holds[hold.id] = self.holds[hold.id]._replace(
            state=WAITING, item_id=None, target_until=None, ready_at=None, pickup_deadline=None
        )

    def _new_hold(self, reader: int, work: int, pickup: LibraryInfo, now: datetime) -> HoldRow:
        values: dict[str, Any] = dict.fromkeys(HoldRow._fields)
        values |= {
            "id": self.next_hold, "patron_id": reader, "level": "record", "target_id": work,
            "record_id": work, "work_id": work, "volume_key": "", "rank_class": 0,
            "pickup_place_id": pickup.pickup_place_id, "pickup_library_id": pickup.id,
            "placed_at": now, "suspended": False, "state": WAITING, "shelf_place": "",
            "passes_used": 0, "overtaken": 0, "promised_for": "", "version": 1,
        }  # fmt: skip
        return HoldRow(**values)


def _journey(trip: Trip) -> Journey:
    return Journey(
        trip.origin, trip.destination, trip.boxed_at, trip.on_van, trip.hold is not None, trip.cause
    )


def _open_days(library: LibraryInfo, first: date, last: date) -> int:
    """Return how many opening days lie after the first day, up to the last."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(library.calendar.is_open_on(day) for day in days)
