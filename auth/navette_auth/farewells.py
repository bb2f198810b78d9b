"""Farewells: sign-outs that a provider tells behind the browser's back; each token counts once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete

from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.unit import Tx
from navette_auth.identities import find_identity
from navette_auth.opaque import digest
from navette_auth.providers import Farewell
from navette_auth.sessions import end_of_identity, end_of_sid, end_without_sid
from navette_auth.tables import LogoutToken

KEPT = timedelta(days=1)
_SWEEP = command(delete(table(LogoutToken)).where(table(LogoutToken).c.at < bindparam("before")))


def say_farewell(tx: Tx, told: Farewell, now: datetime) -> int:
    """End the sessions that this is about and return how many; Duplicate for a token seen before.

    With a session named, that one ends, and those of the person named beside it of which the
    provider never said a session; with only a person named, all of theirs.
    """
    tx.run(_SWEEP, before=now - KEPT)
    tx.insert(LogoutToken, jti=digest(f"{told.issuer} {told.jti}"), at=now)
    identity = find_identity(tx, told.issuer, told.subject) if told.subject else None
    if not told.sid:
        return 0 if identity is None else end_of_identity(tx, identity.id, now)
    ended = end_of_sid(tx, told.issuer, told.sid, now)
    return ended if identity is None else ended + end_without_sid(tx, identity.id, now)
