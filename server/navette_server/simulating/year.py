"""A year of one town, event by event."""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from navette.circulation.due import due_on
from navette.circulation.facts import HoldRow
from navette.circulation.observing import Carried, openings_missed, rounds_missed
from navette.circulation.states import HoldState, ItemStatus
from navette.clock import instant_at, local_date
from navette.network.habits import (
    AWAY,
    COLLECT,
    MOST_ROUNDS,
    NOT_COLLECTED,
    PULL,
    RETURN,
    UNPACK,
    Habits,
    counted_value,
)
from navette.network.network import LibraryInfo, Network
from navette_server.simulating import people
from navette_server.simulating.diary import Diary
from navette_server.simulating.results import AFTERWARDS
from navette_server.simulating.shapes import Shapes
from navette_server.simulating.stock import Stock
from navette_server.simulating.strategies import Strategy
from navette_server.simulating.town import Town

FIRST_DAY, MEASURED_FROM, DAYS = date(2026, 11, 3), date(2027, 1, 5), 365
LOANS_AN_ITEM, HOLDS_A_LOAN = 3.0, 0.2
NEW_LOANS, NEW_HOLDS = 0.12, 0.3  # shares of what is asked for
NIGHT, RETURNS = 4 * 60, (14 * 60, 18 * 60)
LEARNS_EVERY = 7
Act = Callable[..., None]
Advance = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Setting:
    """One run: which town, which year."""

    network: Network
    shapes: Shapes
    strategy: Strategy
    seed: int
    items: int = 12_000
    days: int = DAYS


def live(setting: Setting, advance: Advance | None = None) -> Diary:
    """Live through the year and return what was written down; the same seed gives the same."""
    year = _Year(setting)
    year.run(advance or (lambda _done, _of: None))
    return year.town.diary


