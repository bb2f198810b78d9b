"""Until when a READY hold is kept, and until when a copy is looked for. Pure.

The last paragraph of CIRCULATION section 9: the first opening day D >= ready day + 10 such that,
from the day after ready to D, the library opened on at least 3 days, one of them a Saturday or a
Wednesday with hours after 12:00 if its weekly hours have such a day; never later than the first
opening day >= ready day + 21, closures not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from navette.clock import instant_at, local_date
from navette.network.calendar import Calendar, Opening
from navette.network.network import Network

WEDNESDAY, SATURDAY, NOON = 2, 5, 12 * 60
CLOSING_WHEN_UNKNOWN = 18 * 60


@dataclass(frozen=True)
class PickupRule:
    """Calendar days, opening days and the longest delay for collecting."""

    days: int = 10
    open_days: int = 3
    longest: int = 21


def pickup_rule(network: Network, library: str, category: str = "") -> PickupRule:
    """Return the delay for collecting at a library."""
    names = ("pickup_days", "pickup_open_days", "pickup_days_longest")
    return PickupRule(*(int(network.rule(n, library=library, category=category)) for n in names))


def deadline_day(calendar: Calendar, ready: date, rule: PickupRule) -> date:
    """Return the last day on which a hold that became READY on `ready` can be collected."""
    latest = _latest(calendar, ready, rule)
    wants_family_day = any(_is_family_day(w, calendar.week.get(w, ())) for w in range(7))
    family_day = not wants_family_day
    for opened, day in enumerate(calendar.open_days(ready + timedelta(days=1)), 1):
        family_day = family_day or _is_family_day(day.weekday(), calendar.openings(day))
        enough = (day - ready).days >= rule.days and opened >= rule.open_days and family_day
        if enough or day >= latest:
            return day
    return latest


def pickup_deadline(
    calendar: Calendar, ready_at: datetime, rule: PickupRule, old: datetime | None = None
) -> datetime:
    """Return the instant of closing of the last day for collecting.

    `old` is the deadline a hold had before its pickup was changed away and back (E13): that
    one, or two opening days if later.
    """
    ready = local_date(ready_at)
    if old is None:
        return closing(calendar, deadline_day(calendar, ready, rule))
    two = list(islice(calendar.open_days(ready + timedelta(days=1)), 2))
    return max(old, closing(calendar, two[-1])) if two else old


def longest_deadline(calendar: Calendar, ready_at: datetime, rule: PickupRule) -> datetime:
    """Return the instant beyond which nothing is kept, closures not counted."""
    return closing(calendar, _latest(calendar, local_date(ready_at), rule))


def extended(calendar: Calendar, deadline: datetime) -> datetime:
    """Return the deadline, moved to the next opening day when its own day is closed (E4)."""
    day = local_date(deadline)
    if calendar.is_open_on(day):
        return deadline
    return closing(calendar, calendar.next_open_day(day) or day)


def closing(calendar: Calendar, day: date) -> datetime:
    """Return the instant at which a day ends for the public."""
    return calendar.closing_of(day) or instant_at(day, CLOSING_WHEN_UNKNOWN)


def target_until(calendar: Calendar, now: datetime) -> datetime:
    """Return until when a library may look for a copy: one full opening day (section 6).

    Targeted before the opening of day D: until D's closing; during D: until the closing of the
    next opening day.
    """
    today = local_date(now)
    openings = calendar.openings(today)
    before_opening = bool(openings) and now < instant_at(today, openings[0].opens)
    first = today if before_opening else today + timedelta(days=1)
    return closing(calendar, calendar.next_open_day(first) or first)


def _latest(calendar: Calendar, ready: date, rule: PickupRule) -> date:
    """Return the first opening day after `longest` days that no closure covers."""
    day, counted = ready, 0
    while counted < rule.longest and (day - ready).days < 2 * 366:
        day += timedelta(days=1)
        counted += calendar.closure_on(day) is None
    return calendar.next_open_day(day) or day


def _is_family_day(weekday: int, openings: Sequence[Opening]) -> bool:
    """Return whether people at work or at school can come: Saturday, or Wednesday afternoon."""
    if weekday == SATURDAY:
        return bool(openings)
    return weekday == WEDNESDAY and any(o.closes > NOON for o in openings)
