"""Opening: how a session begins, goes on under a new id, and for how long it lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from navette.clock import Clock
from navette.errors import NotSignedIn
from navette.patrons.using import note_use
from navette.settings import Settings
from navette.storage.unit import Tx, Unit
from navette_auth.providers import IdentityProvider
from navette_auth.sessions import (
    DESK,
    OWN_PHONE,
    SHARED,
    Holder,
    Kept,
    Limits,
    Visitor,
    end_session,
    kept_of,
    move_refresh_token,
    open_session,
)
from navette_auth.vault import Vault


@dataclass(frozen=True)
class Caller:
    """Where a request comes from: its address, its browser, the session it carries now.

    `known` is the value by which this browser is known at its next sign-in; a `shared` machine
    (a library's, a school's) is not known and forgets soon.
    """

    client: str
    device: str = ""
    session: str | None = None
    known: str = ""
    shared: bool = False


@dataclass(frozen=True)
class Opening:
    """What the ways in share; `provider` is None when the card is the only way."""

    settings: Settings
    unit: Unit
    clock: Clock
    provider: IdentityProvider | None = None

    @cached_property
    def vault(self) -> Vault:
        """Return what seals the tokens that sessions keep."""
        return Vault(self.settings.secret_keys)

    def renew(
        self, caller: Caller, visitor: Visitor, also: Callable[[Tx], None], *, proven: bool = False
    ) -> str:
        """Give this session a new id at a change of privilege, and do `also` in the same unit.

        `proven`: the person has just shown who they are.
        """
        session = visitor.session_id

        def work(tx: Tx) -> str:
            kept = kept_of(tx, session) if session is not None else None
            if kept is None:
                raise NotSignedIn
            also(tx)
            return self.reopen_in(tx, caller, kept, kept.patron_id, proven=proven)

        return self.unit.write(work)

    def _open(self, caller: Caller, holder: Holder) -> str:
        return self.unit.write(lambda tx: self.open_in(tx, caller, holder))

    def open_in(
        self, tx: Tx, caller: Caller, holder: Holder, *, until: datetime | None = None,
        proven_at: datetime | None = None,
    ) -> str:  # fmt: skip
        """Open a session within a unit of work and return its value; `until` shortens its life.

        `proven_at`: when its person showed who they are, for a session that goes on from another.
        """
        now = self.clock.now()
        limits = SHARED if caller.shared else OWN_PHONE
        if holder.staff_id is not None:
            limits = Limits(timedelta(minutes=self.settings.staff_lock_minutes), DESK.absolute)
        if until is not None:
            limits = Limits(limits.idle, min(limits.absolute, until - now))
        if holder.patron_id is not None:
            note_use(tx, holder.patron_id, now)
        return open_session(
            tx, now, holder, limits, device=caller.device, replacing=caller.session,
            proven_at=proven_at,
        )  # fmt: skip

    def reopen_in(
        self, tx: Tx, caller: Caller, kept: Kept, patron: int | None, *, proven: bool = False
    ) -> str:
        """Open the same session of the provider anew, with another card or none.

        It ends when it would have, unless the person has just shown who they are.
        """
        move_refresh_token(tx, kept.id)
        end_session(tx, kept.id, self.clock.now())
        holder = Holder(
            patron_id=patron, identity_id=kept.identity_id, issuer=kept.issuer,
            provider_sid=kept.provider_sid, id_token=kept.id_token,
            refresh_token=kept.refresh_token,
        )  # fmt: skip
        if proven:
            return self.open_in(tx, caller, holder)
        return self.open_in(tx, caller, holder, until=kept.expires_at, proven_at=kept.proven_at)
