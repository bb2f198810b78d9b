"""Time: aware UTC instants inside, dates and hours of Europe/Paris outside."""

from __future__ import annotations

import time as _time
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Clock(Protocol):
    """Says what instant it is; the only source of `now` in the whole project."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's instant in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """A clock that started at a chosen instant and runs at normal speed (`NAVETTE_CLOCK`)."""

    def __init__(self, start: datetime) -> None:
        """Start at `start`, an aware instant."""
        self._start = start.astimezone(UTC)
        self._origin = _time.monotonic()

    def now(self) -> datetime:
        """Return the start plus the time that has really passed."""
        return self._start + timedelta(seconds=_time.monotonic() - self._origin)


def local(instant: datetime) -> datetime:
    """Return the instant as read on a wall clock in Paris."""
    return instant.astimezone(PARIS)


def local_date(instant: datetime) -> date:
    """Return the calendar day in Paris at that instant."""
    return instant.astimezone(PARIS).date()


def instant_at(day: date, minutes: int) -> datetime:
    """Return the UTC instant of `minutes` after local midnight of `day`, as a wall clock shows it.

    24:00 (1440) is the next midnight. Both clock changes follow the wall: 14:00 stays 14:00.
    """
    if minutes >= 24 * 60:
        return instant_at(day + timedelta(days=1), minutes - 24 * 60)
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=PARIS)
    return wall.astimezone(UTC)


def minutes_of(instant: datetime) -> int:
    """Return the minutes since local midnight that a wall clock in Paris shows."""
    wall = local(instant)
    return wall.hour * 60 + wall.minute
