"""The embedded engine's part about lateness: claims, searches, loss, pauses, renewing all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from navette.circulation import borrowing, claim_lists, claiming, lateness, nightly
from navette.circulation.doors import may_act
from navette.circulation.rows import PATRON
from navette.clock import local_date
from navette.errors import Forbidden, NotFound, RenewalRefused
from navette.ils.claim_views import ClaimView, RenewedView, SearchView, StandingView
from navette.ils.embedded_base import Engine
from navette.ils.views import Actor, LoanView
from navette.patrons.reading import children_of


class LatenessOfEngine(Engine):
    """Implements `navette.ils.port_lateness.Lateness`."""

    def renew_all(
        self, actor: Actor, patron_id: int, *, household: bool = False
    ) -> Sequence[RenewedView]:
        """Renew every loan that can be, each in a transaction of its own."""
        now = self._clock.now()
        with self._unit.read() as reader:
            if not may_act(reader, actor, patron_id, now):
                raise NotFound
            people = [patron_id]
            if household:
                people += [child.id for child in children_of(reader, patron_id, local_date(now))]
            loans = borrowing.renewable_of(reader, people)
        return [self._renewed(actor, loan) for loan in loans]

    def _renewed(self, actor: Actor, loan_id: int) -> RenewedView:
        refusal = ""
        try:
            self._write(lambda tx, net, now: borrowing.renew(tx, net, now, actor, loan_id))
        except RenewalRefused as refused:
            refusal = refused.reason
        return RenewedView(self._look(borrowing.loan_view, loan_id), refusal)

    def claim_returned(self, actor: Actor, loan_id: int, key: str | None = None) -> LoanView:
        """Note "je l’ai déjà rendu": lateness stops counting, both libraries search."""
        return self._loan(
            self._write(
                lambda tx, net, now: claiming.claim_returned(tx, net, now, actor, loan_id, key)
            )
        )

    def withdraw_claim(self, actor: Actor, loan_id: int, key: str | None = None) -> LoanView:
        """Take it back: it was at home after all."""
        return self._loan(
            self._write(
                lambda tx, net, now: claiming.withdraw_claim(tx, net, now, actor, loan_id, key)
            )
        )

    def declare_lost(self, actor: Actor, loan_id: int, key: str | None = None) -> LoanView:
        """End a loan whose item is lost (staff); money is handled outside."""
        return self._loan(
            self._write(
                lambda tx, net, now: claiming.declare_lost(tx, net, now, actor, loan_id, key)
            )
        )

    def to_search(self, library: str) -> Sequence[SearchView]:
        """Return what a library looks for on its shelves, in shelf order."""
        network = self.network
        with self._unit.read() as reader:
            return claim_lists.to_search(reader, network, library)

    def searched(self, actor: Actor, library: str, search_id: int) -> None:
        """Tick a search: looked for, not found (staff)."""
        self._write(lambda tx, net, now: claiming.searched(tx, net, now, actor, library, search_id))

    def to_decide(self, library: str) -> Sequence[ClaimView]:
        """Return what two searches did not find, for the head of the library."""
        network = self.network
        with self._unit.read() as reader:
            return claim_lists.to_decide(reader, network, library)

    def settle_claim(self, actor: Actor, claim_id: int, decision: str) -> LoanView:
        """Decide: FORGIVEN or OWED (head of library, coordinator)."""
        return self._loan(
            self._write(
                lambda tx, net, now: claiming.settle_claim(tx, net, now, actor, claim_id, decision)
            )
        )

    def lateness(self, actor: Actor, patron_id: int) -> StandingView:
        """Return what a desk sees of a card's lateness (staff)."""
        if not actor.is_staff:
            raise Forbidden
        now = self._clock.now()
        with self._unit.read() as reader:
            patron = reader.first(PATRON, patron=patron_id)
            if patron is None:
                raise NotFound
            claims = claim_lists.claims_this_year(reader, now, patron_id)
        until = patron.suspended_until
        paused = until if until is not None and until > local_date(now) else None
        return StandingView(paused, claims, claims >= claim_lists.OFTEN)

    def lift_pause(self, actor: Actor, patron_id: int) -> None:
        """End somebody's pause for lateness (staff)."""
        self._write(lambda tx, net, now: lateness.lift(tx, net, now, actor, patron_id))

    def amnesty(self, actor: Actor, until: date | None = None) -> int:
        """End every pause; until that day lateness has no consequence (coordinator)."""
        ended = self._write(lambda tx, _net, now: lateness.amnesty(tx, now, actor, until))
        self.forget_network()
        nightly.minute(self._unit, self.network, self._clock.now())
        return ended

    def _loan(self, loan_id: int) -> LoanView:
        return self._look(borrowing.loan_view, loan_id)
