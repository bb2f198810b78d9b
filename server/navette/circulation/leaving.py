"""Holds when a person leaves (E23) or when two descriptions become one (E19)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from navette.circulation.changing import end
from navette.circulation.facts import HoldRow
from navette.circulation.placing import check_no_duplicate
from navette.circulation.queue import order
from navette.circulation.rows import ACTIVE_OF_PATRON, HOLD_COLUMNS, LOCKED_HOLD, RECORD
from navette.circulation.states import ACTIVE, EndReason, HoldState, Trigger
from navette.circulation.tables import Hold
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import change, lock_work
from navette.errors import DuplicateHold, NotFound
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Tx

_h = table(Hold).c
_ON_RECORD = Query(
    select(*HOLD_COLUMNS)
    .where(_h.record_id == bindparam("record"), _h.state.in_(sorted(ACTIVE)))
    .order_by(_h.id)
    .with_for_update(key_share=True),
    HoldRow,
)
# Of two holds of one person the more advanced one stays.
_ADVANCE = (
    HoldState.WAITING,
    HoldState.TARGETED,
    HoldState.IN_TRANSIT,
    HoldState.PROCESSING,
    HoldState.READY,
)


def leave(tx: Tx, network: Network, now: datetime, patron_id: int, actor: str = "system") -> int:
    """Cancel every active hold of a person who leaves; copies go on at their next scan (E23)."""
    ended = 0
    works = sorted({h.work_id for h in tx.all(ACTIVE_OF_PATRON, patron=patron_id)})
    for work_id in works:
        lock_work(tx, work_id)
    for seen in tx.all(ACTIVE_OF_PATRON, patron=patron_id):
        hold = tx.first(LOCKED_HOLD, hold=seen.id)
        if hold is not None and hold.state in ACTIVE:
            end(tx, hold, Trigger.CANCEL, now, actor, EndReason.PATRON_CLOSED)
            ended += 1
    for work_id in works:
        retarget(tx, work_id, now, network, actor)
    return ended


def merge(
    tx: Tx, network: Network, now: datetime, *, from_record: int, into_record: int,
    actor: str = "system",
) -> int:  # fmt: skip
    """Take the holds of a record over to another, ranked by when they were placed (E19).

    A person with a hold on both keeps the more advanced one, at the older rank. The items are
    the caller's to move first. Returns how many holds went over.
    """
    source, target = (tx.first(RECORD, record=r) for r in (from_record, into_record))
    if source is None or target is None:
        raise NotFound
    for work_id in sorted({source.work_id, target.work_id}):
        lock_work(tx, work_id)
    moved = 0
    for hold in tx.all(_ON_RECORD, record=from_record):
        others = tx.all(_ON_RECORD, record=into_record)
        rivals = [h for h in others if h.patron_id == hold.patron_id]
        twin = _twin(rivals, hold, target.work_id, target.id)
        if twin is not None:
            hold = _collapse(tx, now, hold, twin, actor)  # noqa: PLW2901 - the one that stays
        if hold.record_id == from_record:
            own = {"target_id": target.id} if hold.level in {"record", "volume"} else {}
            change(tx, hold, record_id=target.id, work_id=target.work_id, **own)
            moved += 1
    for work_id in sorted({source.work_id, target.work_id}):
        retarget(tx, work_id, now, network, actor)
    return moved


def _twin(rivals: list[HoldRow], hold: HoldRow, work_id: int, record_id: int) -> HoldRow | None:
    try:
        check_no_duplicate(rivals, work_id, record_id, hold.level, hold.volume_key)
    except DuplicateHold as duplicate:
        return next(h for h in rivals if h.id == duplicate.hold_id)
    return None


def _collapse(tx: Tx, now: datetime, one: HoldRow, other: HoldRow, actor: str) -> HoldRow:
    """End the less advanced of two holds of one person; the other gets the older rank."""
    stays, goes = sorted(
        (one, other), key=lambda h: (-_ADVANCE.index(HoldState(h.state)), order(h))
    )
    ended = end(tx, goes, Trigger.CANCEL, now, actor, EndReason.DUPLICATE)
    if ended.placed_at < stays.placed_at:
        return change(tx, stays, placed_at=ended.placed_at)
    return stays
