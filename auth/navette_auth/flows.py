"""The ways in, between cards, out: what the sign-in pages call, whole, one call a form.

Each call returns plain values; cookies and redirections are the pages' business. Every change of
privilege opens a new session and ends the one it replaces.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from navette.errors import (
    Duplicate,
    LinkRefused,
    NotFound,
    NotSignedIn,
    SignInRefused,
)
from navette.storage.unit import Tx
from navette_auth.cards import sign_in_with_card
from navette_auth.farewells import say_farewell
from navette_auth.identities import find_identity, open_card_of, remember_identity
from navette_auth.keeping import Keeper
from navette_auth.linking import check_fresh, check_whose, link, link_by_claim, unlink
from navette_auth.opaque import fresh, plausible
from navette_auth.opening import Caller
from navette_auth.providers import Identity, IdentityProvider, ProviderFault
from navette_auth.sessions import (
    Holder,
    Visitor,
    end_of_identity,
    end_session,
    kept_of,
)
from navette_auth.sign_in_flows import remember, take
from navette_auth.team_ways import TeamWays

log = logging.getLogger("navette.sign_in")


@dataclass(frozen=True)
class Left:
    """A browser leaves for the provider; `browser` is the value its cookie must carry back."""

    address: str
    browser: str


@dataclass(frozen=True)
class Arrival:
    """A browser is back: its new session, where it wanted to go, whether it has a card."""

    session: str
    next_path: str
    has_card: bool


class SignIn(TeamWays):
    """The ways in and out of one installation; `provider` is None when the card is the only way."""

    def with_card(self, caller: Caller, card: str, password: str) -> str:
        """Sign a patron in and return the session; SignInRefused, TooManyAttempts."""
        patron = self._proven(caller, card, password)
        return self._open(caller, Holder(patron_id=patron))

    def with_passkey(self, caller: Caller, patron: int) -> str:
        """Open the session of a patron whose passkey was proven."""
        return self._open(caller, Holder(patron_id=patron))

    def prove_again(self, caller: Caller, visitor: Visitor, card: str, password: str) -> str:
        """Open this session anew for who shows the card's password again; SignInRefused."""
        if self._proven(caller, card, password) != visitor.patron_id:
            raise SignInRefused
        return self.renew(caller, visitor, lambda _tx: None, proven=True)

    def leave(self, next_path: str, browser: str | None, *, afresh: bool = False) -> Left:
        """Make a sign-in at the provider ready; NotFound when there is none, Unavailable.

        `afresh` asks the provider to ask again who it is (a shared machine, a linking).
        """
        provider = self._provider()
        try:
            departure = provider.begin(afresh=afresh)
        except ProviderFault as fault:
            raise self._distrusted(fault) from fault
        kept = browser if browser is not None and plausible(browser) else fresh()
        now = self.clock.now()
        self.unit.write(lambda tx: remember(tx, departure, kept, next_path, now))
        return Left(departure.address, kept)

    def come_back(self, caller: Caller, answer: Mapping[str, str], browser: str | None) -> Arrival:
        """Turn the provider's answer into a session; SignInRefused, Unavailable.

        The answer serves once, in the browser that left, within ten minutes.
        """
        provider = self._provider()
        now, state = self.clock.now(), answer.get("state")
        flow = self.unit.write(lambda tx: take(tx, state, browser, now))
        if flow is None:
            log.warning("sign-in answer refused: its state is unknown, used, late, or another's")
            raise SignInRefused("again")
        try:
            known = provider.finish(answer, flow.nonce, flow.verifier)
        except ProviderFault as fault:
            raise self._distrusted(fault) from fault
        session, has_card = self.unit.write(lambda tx: self._arrive(tx, caller, known))
        return Arrival(session, flow.next, has_card)

    def link_card(
        self, caller: Caller, visitor: Visitor, card: str, password: str, whose: str = ""
    ) -> str:
        """Link the card that is proven here to the visitor's identity; return the new session."""
        self.check_linkable(visitor)
        patron = self._proven(caller, card, password)
        return self.link_proven(caller, visitor, lambda _tx: patron, whose)

    def check_linkable(self, visitor: Visitor) -> None:
        """Raise NotSignedIn, or LinkRefused unless the sign-in at the provider is fresh."""
        if visitor.identity_id is None or visitor.session_id is None:
            raise NotSignedIn
        check_fresh(visitor.since, self.clock.now())

    def link_proven(
        self, caller: Caller, visitor: Visitor, proof: Callable[[Tx], int], whose: str = ""
    ) -> str:
        """Link the card that `proof` returns within the unit of work; return the new session."""
        identity, session = visitor.identity_id, visitor.session_id

        def work(tx: Tx) -> str:
            kept = kept_of(tx, session) if session is not None else None
            if kept is None or identity is None:
                raise NotSignedIn
            patron = proof(tx)
            check_whose(tx, patron, whose, self.clock.now())
            link(tx, identity, patron, self.clock.now(), self.vault.seal)
            return self.reopen_in(tx, caller, kept, patron)

        try:
            return self.unit.write(work)
        except Duplicate as error:  # somebody linked the same card at the same moment
            raise LinkRefused("card_taken") from error

    def unlink_card(self, caller: Caller, visitor: Visitor, identity: int) -> str | None:
        """Part an identity from the visitor's card; its sessions end. NotFound when not theirs.

        Returns the visitor's new session when theirs was one of them.
        """

        def work(tx: Tx) -> str | None:
            now = self.clock.now()
            unlink(tx, identity, visitor.patron_id, visitor.identity_id, now)
            own = visitor.session_id if visitor.identity_id == identity else None
            kept = kept_of(tx, own) if own is not None else None
            end_of_identity(tx, identity, now)
            return None if kept is None else self.reopen_in(tx, caller, kept, None)

        if not visitor.signed_in:
            raise NotSignedIn
        return self.unit.write(work)

    def sign_out(self, visitor: Visitor) -> str:
        """End the session; return where the provider ends its own, '' when there is nothing."""
        session = visitor.session_id
        if session is None:
            return ""
        with self.unit.read() as reader:
            kept = kept_of(reader, session)
        now = self.clock.now()
        self.unit.write(lambda tx: end_session(tx, session, now))
        id_token = self.vault.open(kept.id_token) if kept is not None else ""
        if self.provider is None or not id_token:
            return ""
        return self.provider.end_session(id_token)

    @cached_property
    def keeper(self) -> Keeper | None:
        """Return who looks after the tokens that sessions keep; None without a provider."""
        if self.provider is None:
            return None
        return Keeper(self.unit, self.clock, self.provider, self.vault)

    def whose_access(self, token: str) -> Visitor | None:
        """Return whom an access token of the provider stands for; None for nobody. Unavailable.

        It has to be made for our API (`NAVETTE_OIDC_API_AUDIENCE`), and the identity linked.
        """
        audience = self.settings.oidc_api_audience
        if self.provider is None or not audience:
            return None
        try:
            access = self.provider.access(token, audience)
        except ProviderFault as fault:
            log.warning("access token not believed: %s", fault)
            return None
        with self.unit.read() as reader:
            identity = find_identity(reader, access.issuer, access.subject)
            patron = None if identity is None else open_card_of(reader, identity)
        if identity is None or patron is None:
            return None
        return Visitor(
            patron_id=patron, identity_id=identity.id, since=self.clock.now(), scopes=access.scopes
        )

    def farewell(self, logout_token: str) -> int:
        """End the sessions that a back-channel logout token is about; return how many.

        Raises SignInRefused when the token cannot be believed, Unavailable.
        """
        provider = self._provider()
        try:
            told = provider.farewell(logout_token)
        except ProviderFault as fault:
            raise self._distrusted(fault) from fault
        try:
            return self.unit.write(lambda tx: say_farewell(tx, told, self.clock.now()))
        except Duplicate as error:
            raise self._distrusted(ProviderFault("logout token was used before")) from error

    def _proven(self, caller: Caller, card: str, password: str) -> int:
        return sign_in_with_card(self.unit, self.clock, card, password, caller.client, caller.known)

    def _arrive(self, tx: Tx, caller: Caller, known: Identity) -> tuple[str, bool]:
        now = self.clock.now()
        identity = remember_identity(tx, known, now)
        patron = open_card_of(tx, identity)
        if patron is None:
            patron = link_by_claim(
                tx, identity, self.settings.oidc_card_claim, now, self.vault.seal
            )
        holder = Holder(
            patron_id=patron, identity_id=identity.id, issuer=known.issuer,
            provider_sid=known.sid, id_token=self.vault.seal(known.id_token),
            refresh_token=self.vault.seal(known.refresh_token),
        )  # fmt: skip
        return self.open_in(tx, caller, holder), patron is not None

    def _provider(self) -> IdentityProvider:
        if self.provider is None:
            raise NotFound
        return self.provider

    def _distrusted(self, fault: ProviderFault) -> SignInRefused:
        log.warning("provider not believed: %s", fault)
        return SignInRefused("provider")
