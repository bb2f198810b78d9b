"""When a pickup library would have it: a likely opening and a latest day. Pure.

CIRCULATION section 7. The future is looked at in SCENARIOS equally likely ways: when each copy
out comes back (by the lateness really observed), who ahead takes it and for how long, on which
round a copy on a shelf is found, which van has room, when the crate is unpacked. The opening by
which half of them are done is said as likely, the day by which nine of ten are as the latest.
Never a closed day, never more than is known; the same state gives the same promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from navette.circulation.french import date_of, day, hour, moment
from navette.circulation.futures import Copy, Futures, Situation
from navette.circulation.ways import Way
from navette.clock import instant_at, local_date, minutes_of
from navette.languages import _
from navette.network.habits import SCENARIOS, UNPACK
from navette.network.network import LibraryInfo, Network

FAR = timedelta(weeks=6)
HALF_HOUR = 30
A_MONTH = 30
MEDIAN, NINE_OF_TEN = SCENARIOS // 2, -(-SCENARIOS * 9 // 10) - 1


@dataclass(frozen=True)
class Promise:
    """What is said to one pickup library. Reasons: here elsewhere all_out far embargo never."""

    likely_at: datetime | None
    latest_on: date | None
    reason: str


NEVER = Promise(None, None, "never")


def is_later(said: date | None, likely_at: datetime | None) -> bool:
    """Return whether the patron is to be told: what is likely now is after the latest day said."""
    return likely_at is not None and said is not None and local_date(likely_at) > said


def promised(situation: Situation, pickup: LibraryInfo, network: Network, now: datetime) -> Promise:
    """Return the promise for one pickup library.

    Of copies that all stand free, titles on the same shelves have the same promise for a minute.
    """
    alike = _alike(situation, pickup)
    if alike is None:
        return _promised(situation, pickup, network, now)
    return network.in_this_minute(alike, now, lambda: _promised(situation, pickup, network, now))


def _alike(situation: Situation, pickup: LibraryInfo) -> tuple[object, ...] | None:
    """Return all that the promise depends on when every copy stands free on a shelf."""
    copies = situation.copies
    if not copies or situation.ahead >= len(copies) or not all(c.free_now for c in copies):
        return None
    where = tuple((c.source.id, c.travels_from) for c in copies)
    full = tuple(sorted(situation.full_vans.items()))
    return ("promise", pickup.id, situation.ahead, situation.between, full, where)


def _promised(
    situation: Situation, pickup: LibraryInfo, network: Network, now: datetime
) -> Promise:
    ends = Futures(situation, pickup, network, now).ends()
    if not ends:
        return NEVER
    ready, copy = ends[min(MEDIAN, len(ends) - 1)]
    likely_at = opening_from(pickup, ready)
    last = pickup.calendar.opens_at(ends[min(NINE_OF_TEN, len(ends) - 1)][0])
    if likely_at is None or last is None:
        return NEVER
    latest = max(local_date(last), local_date(likely_at))
    return Promise(likely_at, latest, _reason(likely_at, copy, pickup, situation, now))


def carried(
    network: Network,
    origin: LibraryInfo,
    pickup: LibraryInfo,
    now: datetime,
    full_vans: int = 0,
) -> Promise:
    """Return the promise for a copy that stands in a crate at `origin`."""
    way = Way(network, origin, pickup, now, full_vans)
    unpacked = network.habits.curve(UNPACK, pickup.id).quantiles()
    ready = sorted(at for missed in unpacked if (at := way.from_crate(missed)) is not None)
    if len(ready) < SCENARIOS:
        return NEVER
    likely_at, last = (opening_from(pickup, ready[place]) for place in (MEDIAN, NINE_OF_TEN))
    if likely_at is None or last is None:
        return NEVER
    return Promise(likely_at, local_date(last), "elsewhere")


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