class _Year:
    def __init__(self, setting: Setting) -> None:
        self.setting, self.network = setting, setting.network
        first = min(FIRST_DAY, MEASURED_FROM)
        self.first = first
        start = instant_at(MEASURED_FROM, 0)
        end = instant_at(MEASURED_FROM + timedelta(days=setting.days), 0)
        # streams of their own: what is asked for is the same under every strategy
        stocking, self.demand, self.visits, self.chance = (
            random.Random(f"{setting.seed}-{part}")  # noqa: S311 - a simulation
            for part in ("stock", "demand", "visits", "people")
        )
        self.stock = Stock(setting.network, setting.shapes, stocking, setting.items)
        self.town = Town(
            setting.network, self.stock, setting.strategy, Diary(start, end), setting.seed
        )
        self.town.when_ready, self.town.when_pulled = self._ready, self._pulled
        self._events: list[tuple[datetime, int, Act, tuple[Any, ...]]] = []
        self._order = count()
        self._counted: dict[tuple[str, int, str], Counter[int]] = defaultdict(Counter)

    def run(self, advance: Advance) -> None:
        """Go from day to day."""
        self._begin()
        days = (MEASURED_FROM - self.first).days + self.setting.days + AFTERWARDS.days
        for number in range(days):
            day = self.first + timedelta(days=number)
            self._plan(day)
            self._until(instant_at(day + timedelta(days=1), 0))
            advance(number + 1, days)

    def _at(self, when: datetime, act: Act, *given: Any) -> None:
        heapq.heappush(self._events, (when, next(self._order), act, given))

    def _until(self, end: datetime) -> None:
        while self._events and self._events[0][0] < end:
            when, _, act, given = heapq.heappop(self._events)
            act(when, *given)

    # A day

    def _begin(self) -> None:
        """Lend what is out on the first day, some of it long overdue."""
        shapes = self.setting.shapes
        for item in list(self.stock.items.values()):
            wanted = self.stock.titles[item.work_id].wanted
            if self.chance.random() >= shapes.out * min(wanted, 3.0):
                continue
            library = self.network.by_id(item.home_library_id)
            late = self.chance.random() < shapes.overdue * shapes.overdue_a_year
            if late:
                due = self.first - timedelta(days=self.chance.randint(366, 900))
                self.town.lend(item.id, library, due)
            else:
                due = self.first + timedelta(days=self.chance.randint(0, 20))
                self._goes_out(item.id, library, due, instant_at(self.first, 0))

    def _plan(self, day: date) -> None:
        self._at(instant_at(day, NIGHT), self._night)
        if day.weekday() == 0:
            self._at(instant_at(day, NIGHT + 1), lambda now: self.stock.new_titles(local_date(now)))
        for stop in self.network.timetable.stops_on(day):
            library = self.network.library(stop.library)
            self._at(instant_at(day, stop.arrives), self._van_arrives, library)
            self._at(instant_at(day, stop.leaves), self._van_leaves, library)
        for library in self.network.libraries:
            if library.calendar.is_open_on(day):
                self._plan_library(library, day)
        self._plan_holds(day)

    def _plan_library(self, library: LibraryInfo, day: date) -> None:
        openings = library.calendar.openings(day)
        self._at(instant_at(day, openings[0].opens + 5), self._unpack, library)
        for text in self.network.rule("pull_rounds", library=library.code):
            hours, _, minutes = str(text).partition(":")
            at = int(hours) * 60 + int(minutes or 0)
            self._at(instant_at(day, at), self._pull, library)
        everybody = sum(x.population or 1 for x in self.network.libraries)
        share = (library.population or 1) / everybody
        open_days = len(library.calendar.week) * 50
        mean = self.setting.items * LOANS_AN_ITEM * share / open_days
        for _ in range(people.poisson(self.demand, mean)):
            opening = self.demand.choice(openings)
            at = self.demand.randrange(opening.opens, opening.closes)
            self._at(instant_at(day, at), self._walk_in, library)

    def _plan_holds(self, day: date) -> None:
        mean = self.setting.items * LOANS_AN_ITEM * HOLDS_A_LOAN / 365
        for _ in range(people.poisson(self.demand, mean)):
            at = self.demand.randrange(8 * 60, 23 * 60)
            new = self.demand.random() < NEW_HOLDS and bool(self.stock.new)
            title = self.stock.by_hold.draw(self.demand)
            pickup = self.demand.choices(
                self.network.libraries, [x.population or 1 for x in self.network.libraries]
            )[0]
            draws = (self.demand.random(), self.demand.random())
            reader = self.demand.randrange(1, len(self.stock.readers) + 1)
            self._at(instant_at(day, at), self._ask, reader, title, pickup, new, draws)

    # People

    def _ask(
        self, now: datetime, reader: int, title: int, pickup: LibraryInfo, new: bool,  # noqa: FBT001
        draws: tuple[float, float],
    ) -> None:  # fmt: skip
        if new:
            title = self.stock.new[int(draws[0] * len(self.stock.new))].id
        here = [
            i
            for i in (self.stock.items[n] for n in self.stock.titles[title].copies)
            if i.status == ItemStatus.AVAILABLE and i.current_library_id == pickup.id
        ]
        # who finds it on the shelf of the own library mostly takes it there
        if here and draws[1] < self.setting.shapes.travels:
            return
        self.town.place(reader, title, pickup, now)

    def _walk_in(self, now: datetime, library: LibraryInfo) -> None:
        new = self.visits.random() < NEW_LOANS
        chosen = self._new_on_shelf(library) if new else self._on_shelf(library)
        if chosen is None:
            return
        self.town.let_go(chosen, now)
        self._lend(chosen, library, now, "walk_in")

    def _on_shelf(self, library: LibraryInfo) -> int | None:
        for _ in range(6):
            item = self.stock.items[self.stock.on_shelves[library.id].draw(self.visits)]
            if item.status == ItemStatus.AVAILABLE and item.current_library_id == library.id:
                return item.id
        return None

    def _new_on_shelf(self, library: LibraryInfo) -> int | None:
        here = [
            i
            for title in self.stock.new
            for i in (self.stock.items[n] for n in title.copies)
            if i.status == ItemStatus.AVAILABLE and i.current_library_id == library.id
        ]
        return self.visits.choice(here).id if here else None

    def _lend(self, item_id: int, library: LibraryInfo, now: datetime, how: str) -> None:
        item, diary = self.stock.items[item_id], self.town.diary
        today = local_date(now)
        due = due_on(self.network, library, "adult", item, today)
        if diary.counts(now):
            diary.loans += 1
            if item.new_until is not None and item.new_until >= today:
                diary.new_loans[how] += 1
        self._goes_out(item_id, library, due, now)

    def _goes_out(self, item_id: int, library: LibraryInfo, due: date, now: datetime) -> None:
        self.town.lend(item_id, library, due)
        days = (due - local_date(now)).days
        drawn = people.return_day(
            self.chance, self.setting.shapes.lateness, people.desk_of(library.code), max(days, 3)
        )
        if drawn is None:
            return
        if drawn >= 0 and self.chance.random() < people.RENEWED:
            self._at(instant_at(due, 10 * 60), self._renew, item_id, library, drawn)
            return
        self._comes_back(item_id, library, max(due + timedelta(days=drawn), local_date(now)))

    def _renew(self, now: datetime, item_id: int, library: LibraryInfo, drawn: int) -> None:
        due = self.town.due.get(item_id)
        if due is None:
            return
        if not self.town.queues[self.stock.items[item_id].work_id]:
            due += timedelta(days=int(self.network.rule("renewal_days")))
            due = library.calendar.next_open_day(due) or due
            self.town.due[item_id] = due
        self._comes_back(item_id, library, max(due + timedelta(days=drawn), local_date(now)))

    def _comes_back(self, item_id: int, library: LibraryInfo, day: date) -> None:
        if self.chance.random() < people.ELSEWHERE:
            libraries = self.network.libraries
            library = self.chance.choices(libraries, [x.population or 1 for x in libraries])[0]
        minutes = self.chance.randrange(*RETURNS)
        at = library.calendar.opens_at(instant_at(day, minutes))
        if at is not None:
            self._at(at, self._return, item_id, library)

    def _return(self, now: datetime, item_id: int, library: LibraryInfo) -> None:
        due = self.town.due.get(item_id)
        if due is None:
            return
        item = self.stock.items[item_id]
        late = (local_date(now) - due).days
        self._count(RETURN, item.current_library_id, item.type, late)
        self._count(AWAY, item.current_library_id, "", int(item.current_library_id != library.id))
        self.town.scan(item_id, library, now)

    def _ready(self, hold: HoldRow, now: datetime) -> None:
        days = people.comes_after(self.chance)
        if days is None:
            return
        pickup = self.network.by_id(hold.pickup_library_id)
        wanted = instant_at(local_date(now) + timedelta(days=days), self.chance.randrange(*RETURNS))
        at = pickup.calendar.opens_at(max(wanted, now + timedelta(minutes=30)))
        if at is not None and hold.pickup_deadline is not None and at <= hold.pickup_deadline:
            self._at(at, self._collect, hold.id, hold.item_id)

    def _collect(self, now: datetime, hold_id: int, item_id: int) -> None:
        hold = self.town.holds[hold_id]
        if hold.state != HoldState.READY or hold.item_id != item_id or hold.ready_at is None:
            return
        wish = self.town.diary.wishes.get(hold_id)
        if wish is not None:
            wish.collected = True
        waited = (local_date(now) - local_date(hold.ready_at)).days
        self._count(COLLECT, hold.pickup_library_id, "", min(waited, NOT_COLLECTED - 1))
        self.town.end(hold, HoldState.FULFILLED, now)
        self._lend(item_id, self.network.by_id(hold.pickup_library_id), now, "hold")

    # Desks, van, night

    def _pull(self, now: datetime, library: LibraryInfo) -> None:
        if self.chance.random() < people.desk_of(library.code).skips_round:
            return
        for number in sorted(self.town.pull[library.id]):
            hold = self.town.holds[number]
            if hold.item_id is None or hold.state != HoldState.TARGETED:
                continue
            item = self.stock.items[hold.item_id]
            draw = self.chance.random()
            if draw < people.FOUND:
                self.town.scan(item.id, library, now)
            elif draw < people.FOUND + people.MISSING:
                self._count(PULL, library.id, "", MOST_ROUNDS)
                self.town.miss(item, now)

    def _pulled(self, library_id: int, asked_at: datetime, now: datetime) -> None:
        code = self.network.by_id(library_id).code
        self._count(PULL, library_id, "", rounds_missed(self.network, code, asked_at, now))

    def _unpack(self, now: datetime, library: LibraryInfo) -> None:
        if self.chance.random() < people.desk_of(library.code).unpacks_later:
            return
        for item_id, trip in list(self.town.trips.items()):
            if trip.destination == library.id and trip.put_down:
                crate = Carried(trip.origin, trip.destination, trip.boxed_at, now)
                missed = openings_missed(self.network, crate)
                if missed is not None:
                    self._count(UNPACK, library.id, "", missed)
                self.town.scan(item_id, library, now)
        shelved = [h for h in self.town.due_off_shelf.get(library.id, ()) if h in self.stock.items]
        for item_id in shelved:
            self.town.due_off_shelf[library.id].discard(item_id)
            if self.stock.items[item_id].status == ItemStatus.ON_HOLD_SHELF:
                self.town.scan(item_id, library, now)

    def _van_arrives(self, now: datetime, library: LibraryInfo) -> None:
        arriving = [t for t in self.town.trips.values() if t.on_van and not t.put_down]
        for trip in arriving:
            if trip.destination == library.id:
                trip.put_down = True
        if self.town.diary.counts(now):
            dropped = sum(t.destination == library.id for t in arriving)
            self.town.diary.loads[f"{library.code} down"].append(dropped)

    def _van_leaves(self, now: datetime, library: LibraryInfo) -> None:
        """Take what fits, in the order in which the holds were placed; the rest waits."""
        waiting = [t for t in self.town.trips.values() if t.origin == library.id and not t.on_van]
        on_board = sum(t.on_van and not t.put_down for t in self.town.trips.values())
        room = max(0, (self.network.timetable.capacity or 10**6) - on_board)
        last = datetime.max.replace(tzinfo=now.tzinfo)
        waiting.sort(key=lambda t: self.town.holds[t.hold].placed_at if t.hold else last)
        for trip in waiting[:room]:
            trip.on_van = True
        if self.town.diary.counts(now):
            self.town.diary.loads[f"{library.code} up"].append(min(room, len(waiting)))
            self.town.diary.left_behind += max(0, len(waiting) - room)

    def _night(self, now: datetime) -> None:
        town, today = self.town, local_date(now)
        for number in list(town.ready):
            hold = town.holds[number]
            if hold.pickup_deadline is None or local_date(hold.pickup_deadline) >= today:
                continue
            wish = town.diary.wishes.get(number)
            if wish is not None:
                wish.expired = True
            self._count(COLLECT, hold.pickup_library_id, "", NOT_COLLECTED)
            item_id = hold.item_id
            town.end(hold, HoldState.EXPIRED, now)
            if item_id is not None:
                town.due_off_shelf[hold.pickup_library_id].add(item_id)
        town.time_out(now)
        for work in list(town.queues):
            if town.queues[work]:
                town.retarget(work, now)
        if (today - self.first).days % LEARNS_EVERY == 0:
            habits = Habits({key: dict(counts) for key, counts in self._counted.items()})
            town.network = replace(town.network, habits=habits)

    def _count(self, kind: str, library: int, item_type: str, value: int) -> None:
        self._counted[kind, library, item_type][counted_value(kind, value)] += 1
