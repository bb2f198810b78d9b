"""When a library is open: weekly hours and closures, in local dates and minutes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from navette.clock import instant_at, local_date, minutes_of

HORIZON_DAYS = 400


@dataclass(frozen=True)
class Opening:
    """One opening of a day, in minutes since local midnight."""

    opens: int
    closes: int


@dataclass(frozen=True)
class Shut:
    """A closure, both days included."""

    first_day: date
    last_day: date
    reason: str = ""


@dataclass(frozen=True)
class Calendar:
    """The weekly hours of a library, its closures, and days with hours of their own."""

    week: Mapping[int, Sequence[Opening]]
    closures: Sequence[Shut] = field(default_factory=tuple)
    special: Mapping[date, Sequence[Opening]] = field(default_factory=dict)

    def closure_on(self, day: date) -> Shut | None:
        """Return the closure that covers the day, or None."""
        return next((c for c in self.closures if c.first_day <= day <= c.last_day), None)

    def openings(self, day: date) -> Sequence[Opening]:
        """Return the openings of the day in order; none when closed."""
        if self.closure_on(day):
            return ()
        if self.special and day in self.special:
            return self.special[day]
        return self.week.get(day.weekday(), ())

    def is_open_on(self, day: date) -> bool:
        """Return whether the library opens at all that day."""
        return bool(self.openings(day))

    def is_open_at(self, instant: datetime) -> bool:
        """Return whether the doors are open at that instant."""
        now = minutes_of(instant)
        return any(o.opens <= now < o.closes for o in self.openings(local_date(instant)))

    def open_days(self, first: date) -> Iterator[date]:
        """Walk the opening days from `first` on, for a little more than a year."""
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            if self.is_open_on(day):
                yield day

    def next_open_day(self, first: date) -> date | None:
        """Return the first opening day from `first` on, or None within the horizon."""
        return next(self.open_days(first), None)

    def opens_at(self, instant: datetime) -> datetime | None:
        """Return `instant` when the doors are open then, else when they open next."""
        if self.is_open_at(instant):
            return instant
        today, now = local_date(instant), minutes_of(instant)
        for day in self.open_days(today):
            for opening in self.openings(day):
                if day > today or opening.opens >= now:
                    return instant_at(day, opening.opens)
        return None

    def closing_of(self, day: date) -> datetime | None:
        """Return the instant at which the day's last opening ends, or None when closed."""
        openings = self.openings(day)
        return instant_at(day, openings[-1].closes) if openings else None
