"""Withdrawing: a consent that ends takes with it what it had allowed, at once."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, update

from navette.notifications.tables import PushSubscription
from navette.patrons.tables import Patron, Reading
from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.unit import Tx

PUSH, HISTORY = "push", "history"
_s, _p, _r = table(PushSubscription).c, table(Patron).c, table(Reading).c
_NO_ALERTS = command(delete(table(PushSubscription)).where(_s.patron_id == bindparam("child")))
_NO_LIST = command(delete(table(Reading)).where(_r.patron_id == bindparam("child")))
_OFF = command(update(table(Patron)).where(_p.id == bindparam("child")).values(history_since=None))


def stop(tx: Tx, child_id: int, what: str) -> None:
    """Take away what the consent had allowed: the phones that are told, or the list of readings."""
    if what == PUSH:
        tx.run(_NO_ALERTS, child=child_id)
    if what == HISTORY:
        stop_history(tx, child_id)


def stop_history(tx: Tx, patron_id: int) -> int:
    """Turn the list of readings off and erase it; return how many lines are gone."""
    tx.run(_OFF, child=patron_id)
    return tx.run(_NO_LIST, child=patron_id)
