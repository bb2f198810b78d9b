"""The grouping window: notices of an arrival wait a little for the rest of the crate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, distinct, func, select, update

from navette.circulation.tables import Hold
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.tables import Outbox
from navette.storage.unit import Tx

_o, _h = table(Outbox).c, table(Hold).c
_here = select(_h.id).where(_h.pickup_library_id == bindparam("library"), _h.state == "READY")
_WAITING = (
    _o.kind == "ready", _o.done_at.is_(None), _o.due_at > bindparam("now"), _o.attempts == 0,
    _o.hold_id.in_(_here),
)  # fmt: skip
_PEOPLE = Query(select(func.count(distinct(_o.patron_id))).where(*_WAITING), scalar)
_HASTEN = command(update(table(Outbox)).where(*_WAITING).values(due_at=bindparam("at")))


def close(tx: Tx, library_id: int, now: datetime) -> int:
    """Tell now of everything that arrived at a library: the crate is done; returns how many people."""
    people: int = tx.first(_PEOPLE, library=library_id, now=now) or 0
    if people:
        tx.run(_HASTEN, library=library_id, now=now, at=now)
    return people
