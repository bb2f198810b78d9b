"""What desks and patrons see of lateness and claims: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from navette.ils.views import ItemView, LoanView


@dataclass(frozen=True)
class SearchView:
    """A line of the list "à chercher": look on the shelves until that day; nobody is named."""

    id: int
    turn: int
    until: date
    claimed_at: datetime
    item: ItemView


@dataclass(frozen=True)
class ClaimView:
    """A claim that two searches did not settle."""

    id: int
    loan_id: int
    claimed_at: datetime
    patron_id: int | None
    patron_name: str
    item: ItemView


@dataclass(frozen=True)
class RenewedView:
    """One loan of "tout prolonger": kept longer, or the reason why not ('' when it was)."""

    loan: LoanView
    refusal: str = ""


@dataclass(frozen=True)
class StandingView:
    """What a desk sees of a card's lateness: until when it pauses, how often it claimed."""

    paused_until: date | None
    claims_this_year: int
    often: bool
