"""Records that become one, are parted or change their work: copies, loans, holds follow (E19).

The catalogue decides which descriptions belong together; what circulates goes with them here, in
the same transaction. Locks: works by id, then items by id, then holds (I6).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from navette.catalogue.tables import Item, Record
from navette.circulation.changing import end
from navette.circulation.facts import HoldRow, RecordRow
from navette.circulation.placing import check_no_duplicate
from navette.circulation.queue import order
from navette.circulation.rows import (
    ACTIVE_OF_PATRON,
    HOLD_COLUMNS,
    LOCKED_ACTIVE_OF_WORK,
    RECORD,
)
from navette.circulation.states import ACTIVE, CAPTURED, EndReason, HoldState, Trigger
from navette.circulation.tables import Hold, Loan
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import change, lock_work
from navette.errors import BadInput, DuplicateHold, NotFound
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.changes import note
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Tx

_h, _i, _l, _r = table(Hold).c, table(Item).c, table(Loan).c, table(Record).c
_ON_RECORD = Query(
    select(*HOLD_COLUMNS)
    .where(_h.record_id == bindparam("record"), _h.state.in_(sorted(ACTIVE)))
    .order_by(_h.id)
    .with_for_update(key_share=True),
    HoldRow,
)
_LOCKED_ITEMS = Query(
    select(_i.id)
    .where(_i.record_id.in_(bindparam("records", expanding=True)))
    .order_by(_i.id)
    .with_for_update(key_share=True),
    scalar,
)
_ON_ITEMS = Query(
    select(*HOLD_COLUMNS)
    .where(_h.item_id.in_(bindparam("items", expanding=True)), _h.state.in_(sorted(CAPTURED)))
    .order_by(_h.id)
    .with_for_update(key_share=True),
    HoldRow,
)
_OTHER_RECORDS = Query(
    select(_r.id)
    .where(_r.work_id == bindparam("work"), _r.id != bindparam("record"), _r.hidden.is_(False))
    .order_by(_r.id)
    .limit(1),
    scalar,
)
_MOVE_ITEMS = command(
    update(table(Item))
    .where(_i.id.in_(bindparam("items", expanding=True)))
    .values(record_id=bindparam("into"), version=_i.version + 1)
)
_MOVE_LOANS = command(
    update(table(Loan))
    .where(_l.item_id.in_(bindparam("items", expanding=True)))
    .values(record_id=bindparam("into"))
)
_HIDE = command(
    update(table(Record))
    .where(_r.id == bindparam("record"))
    .values(hidden=True, merged_into=bindparam("into"), version=_r.version + 1)
)
_LEAD_ON = command(
    update(table(Record))
    .where(_r.merged_into == bindparam("record"))
    .values(merged_into=bindparam("into"))
)
_GROW = command(
    update(table(Record)).where(_r.id == bindparam("record")).values(version=_r.version + 1)
)
_COUNT = command(
    update(table(Record))
    .where(_r.id == bindparam("into"))
    .values(
        loans=select(func.coalesce(func.sum(_i.loans), 0))
        .where(_i.record_id == bindparam("into"))
        .scalar_subquery()
    )
)
_TO_WORK = command(
    update(table(Record))
    .where(_r.id == bindparam("record"))
    .values(work_id=bindparam("work"), version=_r.version + 1)
)
# Of two holds of one person the more advanced one stays.
_ADVANCE = (
    HoldState.WAITING,
    HoldState.TARGETED,
    HoldState.IN_TRANSIT,
    HoldState.PROCESSING,
    HoldState.READY,
)


def merge_records(
    tx: Tx, network: Network, now: datetime, actor: str, *, from_record: int, into_record: int
) -> int:
    """Take copies, loans and holds of a record over to another, and hide the emptied one (E19).

    Holds keep the rank of the day they were placed. A person with a hold on both keeps the more
    advanced one, at the older rank. Returns how many holds went over; raises NotFound, BadInput.
    """
    if from_record == into_record:
        raise BadInput("into_record", "the same record")
    source, target = _locked(tx, from_record, into_record)
    items = tx.all(_LOCKED_ITEMS, records=sorted({from_record, into_record}))
    moving = [i for i in items if tx.one(_RECORD_OF_ITEM, item=i) == from_record]
    _move_items(tx, moving, from_record, into_record)
    held = [h for h in tx.all(_ON_RECORD, record=from_record) if h.state in ACTIVE]
    moved = sum(_follow(tx, now, actor, hold.id, source, target) for hold in held)
    tx.run(_HIDE, record=from_record, into=into_record)
    # What was emptied into this one before leads on to where it went.
    tx.run(_LEAD_ON, record=from_record, into=into_record)
    _settle(tx, network, now, actor, source, target)
    return moved


def part_items(
    tx: Tx, network: Network, now: datetime, actor: str, *, item_ids: Collection[int],
    into_record: int,
) -> int:  # fmt: skip
    """Take some copies of a record out into another one: they were two publications after all.

    A hold whose copy was captured for it follows that copy; one that was only looking for it
    looks for another. Returns how many holds went over. Raises NotFound, BadInput.
    """
    if not item_ids:
        raise BadInput("item_ids", "none")
    records = {tx.first(_RECORD_OF_ITEM, item=i) for i in item_ids}
    from_record = records.pop()
    if from_record is None:
        raise NotFound
    if records or from_record == into_record:
        raise BadInput("item_ids", "of one record, into another")
    source, target = _locked(tx, from_record, into_record)
    tx.all(_LOCKED_ITEMS, records=sorted({from_record, into_record}))
    _move_items(tx, sorted(item_ids), from_record, into_record)
    captured = tx.all(_ON_ITEMS, items=sorted(item_ids))
    moved = sum(
        _follow(tx, now, actor, hold.id, source, target)
        for hold in captured
        if hold.level in {"record", "volume"}
    )
    _settle(tx, network, now, actor, source, target)
    return moved


def move_to_work(
    tx: Tx, network: Network, now: datetime, actor: str, *, record_id: int, into_work: int
) -> int:
    """Group a record with the editions of another work; its holds go with it.

    A hold on any edition of the old work stays there while that work has another record.
    """
    record = tx.first(RECORD, record=record_id)
    if record is None:
        raise NotFound
    if record.work_id == into_work:
        return 0
    for work_id in sorted({record.work_id, into_work}):
        lock_work(tx, work_id)
    tx.run(_TO_WORK, record=record_id, work=into_work)
    target = record._replace(work_id=into_work)
    held = tx.all(_ON_RECORD, record=record_id)
    moved = sum(_follow(tx, now, actor, hold.id, record, target) for hold in held)
    _settle(tx, network, now, actor, record, target)
    return moved


_RECORD_OF_ITEM = Query(select(_i.record_id).where(_i.id == bindparam("item")), scalar)


def _locked(tx: Tx, from_record: int, into_record: int) -> tuple[RecordRow, RecordRow]:
    source, target = (tx.first(RECORD, record=r) for r in (from_record, into_record))
    if source is None or target is None:
        raise NotFound
    for work_id in sorted({source.work_id, target.work_id}):
        lock_work(tx, work_id)
    return source, target


def _move_items(tx: Tx, items: Sequence[int], from_record: int, into_record: int) -> None:
    if items:
        tx.run(_MOVE_ITEMS, items=items, into=into_record)
        tx.run(_MOVE_LOANS, items=items, into=into_record)
    for record in (from_record, into_record):
        tx.run(_COUNT, into=record)


def _follow(
    tx: Tx, now: datetime, actor: str, hold_id: int, source: RecordRow, target: RecordRow
) -> bool:
    """Take one hold over; return whether it went (and was not collapsed into another)."""
    hold = _fresh(tx, hold_id, source.work_id)
    if hold is None:
        return False
    columns = _columns(tx, hold, source, target)
    mine = [h for h in tx.all(ACTIVE_OF_PATRON, patron=hold.patron_id) if h.id != hold.id]
    twin = twin_of(mine, hold, columns)
    if twin is not None:
        hold = collapse(tx, now, hold, twin, actor)
    if hold.id != hold_id:
        return False
    change(tx, hold, **columns)
    return True


def _fresh(tx: Tx, hold_id: int, work_id: int) -> HoldRow | None:
    """Return a hold as it is now: it may have been collapsed into another a moment ago."""
    return next((h for h in tx.all(LOCKED_ACTIVE_OF_WORK, work=work_id) if h.id == hold_id), None)


def _columns(tx: Tx, hold: HoldRow, source: RecordRow, target: RecordRow) -> dict[str, int]:
    """Return what a hold points to afterwards."""
    if hold.level != "work":
        own = {"target_id": target.id} if hold.level in {"record", "volume"} else {}
        return {"record_id": target.id, "work_id": target.work_id, **own}
    left = tx.first(_OTHER_RECORDS, work=source.work_id, record=source.id)
    if source.work_id != target.work_id and left is not None:
        return {"record_id": left, "work_id": source.work_id, "target_id": source.work_id}
    return {"record_id": target.id, "work_id": target.work_id, "target_id": target.work_id}


def twin_of(mine: list[HoldRow], hold: HoldRow, columns: dict[str, int]) -> HoldRow | None:
    """Return the hold of the same person that asks for the same thing now."""
    others = [h for h in mine if h.level != "item"]
    if hold.level == "item":
        return None
    try:
        check_no_duplicate(
            others, columns["work_id"], columns["record_id"], hold.level, hold.volume_key
        )
    except DuplicateHold as duplicate:
        return next(h for h in others if h.id == duplicate.hold_id)
    return None


def collapse(tx: Tx, now: datetime, one: HoldRow, other: HoldRow, actor: str) -> HoldRow:
    """End the less advanced of two holds of one person; the other gets the older rank."""
    stays, goes = sorted(
        (one, other), key=lambda h: (-_ADVANCE.index(HoldState(h.state)), order(h))
    )
    ended = end(tx, goes, Trigger.CANCEL, now, actor, EndReason.DUPLICATE)
    if ended.placed_at < stays.placed_at:
        return change(tx, stays, placed_at=ended.placed_at)
    return stays


def _settle(
    tx: Tx, network: Network, now: datetime, actor: str, source: RecordRow, target: RecordRow
) -> None:
    """Let indexes and drawn cards follow, and find copies for whoever can be served now."""
    for record in {source.id, target.id}:
        tx.run(_GROW, record=record)
    note(tx, "record", sorted({source.id, target.id}), now)
    for work_id in sorted({source.work_id, target.work_id}):
        retarget(tx, work_id, now, network, actor)
