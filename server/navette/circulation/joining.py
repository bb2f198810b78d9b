"""Two cards of one person become one: holds and loans follow, at the rank of their own day (E19)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, update

from navette.circulation.facts import HoldRow
from navette.circulation.merging import collapse, twin_of
from navette.circulation.rows import ACTIVE_OF_PATRON
from navette.circulation.tables import Hold, Loan
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import change, lock_work
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.unit import Tx

_l, _h = table(Loan).c, table(Hold).c
_LOANS = command(
    update(table(Loan))
    .where(_l.patron_id == bindparam("gone"))
    .values(patron_id=bindparam("stays"))
)
_ENDED = command(
    update(table(Hold))
    .where(_h.patron_id == bindparam("gone"))
    .values(patron_id=bindparam("stays"))
)


def join_patrons(
    tx: Tx, network: Network, now: datetime, actor: str, *, from_patron: int, into_patron: int
) -> tuple[int, int]:
    """Take holds and loans of one card over to another; return how many of each.

    Of two holds on the same thing the more advanced one stays, at the older rank. Works are
    locked first, by id (I6).
    """
    works = sorted({hold.work_id for hold in tx.all(ACTIVE_OF_PATRON, patron=from_patron)})
    for work_id in works:
        lock_work(tx, work_id)
    moved = sum(
        _follow(tx, now, actor, hold, into_patron)
        for hold in tx.all(ACTIVE_OF_PATRON, patron=from_patron)
    )
    loans = tx.run(_LOANS, gone=from_patron, stays=into_patron)
    tx.run(_ENDED, gone=from_patron, stays=into_patron)
    for work_id in works:
        retarget(tx, work_id, now, network, actor)
    return moved, loans


def _follow(tx: Tx, now: datetime, actor: str, hold: HoldRow, into_patron: int) -> bool:
    """Take one hold over; return whether it stays."""
    theirs = tx.all(ACTIVE_OF_PATRON, patron=into_patron)
    columns = {"record_id": hold.record_id, "work_id": hold.work_id}
    twin = twin_of(theirs, hold, columns)
    stays = hold if twin is None else collapse(tx, now, hold, twin, actor)
    if stays.patron_id != into_patron:
        change(tx, stays, patron_id=into_patron)
    return stays.id == hold.id
