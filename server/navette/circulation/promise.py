"""When a pickup library would have it: a likely opening and a latest day. Pure.

CIRCULATION section 7: copies free here, elsewhere or out, eligible holds ahead, pull rounds, the
van and its room, openings. 50 % quantile rounded up to an opening, 90 % quantile as the latest
day. Never a closed day, never more than is known.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from navette.circulation.french import date_of, day, hour, moment
from navette.circulation.targeting import ready_at
from navette.clock import instant_at, local_date, minutes_of
from navette.languages import _
from navette.network.network import LibraryInfo, Network

FAR = timedelta(weeks=6)
HALF_HOUR = 30
A_MONTH = 30
# Between two readers: on the shelf, on the van, then the loan itself.
BETWEEN_READERS = timedelta(days=5)
SLOWER_READERS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Copy:
    """A usable copy: where it will be free, from when at best and at worst.

    `travels_from`: a new item serves only its own library before that day.
    """

    source: LibraryInfo
    free_at: datetime
    late_at: datetime
    free_now: bool
    travels_from: date | None = None


@dataclass(frozen=True)
class Promise:
    """What is said to one pickup library. Reasons: here elsewhere all_out far embargo never."""

    likely_at: datetime | None
    latest_on: date | None
    reason: str


@dataclass(frozen=True)
class Situation:
    """The copies of a title, how many eligible holds stand before, how the van is filled."""

    copies: Sequence[Copy]
    ahead: int = 0
    loan_days: int = 21
    full_vans: int = 0


NEVER = Promise(None, None, "never")


def promised(situation: Situation, pickup: LibraryInfo, network: Network, now: datetime) -> Promise:
    """Return the promise for one pickup library."""
    likely = _best(situation, pickup, network, now, pessimistic=False)
    if likely is None:
        return NEVER
    ready, copy = likely
    worst = _best(situation, pickup, network, now, pessimistic=True)
    likely_at = opening_from(pickup, ready)
    latest = _slower(pickup, max(ready, worst[0] if worst else ready))
    if likely_at is None:
        return NEVER
    return Promise(
        likely_at,
        max(latest, local_date(likely_at)),
        _reason(likely_at, copy, pickup, situation, now),
    )


def opening_from(library: LibraryInfo, instant: datetime) -> datetime | None:
    """Return the instant rounded up: to the half hour while open, else to the next opening."""
    calendar = library.calendar
    opens = calendar.opens_at(instant)
    if opens is None or opens > instant:
        return opens
    at = -(-minutes_of(instant) // HALF_HOUR) * HALF_HOUR
    if instant.second or instant.microsecond:
        at = -(-(minutes_of(instant) + 1) // HALF_HOUR) * HALF_HOUR
    return calendar.opens_at(instant_at(local_date(instant), at))


def sentence(promise: Promise, library: LibraryInfo, now: datetime) -> str:
    """Return the sentence of a stop: "À Leers : sans doute jeudi 26, dès 14 h. Au plus tard..."."""
    place, today = library.short_name, local_date(now)
    if promise.likely_at is None or promise.latest_on is None:
        if promise.reason == "on_site":
            return _("À lire sur place.")
        return _("À\u00a0{place}\u00a0: pas de date pour l’instant.").format(place=place)
    likely = local_date(promise.likely_at)
    if promise.reason == "far":
        return _("Très demandé\u00a0: comptez {months}.").format(months=months(likely, today))
    if promise.reason == "embargo":
        return _("À\u00a0{place}\u00a0: à partir du {day}.").format(
            place=place, day=date_of(likely)
        )
    return _("À\u00a0{place}\u00a0: sans doute {day}, dès {hour}. Au plus tard {latest}.").format(
        place=place,
        day=day(likely, today),
        hour=hour(promise.likely_at),
        latest=day(promise.latest_on, today),
    )


def short(promise: Promise, now: datetime) -> str:
    """Return the few words of a stop on the line: "mardi 24, après-midi"."""
    if promise.likely_at is None:
        return ""
    if promise.reason == "far":
        return months(local_date(promise.likely_at), local_date(now))
    return moment(promise.likely_at, local_date(now))


def months(likely: date, today: date) -> str:
    """Return "2 à 3 mois"."""
    low = max(1, (likely - today).days // A_MONTH)
    return _("{low}\u00a0à\u00a0{high}\u00a0mois").format(low=low, high=low + 1)


def _best(
    situation: Situation,
    pickup: LibraryInfo,
    network: Network,
    now: datetime,
    *,
    pessimistic: bool,
) -> tuple[datetime, Copy] | None:
    """Return the soonest READY among the copies left when those ahead have taken theirs."""
    between = BETWEEN_READERS + timedelta(days=situation.loan_days)
    if pessimistic:
        between += SLOWER_READERS
    heap = [
        (copy.late_at if pessimistic else copy.free_at, index)
        for index, copy in enumerate(situation.copies)
    ]
    heapq.heapify(heap)
    for _turn in range(situation.ahead if heap else 0):
        free_at, index = heap[0]
        heapq.heapreplace(heap, (free_at + between, index))
    ready = [
        (at, index)
        for free_at, index in heap
        if (
            at := _ready(
                situation.copies[index], max(free_at, now), pickup, network, situation.full_vans
            )
        )
    ]
    if not ready:
        return None
    at, index = min(ready)
    return at, situation.copies[index]


def _ready(
    copy: Copy, free_at: datetime, pickup: LibraryInfo, network: Network, full_vans: int
) -> datetime | None:
    if copy.travels_from is not None and copy.source.id != pickup.id:
        free_at = max(free_at, instant_at(copy.travels_from, 0))
    return ready_at(network, copy.source, pickup, free_at, full_vans=full_vans)


def _slower(pickup: LibraryInfo, ready: datetime) -> date:
    """Return the latest day: a pull or a van missed once, then an opening day."""
    patient = local_date(ready) + timedelta(days=3)
    return pickup.calendar.next_open_day(patient) or patient


def _reason(
    likely: datetime, copy: Copy, pickup: LibraryInfo, situation: Situation, now: datetime
) -> str:
    waits_to_travel = copy.travels_from is not None and copy.source.id != pickup.id
    if waits_to_travel and copy.travels_from is not None and copy.travels_from > local_date(now):
        return "embargo"
    if likely - now > FAR:
        return "far"
    if not copy.free_now or situation.ahead >= sum(c.free_now for c in situation.copies):
        return "all_out"
    return "here" if copy.source.id == pickup.id else "elsewhere"
