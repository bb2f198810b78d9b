"""Announced means evidence (DESIGN section 5): when a push, a mail or a call is not enough. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from navette.clock import instant_at, local_date
from navette.network.calendar import Calendar

UNSEEN_AFTER = timedelta(hours=24)
DOUBTED_AFTER = timedelta(hours=1)
SOONEST = timedelta(hours=1)
OPENING_DAYS_BEFORE = 2
SEARCHED_DAYS = 60


def look_again_at(
    calendar: Calendar, deadline: datetime | None, now: datetime, after: timedelta = UNSEEN_AFTER
) -> datetime:
    """Return when the next way is taken unless somebody has seen it by then.

    After a day, or two opening days before the deadline where that is sooner; a moment is left in
    any case.
    """
    due = now + after
    if deadline is not None:
        due = min(due, max(two_opening_days_before(calendar, deadline), now + SOONEST))
    return due


def two_opening_days_before(calendar: Calendar, deadline: datetime) -> datetime:
    """Return when the library opens on the second of its opening days before the deadline's."""
    last = local_date(deadline)
    days = (last - timedelta(days=back) for back in range(1, SEARCHED_DAYS))
    before = list(islice((d for d in days if calendar.is_open_on(d)), OPENING_DAYS_BEFORE))
    if len(before) < OPENING_DAYS_BEFORE:
        return deadline - timedelta(days=OPENING_DAYS_BEFORE)
    return instant_at(before[-1], calendar.openings(before[-1])[0].opens)
