"""What is written down while a year goes by, for the table at its end."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from navette.circulation.promise import Promise

A_DAY = 86_400.0


@dataclass
class Wish:
    """One hold: what was promised when it was placed, and what came of it."""

    title: int
    pickup: str
    placed_at: datetime
    promise: Promise
    queue_guess: float
    width_open_days: int
    ready_at: datetime | None = None
    collected: bool = False
    expired: bool = False

    @property
    def days(self) -> float | None:
        """Return how long it waited until READY, in days."""
        if self.ready_at is None:
            return None
        return (self.ready_at - self.placed_at).total_seconds() / A_DAY


@dataclass
class Diary:
    """The measured part of a year, from `start` to `end`."""

    start: datetime
    end: datetime
    wishes: dict[int, Wish] = field(default_factory=dict)
    trips: Counter[str] = field(default_factory=Counter)
    left_behind: int = 0
    loads: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    new_loans: Counter[str] = field(default_factory=Counter)
    loans: int = 0
    turned_away: int = 0
    last_day: date | None = None

    def counts(self, now: datetime) -> bool:
        """Return whether what happens now is measured."""
        return self.start <= now < self.end
