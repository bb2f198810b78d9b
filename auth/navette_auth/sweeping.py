"""The nightly broom: what identity no longer needs is removed, a month after it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_

from navette.patrons import preregistering
from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.unit import Tx
from navette_auth import codes, journal, known_devices, throttle, unmerging
from navette_auth.tables import ApiToken, AuthSession, LogoutToken, SignInFlow

KEPT = timedelta(days=30)
SHORT = timedelta(days=1)
_x = table(AuthSession).c
_t = table(ApiToken).c
_SESSIONS = command(
    delete(table(AuthSession)).where(
        or_(_x.ended_at < bindparam("before"), _x.expires_at < bindparam("before"))
    )
)
_TOKENS = command(
    delete(table(ApiToken)).where(
        or_(_t.ended_at < bindparam("before"), _t.expires_at < bindparam("before"))
    )
)
_FLOWS = command(
    delete(table(SignInFlow)).where(table(SignInFlow).c.created_at < bindparam("before"))
)
_FAREWELLS = command(
    delete(table(LogoutToken)).where(table(LogoutToken).c.at < bindparam("before"))
)


def sweep(tx: Tx, now: datetime) -> Mapping[str, int]:
    """Remove old rows and return how many, by kind."""
    return {
        "sessions": tx.run(_SESSIONS, before=now - KEPT),
        "tokens": tx.run(_TOKENS, before=now - KEPT),
        "flows": tx.run(_FLOWS, before=now - SHORT),
        "farewells": tx.run(_FAREWELLS, before=now - SHORT),
        "attempts": throttle.sweep(tx, now),
        "devices": known_devices.sweep(tx, now),
        "codes": codes.sweep(tx, now),
        "preregistrations": preregistering.sweep(tx, now),
        "journal": journal.sweep(tx, now),
        "merges": unmerging.sweep(tx, now),
    }
