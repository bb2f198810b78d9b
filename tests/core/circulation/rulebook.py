"""The rules of CIRCULATION sections 4, 5 and 9, written a second time, small and independent.

It reads rows and says what has to happen; it shares no line with navette.circulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from core.circulation.photo import Photo
from navette.circulation.facts import HoldRow, ItemRow, TransitRow
from navette.clock import instant_at, local_date
from navette.network.network import Network

CAPTURED = ("IN_TRANSIT", "PROCESSING", "READY")
ASIDE = ("DAMAGED", "LOST", "WITHDRAWN")
NEVER = (*ASIDE, "MISSING", "NOT_FOR_LOAN")


@dataclass
class Person:
    """Somebody with a card, as the town knows them."""

    id: int
    card: str
    valid_until: date
    blocked: bool = False
    rhythm: int | None = None
    children: list[int] = field(default_factory=list)
    late_until: date | None = None  # borrowing pauses until then, for having been late


class Expected(NamedTuple):
    """What one scan has to answer."""

    instruction: str
    destination: int | None = None
    hold: int | None = None
    state: str | None = None  # of that hold afterwards; None: as it was


@dataclass
class Rulebook:
    """Decides on a photo; `people` and `network` are kept up to date by the town."""

    network: Network
    people: Mapping[int, Person]

    def block(self, photo: Photo, patron: int, today: date) -> str:
        """E16: blocked, expired, or late by more than seven days."""
        person = self.people[patron]
        if person.blocked:
            return "blocked"
        if person.valid_until < today:
            return "expired"
        due = [
            loan.due_on
            for loan in photo.loans.values()
            if loan.patron_id == patron and loan.claimed_at is None
        ]
        return "late" if due and min(due) + timedelta(days=7) < today else ""

    def pauses(self, patron: int, today: date) -> bool:
        """Section 9: whether somebody was late lately; they may reserve, not borrow."""
        until = self.people[patron].late_until
        return until is not None and today < until

    def household(self, patron: int) -> list[int]:
        """Section 9: a parent and the children of their card."""
        heads = [p for p in self.people.values() if patron in p.children]
        head = heads[0] if heads else self.people[patron]
        return [head.id, *head.children]

    def eligible(self, photo: Photo, hold: HoldRow, today: date) -> bool:
        """Section 5, without the part of the item."""
        if paused(hold, today) or (hold.not_after and hold.not_after < today):
            return False
        if self.chained(photo, hold) or self.pauses(hold.patron_id, today):
            return False
        rhythm = self.people[hold.patron_id].rhythm
        others = [
            h for h in photo.holds.values()
            if h.patron_id == hold.patron_id and h.id != hold.id and h.state != "WAITING"
        ]  # fmt: skip
        if rhythm is not None and len(others) >= rhythm:
            return False
        return not self.block(photo, hold.patron_id, today)

    def chained(self, photo: Photo, hold: HoldRow) -> bool:
        """Section 5: an earlier volume of its series is still to come."""
        return hold.chain_id is not None and any(
            h.chain_id == hold.chain_id and h.id < hold.id for h in photo.holds.values()
        )

    def route(
        self, photo: Photo, item: ItemRow, here: int, now: datetime, *, confirm: bool, machine: bool
    ) -> Expected:
        """Section 4, step by step; what is on loan is returned first."""
        loans = {i: loan for i, loan in photo.loans.items() if i != item.id}
        photo = replace(photo, loans=loans)
        trip, mine = photo.trips.get(item.id), photo.bound_to(item.id)
        today = local_date(now)
        if trip is not None and trip.destination_id == here:
            just_now = now - trip.boxed_at < timedelta(minutes=10)
            if trip.origin_id != here and just_now and not confirm:
                return Expected("CONFIRM", here, mine.id if mine else None)
        elif trip is not None:
            if mine and self._travels_on(item, trip, mine, today):
                return Expected("CRATE", trip.destination_id, mine.id)
            same_crate = trip.origin_id == here and trip.state == "BOXED" and trip.hold_id is None
            if same_crate and self._by_hand(photo, item, here, today) == trip.destination_id:
                return Expected("CRATE", trip.destination_id)
        return self._here(photo, item, here, today, machine=machine)

    def _travels_on(self, item: ItemRow, trip: TransitRow, mine: HoldRow, today: date) -> bool:
        return (
            trip.hold_id == mine.id
            and mine.state == "IN_TRANSIT"
            and mine.pickup_library_id == trip.destination_id
            and wanted(item, mine)
            and lendable(item, today)
        )

    def _by_hand(self, photo: Photo, item: ItemRow, here: int, today: date) -> int | None:
        told = self._here(photo, item, here, today, machine=False)
        return told.destination if told.hold is None else None

    def _here(
        self, photo: Photo, item: ItemRow, here: int, today: date, *, machine: bool
    ) -> Expected:
        if item.status in {*ASIDE, "ON_ORDER"} or item.alert:
            return Expected("SET_ASIDE")
        on_site = item.not_for_loan or item.status == "NOT_FOR_LOAN"
        if not on_site:
            chosen = self._chosen(photo, item, here, today)
            if chosen is not None:
                return self._to(chosen, here, machine=machine, own=chosen.item_id == item.id)
            if machine:
                return Expected("VERIFY", here)
        if item.home_library_id != here:
            return Expected("CRATE", item.home_library_id)
        return Expected("RESHELVE", here)

    def _to(self, hold: HoldRow, here: int, *, machine: bool, own: bool) -> Expected:
        if hold.pickup_library_id != here:
            if machine and hold.state in {"WAITING", "TARGETED"}:
                return Expected("VERIFY", here, hold.id if own else None)
            return Expected("CRATE", hold.pickup_library_id, hold.id, "IN_TRANSIT")
        if machine:
            kept = hold.state in {"PROCESSING", "READY"}
            return Expected("VERIFY", here, hold.id, hold.state if kept else "PROCESSING")
        return Expected("HOLD_SHELF", here, hold.id, "READY")

    def _chosen(self, photo: Photo, item: ItemRow, here: int, today: date) -> HoldRow | None:
        """Steps 3 and 4."""
        line = sorted(photo.holds.values(), key=rank)
        can = [
            h for h in line
            if h.item_id != item.id
            and h.state in {"WAITING", "TARGETED"}
            and wanted(item, h)
            and lendable(item, today)
            and (h.pickup_library_id == here or not embargo(item, today))
            and self.eligible(photo, h, today)
        ]  # fmt: skip
        mine = photo.bound_to(item.id)
        if mine is not None and self._keeps(photo, item, mine, here, today):
            older = [h for h in can if h.state == "WAITING" and rank(h) < rank(mine)]
            if mine.state != "TARGETED" or not older:
                return mine
        return next((h for h in can if h.state == "WAITING" or h.pickup_library_id == here), None)

    def _keeps(
        self, photo: Photo, item: ItemRow, mine: HoldRow, here: int, today: date
    ) -> bool:  # fmt: skip
        if not wanted(item, mine) or not lendable(item, today):
            return False
        if mine.state == "TARGETED":
            travels = mine.pickup_library_id == here or not embargo(item, today)
            return travels and self.eligible(photo, mine, today)
        if mine.state == "READY":
            return not self.overdue(mine, today)
        arrives = mine.state == "IN_TRANSIT" and mine.pickup_library_id == here
        return not (arrives and self.block(photo, mine.patron_id, today))

    def overdue(self, hold: HoldRow, today: date) -> bool:
        """E4: a deadline never ends on a closed day, whenever the closure was entered."""
        if hold.state != "READY" or hold.pickup_deadline is None:
            return False
        calendar = self.network.by_id(hold.pickup_library_id).calendar
        day = local_date(hold.pickup_deadline)
        while not calendar.is_open_on(day):
            day += timedelta(days=1)
        return day < today

    def lost(self, trip: TransitRow, now: datetime) -> bool:
        """E1: more than four vans left the origin since it was boxed."""
        origin = self.network.by_id(trip.origin_id).code
        left, day = 0, local_date(trip.boxed_at)
        while day <= local_date(now):
            for stop in self.network.timetable.rounds.get(day.weekday(), ()):
                leaves = instant_at(day, stop.leaves)
                left += stop.library == origin and trip.boxed_at < leaves <= now
            day += timedelta(days=1)
        return left > 4

    def copies_for(self, photo: Photo, hold: HoldRow) -> list[ItemRow]:
        """E11: the copies that can ever fill it."""
        return [
            i
            for i in photo.items.values()
            if wanted(i, hold) and i.status not in NEVER and not i.not_for_loan and not i.claimed
        ]

    def ends_tonight(self, photo: Photo, hold: HoldRow, now: datetime) -> bool:
        """T13, or no copy left."""
        waits = hold.state in {"WAITING", "TARGETED"}
        old = hold.not_after is not None and hold.not_after < local_date(now)
        return waits and (old or self.hopeless(photo, hold, now))

    def hopeless(self, photo: Photo, hold: HoldRow, now: datetime) -> bool:
        """Section 6: thirty days without any copy that can ever fill it."""
        since = hold.hopeless_since
        if hold.state != "WAITING" or since is None or now - since <= timedelta(days=30):
            return False
        if paused(hold, local_date(now)):
            return False
        trips = photo.trips
        copies = [
            i
            for i in photo.items.values()
            if wanted(i, hold) and i.status not in NEVER and not i.claimed
        ]
        return all(i.id in trips and self.lost(trips[i.id], now) for i in copies)


def paused(hold: HoldRow, today: date) -> bool:
    """Whether a pause is on that day."""
    return hold.suspended and (hold.suspended_until is None or hold.suspended_until > today)


def rank(hold: HoldRow) -> tuple[int, datetime, int]:
    """First in, first out."""
    return hold.rank_class, hold.placed_at, hold.id


def wanted(item: ItemRow, hold: HoldRow) -> bool:
    """Whether the copy is the one, of the record and volume, or of any edition of the work."""
    if hold.level == "item":
        return item.id == hold.target_id
    same = (
        item.work_id == hold.work_id if hold.level == "work" else item.record_id == hold.record_id
    )
    return same and item.volume_key == hold.volume_key


def lendable(item: ItemRow, today: date) -> bool:
    """Whether a copy in a hand may go to somebody who reserved it."""
    walk_in = item.on_site_until is not None and item.on_site_until >= today
    return not item.not_for_loan and item.status != "NOT_FOR_LOAN" and not walk_in


def embargo(item: ItemRow, today: date) -> bool:
    """Whether a new copy does not travel yet."""
    return item.new_until is not None and item.new_until >= today
