"""The van's timetable: rounds of a weekday with ordered stops. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from navette.clock import instant_at, local_date

HORIZON_DAYS = 60


@dataclass(frozen=True)
class Stop:
    """The van at a library: minutes since local midnight."""

    library: str
    arrives: int
    leaves: int


@dataclass(frozen=True)
class Ride:
    """A journey between two libraries by van."""

    leaves: datetime
    arrives: datetime


@dataclass(frozen=True)
class Timetable:
    """The rounds of each weekday (Monday is 0), stops in order.

    `exceptions` are the days on which the van drives otherwise: not at all, or past closed stops.
    """

    rounds: Mapping[int, Sequence[Stop]]
    capacity: int = 0
    exceptions: Mapping[date, Sequence[Stop]] = field(default_factory=dict)

    def stops_on(self, day: date) -> Sequence[Stop]:
        """Return the stops that the van makes that day, in order."""
        usual = self.rounds.get(day.weekday(), ())
        return self.exceptions.get(day, usual) if self.exceptions else usual

    def rides(self, origin: str, destination: str, after: datetime) -> Iterator[Ride]:
        """Walk the rides from `origin` that leave after `after`, soonest arrival of each.

        A round that passes the destination before the origin keeps the crate on board: it
        arrives with the next round.
        """
        first = local_date(after)
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            for stop in self.stops_on(day):
                leaves = instant_at(day, stop.leaves)
                if stop.library == origin and leaves > after:
                    arrives = self._arrival(destination, leaves)
                    if arrives is not None:
                        yield Ride(leaves, arrives)

    def next_ride(self, origin: str, destination: str, after: datetime) -> Ride | None:
        """Return the next ride, or None when the van never goes there."""
        return next(self.rides(origin, destination, after), None)

    def next_departure(self, library: str, after: datetime) -> datetime | None:
        """Return when the van next leaves the library."""
        first = local_date(after)
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            for stop in self.stops_on(day):
                leaves = instant_at(day, stop.leaves)
                if stop.library == library and leaves > after:
                    return leaves
        return None

    def _arrival(self, library: str, after: datetime) -> datetime | None:
        first = local_date(after)
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            for stop in self.stops_on(day):
                arrives = instant_at(day, stop.arrives)
                if stop.library == library and arrives > after:
                    return arrives
        return None
