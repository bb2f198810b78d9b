"""Keeping: what sessions keep of the provider is renewed, turned, sealed anew, and given back.

A refresh token lies sealed beside its session. Twice a day the provider is asked who it is today:
the token turns, and a session that the provider ends is ended here. When a session is over, for
whatever reason, its token is revoked at the provider before it is forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, update

from navette.clock import Clock
from navette.errors import Unavailable
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Tx, Unit
from navette_auth.identities import identity_of, remember_identity
from navette_auth.providers import IdentityProvider, NoLonger, ProviderFault
from navette_auth.sessions import end_session
from navette_auth.tables import AuthSession
from navette_auth.vault import Vault

log = logging.getLogger("navette.sign_in")
RENEWED_EVERY = timedelta(hours=12)
GIVEN_UP_AFTER = timedelta(days=1)
AT_A_TIME = 20


class Token(NamedTuple):
    """A sealed refresh token beside its session."""

    session_id: int
    identity_id: int | None
    sealed: str
    refreshed_at: datetime | None
    over_since: datetime


class Sealed(NamedTuple):
    """What one row keeps sealed."""

    session_id: int
    id_token: str
    refresh_token: str


_x = table(AuthSession).c
_TOKEN = select(_x.id, _x.identity_id, _x.refresh_token, _x.refreshed_at, _x.expires_at).where(
    _x.refresh_token != ""
)
_DUE = Query(
    _TOKEN.where(
        _x.ended_at.is_(None), _x.expires_at > bindparam("now"),
        or_(_x.refreshed_at.is_(None), _x.refreshed_at < bindparam("before")),
    ).order_by(_x.id).limit(bindparam("most")),
    Token,
)  # fmt: skip
_OVER = Query(
    select(_x.id, _x.identity_id, _x.refresh_token, _x.refreshed_at, _x.ended_at)
    .where(_x.refresh_token != "", _x.ended_at.is_not(None))
    .order_by(_x.id)
    .limit(bindparam("most")),
    Token,
)
_END_OLD = command(
    update(table(AuthSession))
    .where(_x.ended_at.is_(None), _x.refresh_token != "", _x.expires_at <= bindparam("now"))
    .values(ended_at=_x.expires_at, id_token="")
)
_CLAIM = command(
    update(table(AuthSession))
    .where(
        _x.id == bindparam("session"), _x.refresh_token == bindparam("sealed"),
        or_(_x.refreshed_at.is_(None), _x.refreshed_at < bindparam("before")),
    )
    .values(refreshed_at=bindparam("now"))
)  # fmt: skip
_TURN = command(
    update(table(AuthSession))
    .where(_x.id == bindparam("session"))
    .values(refresh_token=bindparam("new"))
)
_SEALED = Query(
    select(_x.id, _x.id_token, _x.refresh_token).where(
        or_(_x.id_token != "", _x.refresh_token != ""), _x.id > bindparam("after")
    ).order_by(_x.id).limit(bindparam("most")),
    Sealed,
)  # fmt: skip
_RESEAL = command(
    update(table(AuthSession))
    .where(
        _x.id == bindparam("session"), _x.id_token == bindparam("old_id"),
        _x.refresh_token == bindparam("old_refresh"),
    )
    .values(id_token=bindparam("new_id"), refresh_token=bindparam("new_refresh"))
)  # fmt: skip


@dataclass(frozen=True)
class Keeper:
    """Looks after the tokens of one installation; several at once do no harm."""

    unit: Unit
    clock: Clock
    provider: IdentityProvider
    vault: Vault

    def tend(self) -> Mapping[str, int]:
        """Give back what is over, renew what is due; the worker calls it every minute."""
        return {"revoked": self.give_back(), "renewed": self.renew_due()}

    def give_back(self) -> int:
        """Revoke the refresh tokens of sessions that are over; return how many."""
        now = self.clock.now()
        self.unit.write(lambda tx: tx.run(_END_OLD, now=now))
        with self.unit.read() as reader:
            over = reader.all(_OVER, most=AT_A_TIME)
        return sum(self._give_back(token, now) for token in over)

    def renew_due(self) -> int:
        """Ask the provider about the sessions that were not renewed for half a day."""
        now = self.clock.now()
        with self.unit.read() as reader:
            due = reader.all(_DUE, now=now, before=now - RENEWED_EVERY, most=AT_A_TIME)
        return sum(self._renew(token, now) for token in due)

    def reseal(self) -> int:
        """Seal everything with the first key, so that an old key can be taken away; return rows."""
        after = changed = 0
        while True:
            with self.unit.read() as reader:
                rows = reader.all(_SEALED, after=after, most=200)
            if not rows:
                return changed
            after = rows[-1].session_id
            changed += self.unit.write(lambda tx, some=tuple(rows): self._reseal(tx, some))  # type: ignore[misc]

    def _give_back(self, token: Token, now: datetime) -> bool:
        plain = self.vault.open(token.sealed)
        try:
            if plain:
                self.provider.revoke(plain)
        except Unavailable:
            if now - token.over_since < GIVEN_UP_AFTER:
                return False  # next minute, for a day
            log.warning("a refresh token could not be revoked within a day")
        except ProviderFault as fault:
            log.warning("provider not believed: %s", fault)
        self.unit.write(lambda tx: tx.run(_TURN, session=token.session_id, new=""))
        return True

    def _renew(self, token: Token, now: datetime) -> bool:
        """Renew one; the claim decides between two workers, and spaces failed attempts out."""
        claimed = self.unit.write(
            lambda tx: tx.run(
                _CLAIM, session=token.session_id, sealed=token.sealed,
                before=now - RENEWED_EVERY, now=now,
            )
        )  # fmt: skip
        plain = self.vault.open(token.sealed)
        if claimed != 1 or not plain or token.identity_id is None:
            return False
        with self.unit.read() as reader:
            subject = identity_of(reader, token.identity_id).subject
        try:
            known = self.provider.renew(plain, subject)
        except Unavailable:
            return False
        except NoLonger:
            log.info("the provider ended session %s", token.session_id)
            self.unit.write(lambda tx: self._end(tx, token.session_id, now))
            return False
        except ProviderFault as fault:
            log.warning("provider not believed: %s", fault)
            return False

        def keep(tx: Tx) -> None:
            tx.run(_TURN, session=token.session_id, new=self.vault.seal(known.refresh_token))
            remember_identity(tx, known, now)

        self.unit.write(keep)
        return True

    @staticmethod
    def _end(tx: Tx, session_id: int, now: datetime) -> None:
        tx.run(_TURN, session=session_id, new="")
        end_session(tx, session_id, now)

    def _reseal(self, tx: Tx, rows: tuple[Sealed, ...]) -> int:
        return sum(
            tx.run(
                _RESEAL, session=row.session_id, old_id=row.id_token,
                old_refresh=row.refresh_token, new_id=self.vault.renewed(row.id_token),
                new_refresh=self.vault.renewed(row.refresh_token),
            )
            for row in rows
        )  # fmt: skip
