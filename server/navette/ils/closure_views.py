"""What a coordinator and a patron see of a closure: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class ClosureDone:
    """What entering a closure repaired: the figures a coordinator reads."""

    id: int
    deadlines: int
    due_dates: int
    released: int
    asked: int


@dataclass(frozen=True)
class ClosureView:
    """A closure that is not over."""

    id: int
    library: str
    first_day: date
    last_day: date
    reason: str
    asked: int
    answered: int


@dataclass(frozen=True)
class QuestionView:
    """The question whether to collect elsewhere while a library is closed (words 17)."""

    id: int
    patron_id: int
    library: str
    proposed: str
    first_day: date
    last_day: date
    hold_ids: tuple[int, ...]
    likely_at: datetime | None
    answer: str


@dataclass(frozen=True)
class AnswerDone:
    """How many reservations went to the other library, and how many had to stay."""

    moved: int
    kept: int
