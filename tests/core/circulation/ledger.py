"""What must be true by what was done: who waits in which order, where each item is, on loan to whom.

Written down from the acts alone; compared with the database after each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from core.circulation.photo import Photo
from core.circulation.test_states import LINES
from navette.circulation.facts import HoldRow

LIMIT_OF_HOLDS, LIMIT_OF_LOANS = 5, 15
HOUSEHOLD_HOLDS, HOUSEHOLD_LOANS = 7, 6
ENDS = {"FULFILLED", "CANCELLED", "EXPIRED"}
IDLE = {"AVAILABLE", "TO_RESHELVE"}
TABLE = {(str(trigger), start): str(to) for (trigger, start), to in LINES.items()}


@dataclass
class Wish:
    """Somebody's place in a line."""

    hold: int
    patron: int
    record: int
    volume: str
    pickup: int
    since: tuple[int, datetime, int]
    level: str = "record"
    work: int = 0
    item: int = 0  # of a hold on this very copy
    chain: int | None = None  # the first link of its series
    paused: bool = False
    until: date | None = None
    passes: int = 0
    ended: str = ""
    ended_at: datetime | None = None

    def is_paused(self, today: date) -> bool:
        """Whether a pause is on that day."""
        return self.paused and (self.until is None or self.until > today)

    def same_as(self, other: Wish) -> bool:
        """I3: both want the same, or one wants any edition of what the other wants."""
        if (self.work, self.volume) != (other.work, other.volume):
            return False
        return "work" in {self.level, other.level} or self.record == other.record


def counted(wishes: Iterable[Wish]) -> int:
    """How many they count for in the limits: a series in order is one."""
    return len({w.chain or -w.hold for w in wishes})


@dataclass
class Ledger:
    """The beliefs. `place` is the library of the last scan; `lent` the person of an open loan."""

    wishes: dict[int, Wish] = field(default_factory=dict)
    place: dict[int, int] = field(default_factory=dict)
    lent: dict[int, int] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)
    overridden: set[int] = field(default_factory=set)  # people lent to beyond their limit

    def active(self) -> dict[int, Wish]:
        """Those who wait, or have a copy coming."""
        return {w.hold: w for w in self.wishes.values() if not w.ended}

    def end(self, hold: int, how: str, now: datetime) -> None:
        """A wish is over."""
        self.wishes[hold].ended, self.wishes[hold].ended_at = how, now

    def of(self, patron: int) -> list[Wish]:
        """The active wishes of a person."""
        return [w for w in self.active().values() if w.patron == patron]

    def compare(self, photo: Photo, today: date, *, undone: bool) -> None:
        """Fail when the database says anything else."""
        self._history(photo, undone=undone)
        active = self.active()
        assert set(photo.holds) == set(active), (set(photo.holds) ^ set(active), "active holds")
        for hold in photo.holds.values():
            self._same(hold, active[hold.id], today)
        for wish in self.wishes.values():
            if wish.ended:
                assert self.states[wish.hold] == wish.ended, (wish, self.states[wish.hold])
        seen = {i.id: i.current_library_id for i in photo.items.values()}
        assert seen == self.place, ("I5: moved without a scan", differing(seen, self.place))
        lent = {item: loan.patron_id for item, loan in photo.loans.items()}
        assert lent == self.lent, ("on loan", differing(lent, self.lent))
        for patron in {w.patron for w in active.values()}:
            assert counted(self.of(patron)) <= LIMIT_OF_HOLDS, ("limit of holds", patron)
        for patron in set(self.lent.values()) - self.overridden:
            assert list(self.lent.values()).count(patron) <= LIMIT_OF_LOANS, ("loans", patron)

    def _same(self, hold: HoldRow, wish: Wish, today: date) -> None:
        seen = (hold.patron_id, hold.record_id, hold.volume_key, hold.pickup_library_id)
        assert seen == (wish.patron, wish.record, wish.volume, wish.pickup), (hold, wish)
        asked = (hold.level, hold.work_id, hold.chain_id)
        assert asked == (wish.level, wish.work, wish.chain), (hold, wish)
        assert (hold.rank_class, hold.placed_at, hold.id) == wish.since, ("rank", hold, wish)
        assert hold.passes_used == wish.passes, (hold, wish)
        is_paused = hold.suspended and (
            hold.suspended_until is None or hold.suspended_until > today
        )
        assert is_paused == wish.is_paused(today), ("pause", hold, wish)
        assert hold.state == self.states[hold.id], ("a state outside of its history", hold)

    def _history(self, photo: Photo, *, undone: bool) -> None:
        """Every state follows from the table of section 2, and from the state before it."""
        for event in photo.events:
            before = self.states.get(event.hold_id)
            assert event.from_state == before, ("history with a gap", event, before)
            if event.trigger == "place":
                assert (before, event.to_state) == (None, "WAITING"), event
            elif event.trigger == "later":
                assert event.to_state == before, ("a promise that moved a hold", event)
            elif event.trigger == "undo":
                assert undone, ("an undo that nobody asked for", event)
            else:
                assert TABLE.get((event.trigger, str(before))) == event.to_state, event
            self.states[event.hold_id] = event.to_state


