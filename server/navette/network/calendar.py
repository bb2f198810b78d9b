"""When a library is open: weekly hours and closures, in local dates and minutes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from navette.clock import instant_at, local
from navette.languages import _
from navette.network.holidays import holiday_on

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
    """The weekly hours of a library, its closures, and days with hours of their own.

    `holidays`: shut on public holidays, unless such a day has hours of its own.
    """

    week: Mapping[int, Sequence[Opening]]
    closures: Sequence[Shut] = field(default_factory=tuple)
    special: Mapping[date, Sequence[Opening]] = field(default_factory=dict)
    holidays: bool = False
    _known: dict[date, Sequence[Opening]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def closure_on(self, day: date) -> Shut | None:
        """Return the closure that covers the day, or None."""
        entered = next((c for c in self.closures if c.first_day <= day <= c.last_day), None)
        if entered is None and self.holidays and day not in self.special:
            name = holiday_on(day)
            return Shut(day, day, _(name)) if name else None
        return entered

    def shut_between(self, first: date, last: date) -> Sequence[Shut]:
        """Return what is closed in these days, first first: closures, and holidays besides."""
        found = [c for c in self.closures if c.first_day <= last and c.last_day >= first]
        if self.holidays:
            days = (first + timedelta(days=n) for n in range((last - first).days + 1))
            usual = (day for day in days if self.week.get(day.weekday()))
            shut = ((day, self.closure_on(day)) for day in usual)
            found += [c for day, c in shut if c is not None and c not in self.closures]
        return sorted(found, key=lambda c: c.first_day)

    def openings(self, day: date) -> Sequence[Opening]:
        """Return the openings of the day in order; none when closed."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._openings(day)
        return known

    def _openings(self, day: date) -> Sequence[Opening]:
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
        wall = local(instant)
        now = wall.hour * 60 + wall.minute
        return any(o.opens <= now < o.closes for o in self.openings(wall.date()))

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
        wall = local(instant)
        today, now = wall.date(), wall.hour * 60 + wall.minute
        for opening in self.openings(today):
            if now < opening.closes:
                return instant if opening.opens <= now else instant_at(today, opening.opens)
        day = self.next_open_day(today + timedelta(days=1))
        return None if day is None else instant_at(day, self.openings(day)[0].opens)

    def closing_of(self, day: date) -> datetime | None:
        """Return the instant at which the day's last opening ends, or None when closed."""
        openings = self.openings(day)
        return instant_at(day, openings[-1].closes) if openings else None
