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
from navette_auth.sessions import end_of_identity, end_of_sid
from navette_auth.tables import LogoutToken

KEPT = timedelta(days=1)
_SWEEP = command(delete(table(LogoutToken)).where(table(LogoutToken).c.at < bindparam("before")))


def say_farewell(tx: Tx, told: Farewell, now: datetime) -> int:
    """End the sessions that this is about and return how many; Duplicate for a token seen before.

    With a session named, only that one ends; with only a person named, all of theirs.
    """
    tx.run(_SWEEP, before=now - KEPT)
    tx.insert(LogoutToken, jti=digest(f"{told.issuer} {told.jti}"), at=now)
    if told.sid:
        return end_of_sid(tx, told.issuer, told.sid, now)
    identity = find_identity(tx, told.issuer, told.subject)
    return 0 if identity is None else end_of_identity(tx, identity.id, now)