def differing(seen: Mapping[int, int | None], believed: Mapping[int, int]) -> dict[int, object]:
    """The entries that two mappings do not share."""
    keys = sorted(set(seen) | set(believed))
    return {k: (seen.get(k), believed.get(k)) for k in keys if seen.get(k) != believed.get(k)}


def check_rows(photo: Photo, *, set_back: bool) -> None:
    """I1 to I4 and what hangs on them, on the rows as they are.

    `set_back`: the clock was put back in this story, so that what came later may seem earlier.
    """
    bound: dict[int, HoldRow] = {}
    for hold in photo.holds.values():
        assert (hold.state == "WAITING") == (hold.item_id is None), ("I1", hold)
        if hold.item_id is not None:
            assert hold.item_id not in bound, ("I1: two holds on one item", hold)
            assert not hold.suspended, ("paused, but a copy is kept", hold)
            bound[hold.item_id] = hold
            check_bound(photo, hold)
        check_notices(photo, hold, set_back=set_back)
    check_queues(photo)
    for item in photo.items.values():
        assert (item.status == "ON_LOAN") == (item.id in photo.loans), ("loan and status", item)
        trip = photo.trips.get(item.id)
        if trip is not None:
            assert item.status in {"IN_TRANSIT", "NOT_FOR_LOAN"}, ("I2", item, trip)
            holder = bound.get(item.id)
            assert trip.hold_id == (holder.id if holder else None), ("whose trip", trip, holder)
            assert trip.origin_id != trip.destination_id, ("a crate to itself", trip)


def check_queues(photo: Photo) -> None:
    """I3, and no two books in one place of a hold shelf."""
    queues = [(h.patron_id, h.record_id, h.volume_key) for h in photo.holds.values()]
    assert len(queues) == len(set(queues)), "I3: one person twice in one queue"
    any_edition = [h for h in photo.holds.values() if h.level == "work"]
    for one in any_edition:
        mine = [(h.patron_id, h.work_id, h.volume_key) for h in photo.holds.values()]
        assert mine.count((one.patron_id, one.work_id, one.volume_key)) == 1, ("I3", one)
    shelf = [(h.pickup_library_id, h.shelf_place) for h in photo.holds.values()
             if h.state == "READY"]  # fmt: skip
    assert len(shelf) == len(set(shelf)), ("two READY holds in one place", sorted(shelf))


def check_bound(photo: Photo, hold: HoldRow) -> None:
    """I4, state by state; no item on loan is kept for anybody."""
    item, trip = photo.items[hold.item_id or 0], photo.trips.get(hold.item_id or 0)
    here = item.current_library_id == hold.pickup_library_id
    assert item.id not in photo.loans, ("on loan and bound", hold, item)
    if hold.state == "READY":
        assert item.status == "ON_HOLD_SHELF", ("I4", hold, item)
        assert here, ("I4", hold, item)
        assert hold.pickup_deadline, ("I4", hold)
        assert hold.shelf_place, ("I4", hold)
        assert hold.ready_at, ("I4", hold)
    if hold.state == "PROCESSING":
        assert (item.status, here) == ("PROCESSING", True), ("I4", hold, item)
    if hold.state == "IN_TRANSIT":
        assert trip is not None, ("I4", hold, item)
        assert trip.hold_id == hold.id, ("I4", hold, trip)
    else:
        assert trip is None, ("I4: on its way for nobody", hold, trip)
    if hold.state == "TARGETED":
        kept = {"IN_TRANSIT", "ON_HOLD_SHELF", "PROCESSING"}
        assert item.status in IDLE | kept, ("I4", hold, item)


def check_notices(photo: Photo, hold: HoldRow, *, set_back: bool) -> None:
    """I7: exactly one "ready" an arrival, pending or sent; none pending for another state."""
    told = photo.notices.get(hold.id, ())
    if hold.state != "READY" or hold.ready_at is None:
        assert not [n for n in told if n.done_at is None], ("ready to come", hold, told)
        return
    arrived = hold.ready_at - timedelta(minutes=5 if set_back else 0)
    since = [n for n in told if n.created_at >= arrived and n.counts]
    assert len(since) >= 1 if set_back else len(since) == 1, (
        "one ready notice an arrival",
        hold,
        told,
    )
