"""The part of the port about lateness: claims, searches, loss, pauses, amnesty, renewing all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from navette.ils.claim_views import ClaimView, RenewedView, SearchView, StandingView
from navette.ils.views import Actor, LoanView


class Lateness(Protocol):
    """What an engine does about loans that are late, claimed returned or lost (section 9)."""

    def renew_all(
        self, actor: Actor, patron_id: int, *, household: bool = False
    ) -> Sequence[RenewedView]:
        """Renew every loan of a card (and of its children) that can be; says why not of others."""
        ...

    def claim_returned(self, actor: Actor, loan_id: int, key: str | None = None) -> LoanView:
        """Note "je l’ai déjà rendu": lateness stops counting, both libraries search."""
        ...

    def withdraw_claim(self, actor: Actor, loan_id: int, key: str | None = None) -> LoanView:
        """Take it back: it was at home after all."""
        ...

    def declare_lost(self, actor: Actor, loan_id: int, key: str | None = None) -> LoanView:
        """End a loan whose item is lost (staff); money is handled outside."""
        ...

    def to_search(self, library: str) -> Sequence[SearchView]:
        """Return what a library looks for on its shelves, in shelf order."""
        ...

    def searched(self, actor: Actor, library: str, search_id: int) -> None:
        """Tick a search: looked for, not found (staff)."""
        ...

    def to_decide(self, library: str) -> Sequence[ClaimView]:
        """Return what two searches did not find, for the head of the library."""
        ...

    def settle_claim(self, actor: Actor, claim_id: int, decision: str) -> LoanView:
        """Decide: FORGIVEN or OWED (head of library, coordinator)."""
        ...

    def lateness(self, actor: Actor, patron_id: int) -> StandingView:
        """Return what a desk sees of a card's lateness (staff)."""
        ...

    def lift_pause(self, actor: Actor, patron_id: int) -> None:
        """End somebody's pause for lateness (staff)."""
        ...

    def amnesty(self, actor: Actor, until: date | None = None) -> int:
        """End every pause; until that day lateness has no consequence (coordinator)."""
        ...
