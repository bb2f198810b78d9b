"""What was said is forgotten when nobody needs it any more: at the end of the fourth month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete

from navette.notifications.tables import Message
from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.tables import Outbox
from navette.storage.unit import Tx

KEPT = timedelta(days=122)
_m, _o = table(Message).c, table(Outbox).c
_MESSAGES = command(delete(table(Message)).where(_m.sent_at < bindparam("before")))
_ERRANDS = command(delete(table(Outbox)).where(_o.done_at < bindparam("before")))


def forget(tx: Tx, now: datetime) -> Mapping[str, int]:
    """Delete messages and errands that were done four months ago; returns how many of each."""
    before = now - KEPT
    return {
        "messages": tx.run(_MESSAGES, before=before),
        "errands": tx.run(_ERRANDS, before=before),
    }
