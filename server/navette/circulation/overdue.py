"""Transits that have been on their way for too long (CIRCULATION E1). Pure."""

from __future__ import annotations

from datetime import datetime

from navette.network.timetable import Timetable

LISTED_AFTER = 2  # van runs that left the origin since it was boxed: on the list of both ends
MISSING_AFTER = 4  # declared missing (T8)


def runs_left(timetable: Timetable, origin: str, boxed_at: datetime, now: datetime) -> int:
    """Return how many van runs left the origin since it was boxed, counted to five."""
    left, after = 0, boxed_at
    while left <= MISSING_AFTER:
        leaves = timetable.next_departure(origin, after)
        if leaves is None or leaves > now:
            break
        left, after = left + 1, leaves
    return left


def is_overdue(timetable: Timetable, origin: str, boxed_at: datetime, now: datetime) -> bool:
    """Return whether both ends should look for it."""
    return runs_left(timetable, origin, boxed_at, now) > LISTED_AFTER


def is_missing(timetable: Timetable, origin: str, boxed_at: datetime, now: datetime) -> bool:
    """Return whether it counts as lost on the way."""
    return runs_left(timetable, origin, boxed_at, now) > MISSING_AFTER
