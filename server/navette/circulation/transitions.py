"""The one door through which a hold, an item or a transit changes.

A hold moves by compare-and-swap on (state, version), an item on its version: of two desks one
wins, the other gets Conflict (CIRCULATION I6). Each move of a hold leaves a line of history.
Every record whose availability changed is noted in the change feed and grows a version, so
that search indexes and drawn cards follow. Take the work's lock (`lock_work`) first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from navette.catalogue.tables import Item, Record
from navette.circulation.chains import tell_next_link
from navette.circulation.facts import HoldRow, ItemRow, TransitRow
from navette.circulation.rows import HOLD_COLUMNS, ITEM, LOCKED_WORK, TRANSIT_COLUMNS
from navette.circulation.states import (
    ACTIVE,
    BOUND,
    UNFULFILLED,
    EndReason,
    HoldState,
    ItemStatus,
    TransitState,
    Trigger,
    next_state,
    state_before,
)
from navette.circulation.tables import Hold, HoldEvent, Transit
from navette.errors import Conflict, NotFound
from navette.storage.base import table
from navette.storage.changes import note
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Tx

_h, _i, _t, _r = table(Hold).c, table(Item).c, table(Transit).c, table(Record).c


class Keep:
    """Says of a value that it stays as it is."""


KEEP: Final = Keep()
# What a hold forgets when it goes back to the queue.
_FORGOTTEN: dict[str, Any] = {
    "targeted_at": None,
    "target_until": None,
    "ready_at": None,
    "pickup_deadline": None,
    "deadline_before": None,
    "shelf_place": "",
    "announced_at": None,
}
# Who has a copy waits no more: a pause that was over is forgotten, and since when there was no hope.
_AWAKE: dict[str, Any] = {"suspended": False, "suspended_until": None, "hopeless_since": None}
_UNENDED: dict[str, Any] = {"end_reason": None, "ended_at": None, "hopeless_since": None}
_TOUCH = Query(
    update(table(Record))
    .where(_r.id.in_(select(_i.record_id).where(_i.id.in_(bindparam("items", expanding=True)))))
    .values(version=_r.version + 1)
    .returning(_r.id),
    scalar,
)
_TOUCH_RECORD = command(
    update(table(Record)).where(_r.id == bindparam("record")).values(version=_r.version + 1)
)


def lock_work(tx: Tx, work_id: int) -> None:
    """Serialise everything that decides about a work (I6); the first lock to take."""
    if tx.first(LOCKED_WORK, work=work_id) is None:
        raise NotFound


def move(
    tx: Tx,
    hold: HoldRow,
    trigger: Trigger,
    now: datetime,
    actor: str,
    *,
    library_id: int | None = None,
    item_id: int | Keep | None = KEEP,
    reason: str = "",
    note: str = "",
    end_reason: EndReason | str | None = None,
    back_to: str | None = None,
    touching: bool = True,
    **columns: Any,
) -> HoldRow:
    """Move a hold along the table of states; returns it as it is now.

    `item_id` binds a copy; leaving the bound states empties it. `back_to` is for UNDO only. Not
    `touching`: the caller says by `touch` what became free or bound, once for many moves.
    `columns` are other columns to set. Raises WrongState, or Conflict when somebody else moved
    the hold first.
    """
    to = (
        state_before(hold.state, back_to)
        if trigger is Trigger.UNDO and back_to is not None
        else next_state(hold.state, trigger)
    )
    item = _item_after(hold, to, item_id)
    changes = {**_implied(hold, to, now, end_reason), **columns, "state": str(to), "item_id": item}
    moved = _swap(tx, hold, changes)
    write_event(
        tx, moved, trigger, now, actor, from_state=hold.state, library_id=library_id,
        item_id=item if item is not None else hold.item_id, reason=reason, note=note,
    )  # fmt: skip
    if hold.chain_id is not None and to in UNFULFILLED:
        tell_next_link(tx, moved, now, actor)
    touched = [i for i in (hold.item_id, item) if i is not None]
    if touching and touched and hold.item_id != item:
        touch(tx, touched, now)
    elif HoldState.WAITING in {hold.state, to} or moved.suspended != hold.suspended:
        _queue_changed(tx, moved.record_id, now)
    return moved


def _queue_changed(tx: Tx, record_id: int, now: datetime) -> None:
    """Tell the indexes: how many wait is part of how soon one may have it."""
    note(tx, "record", [record_id], now)


def change(tx: Tx, hold: HoldRow, **columns: Any) -> HoldRow:
    """Set columns of a hold that are no state (a promise, an announcement); raises Conflict."""
    if "state" in columns or "item_id" in columns:
        message = "a state or a binding changes by move()"
        raise ValueError(message)
    return _swap(tx, hold, columns)


def write_event(
    tx: Tx,
    hold: HoldRow,
    trigger: Trigger,
    now: datetime,
    actor: str,
    *,
    from_state: str | None,
    library_id: int | None = None,
    item_id: int | None = None,
    reason: str = "",
    note: str = "",
) -> None:
    """Append a line to the history of a hold."""
    tx.insert(
        HoldEvent, hold_id=hold.id, at=now, actor=actor, library_id=library_id,
        from_state=from_state, to_state=hold.state, trigger=str(trigger), item_id=item_id,
        reason=reason, note=note,
    )  # fmt: skip


def move_item(
    tx: Tx,
    item: ItemRow,
    now: datetime,
    *,
    status: ItemStatus | None = None,
    current_library_id: int | None = None,
    **columns: Any,
) -> ItemRow:
    """Change an item (only a scan or an audited correction may, I5); raises Conflict.

    A status other than PROCESSING forgets the cause of processing.
    """
    changes = dict(columns)
    if status is not None:
        changes["status"] = str(status)
        if status is not ItemStatus.PROCESSING:
            changes.setdefault("processing_cause", None)
    if current_library_id is not None:
        changes["current_library_id"] = current_library_id
    if tx.run(_item_swap(tuple(changes)), the_id=item.id, seen=item.version, **_new(changes)) != 1:
        raise Conflict
    tx.run(_TOUCH_RECORD, record=item.record_id)
    note(tx, "record", [item.record_id], now)
    moved = tx.first(ITEM, item=item.id)
    if moved is None:
        raise Conflict
    return moved


def open_transit(
    tx: Tx,
    item: ItemRow,
    now: datetime,
    *,
    origin_id: int,
    destination_id: int,
    cause: str,
    hold_id: int | None = None,
) -> TransitRow:
    """Box an item for another library; `cause` is hold, home or other. One open at a time (I2)."""
    transit = TransitRow(
        id=0, item_id=item.id, origin_id=origin_id, destination_id=destination_id, cause=cause,
        hold_id=hold_id, state=str(TransitState.BOXED), misrouted=0, van_run_id=None,
        boxed_at=now, loaded_at=None, closed_at=None,
    )  # fmt: skip
    values = transit._asdict()
    del values["id"]
    return transit._replace(id=tx.insert(Transit, **values))


def close_transit(tx: Tx, transit: TransitRow, now: datetime, state: TransitState) -> TransitRow:
    """End a journey: RECEIVED, CANCELLED or MISSING; raises Conflict when already closed."""
    return change_transit(tx, transit, state=str(state), closed_at=now)


def change_transit(tx: Tx, transit: TransitRow, **columns: Any) -> TransitRow:
    """Change an open transit (destination, hold, misrouted count...); raises Conflict."""
    found = tx.all(
        _transit_swap(tuple(columns)), the_id=transit.id, seen=transit.state, **_new(columns)
    )
    if not found:
        raise Conflict
    return found[0]


def touch(tx: Tx, item_ids: Sequence[int], now: datetime) -> None:
    """Say that what is where changed for the records of these items."""
    note(tx, "record", sorted(tx.all(_TOUCH, items=item_ids)), now)


def _item_after(hold: HoldRow, to: HoldState, item_id: int | Keep | None) -> int | None:
    if to not in BOUND:
        return None
    item = hold.item_id if isinstance(item_id, Keep) else item_id
    if item is None:
        message = f"a hold that is {to} needs an item"
        raise ValueError(message)
    return item


def _implied(hold: HoldRow, to: HoldState, now: datetime, end_reason: str | None) -> dict[str, Any]:
    """Return the columns that follow from the new state alone."""
    if to not in ACTIVE:
        return {"end_reason": end_reason and str(end_reason), "ended_at": now}
    revived = {} if hold.state in ACTIVE else _UNENDED
    return {**(_FORGOTTEN if to is HoldState.WAITING else _AWAKE), **revived}


def _new(values: dict[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


def _swap(tx: Tx, hold: HoldRow, changes: dict[str, Any]) -> HoldRow:
    statement = _hold_swap(tuple(changes))
    found = tx.all(
        statement, the_id=hold.id, seen=hold.version, seen_state=hold.state, **_new(changes)
    )
    if not found:
        raise Conflict
    return found[0]


@lru_cache(maxsize=128)
def _hold_swap(names: tuple[str, ...]) -> Query[HoldRow]:
    return Query(
        update(table(Hold))
        .where(
            _h.id == bindparam("the_id"),
            _h.state == bindparam("seen_state"),
            _h.version == bindparam("seen"),
        )
        .values({**{n: bindparam(f"new_{n}") for n in names}, "version": _h.version + 1})
        .returning(*HOLD_COLUMNS),
        HoldRow,
    )


@lru_cache(maxsize=64)
def _item_swap(names: tuple[str, ...]) -> Query[Any]:
    return command(
        update(table(Item))
        .where(_i.id == bindparam("the_id"), _i.version == bindparam("seen"))
        .values({**{n: bindparam(f"new_{n}") for n in names}, "version": _i.version + 1})
    )


@lru_cache(maxsize=64)
def _transit_swap(names: tuple[str, ...]) -> Query[TransitRow]:
    return Query(
        update(table(Transit))
        .where(_t.id == bindparam("the_id"), _t.state == bindparam("seen"))
        .values({n: bindparam(f"new_{n}") for n in names})
        .returning(*TRANSIT_COLUMNS),
        TransitRow,
    )
