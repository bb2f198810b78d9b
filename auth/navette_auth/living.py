"""Which sessions still are: a browser whose session was ended is told nothing any more."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select

from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader
from navette_auth.tables import AuthSession

_x = table(AuthSession).c
_OPEN = Query(
    select(_x.id).where(_x.id.in_(bindparam("sessions", expanding=True)), _x.ended_at.is_(None)),
    scalar,
)


def live_sessions(reader: Reader, session_ids: Collection[int]) -> Collection[int]:
    """Return those of these sessions that nobody ended.

    One that merely ran out after months without use still gets its alerts: its owner chose them.
    """
    return set(reader.all(_OPEN, sessions=sorted(session_ids))) if session_ids else set()
