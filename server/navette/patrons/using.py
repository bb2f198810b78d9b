"""Using a card: the day it last served, whatever for; a year without one, and it is looked at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, update

from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.unit import Tx

_p = table(Patron).c
_USED = command(
    update(table(Patron)).where(_p.id == bindparam("patron")).values(last_used_at=bindparam("now"))
)


def note_use(tx: Tx, patron_id: int, now: datetime) -> None:
    """Note that a card served: a sign-in by any door, a page, a program, a loan, a renewal."""
    tx.run(_USED, patron=patron_id, now=now)
