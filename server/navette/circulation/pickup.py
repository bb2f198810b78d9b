"""Changing where a hold is collected (T15): E12 on its way, E13 once it stands ready."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from navette.circulation.changing import changed, drop_notices, tell_ready_again
from navette.circulation.facts import HoldRow, ItemRow
from navette.circulation.placing import check_items, pickup_library
from navette.circulation.promise import promised
from navette.circulation.promising import Supply, situation, supply_of
from navette.circulation.rows import HOLD, OPEN_TRANSIT_OF_ITEM, RECORD, item_row
from navette.circulation.shelf_places import place_again
from navette.circulation.states import HoldState, ItemStatus, TransitState, Trigger
from navette.circulation.tables import HoldEvent
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import (
    change,
    change_transit,
    close_transit,
    move,
    move_item,
    open_transit,
)
from navette.clock import local_date
from navette.errors import NotFound, WrongState
from navette.ils.views import Actor
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Tx

_e = table(HoldEvent).c
_STANDING = (str(HoldState.READY), str(HoldState.PROCESSING))
# The library on whose shelf the hold stood when its pickup was changed (E13: at most once).
_CHANGED_AWAY_FROM = Query(
    select(_e.library_id)
    .where(
        _e.hold_id == bindparam("hold"),
        _e.trigger == str(Trigger.CHANGE_PICKUP),
        _e.from_state.in_(_STANDING),
    )
    .order_by(_e.id.desc()),
    scalar,
)


def change_pickup(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    hold_id: int,
    pickup: str,
    *,
    key: str | None = None,
) -> int:
    """Collect it elsewhere; the rank is kept and the promise made anew."""

    def work(hold: HoldRow) -> None:
        library = pickup_library(network, pickup)
        if library.id == hold.pickup_library_id:
            return
        supply = supply_of(tx, network, hold.work_id)
        _check(tx, network, now, hold, library, supply)
        _change(tx, now, actor.name, hold, library)
        _promise_anew(tx, network, now, hold.id, library, supply)
        retarget(tx, hold.work_id, now, network)

    return changed(tx, now, actor, hold_id, "change_pickup", {"pickup": pickup.lower()}, key, work)


def _check(
    tx: Tx, network: Network, now: datetime, hold: HoldRow, library: LibraryInfo, supply: Supply
) -> None:
    if hold.item_id is not None:
        return  # a copy is chosen: it only has to travel
    record = tx.first(RECORD, record=hold.record_id)
    if record is None:
        raise NotFound
    check_items(
        supply.items, set(supply.bound), record, library, network, local_date(now),
        hold.volume_key, level=hold.level,
        item_id=hold.target_id if hold.level == "item" else None,
    )  # fmt: skip


def _change(tx: Tx, now: datetime, actor: str, hold: HoldRow, library: LibraryInfo) -> None:
    to: dict[str, Any] = {
        "pickup_library_id": library.id,
        "pickup_place_id": library.pickup_place_id,
    }
    match HoldState(hold.state):
        case HoldState.TARGETED if hold.item_id is not None:
            _from_targeted(tx, now, actor, hold, library, to)
        case HoldState.IN_TRANSIT if hold.item_id is not None:
            _on_the_way(tx, now, actor, hold, hold.item_id, to)
        case HoldState.READY | HoldState.PROCESSING:
            _from_the_shelf(tx, now, actor, hold, to)
        case _:
            move(tx, hold, Trigger.CHANGE_PICKUP, now, actor, reason="pickup_changed", **to)


def _from_targeted(
    tx: Tx, now: datetime, actor: str, hold: HoldRow, library: LibraryInfo, to: dict[str, Any]
) -> None:
    item = item_row(tx, hold.item_id or 0)
    if item.status == ItemStatus.IN_TRANSIT:  # E12: it lies in the crate it was taken out of
        open_transit(
            tx, item, now, origin_id=item.current_library_id, destination_id=library.id,
            cause="hold", hold_id=hold.id,
        )  # fmt: skip
        move(tx, hold, Trigger.BOX, now, actor, reason="pickup_changed", **to)
    elif item.status in {ItemStatus.ON_HOLD_SHELF, ItemStatus.PROCESSING}:
        _back_on_the_shelf(tx, now, actor, hold, item, library, to)
    else:
        move(tx, hold, Trigger.CHANGE_PICKUP, now, actor, reason="pickup_changed", **to)


def _back_on_the_shelf(
    tx: Tx, now: datetime, actor: str, hold: HoldRow, item: ItemRow, library: LibraryInfo,
    to: dict[str, Any],
) -> None:  # fmt: skip
    """Give a hold back the place it never left (E13); anywhere else is one change too many."""
    if library.id != item.current_library_id:
        raise WrongState(state=hold.state, event=str(Trigger.CHANGE_PICKUP))
    move_item(tx, item, now)  # something happened to it: the scan before is no longer undone (T18)
    if item.status != ItemStatus.ON_HOLD_SHELF:
        move(tx, hold, Trigger.CHANGE_BACK_UNVERIFIED, now, actor, deadline_before=None, **to)
        return
    again = move(
        tx, hold, Trigger.CHANGE_BACK, now, actor, pickup_deadline=hold.deadline_before,
        deadline_before=None, shelf_place=place_again(tx, library, hold.shelf_place), **to,
    )  # fmt: skip
    tell_ready_again(tx, again, now)


def _on_the_way(
    tx: Tx, now: datetime, actor: str, hold: HoldRow, item_id: int, to: dict[str, Any]
) -> None:
    """Re-address a crate that has not left (E12); what is on the van is forwarded on arrival."""
    destination = to["pickup_library_id"]
    transit = tx.first(OPEN_TRANSIT_OF_ITEM, item=item_id)
    if transit is not None and transit.state == TransitState.BOXED:
        # something happened to its crate: the scan before is no longer undone (T18)
        move_item(tx, item_row(tx, item_id), now)
        if transit.origin_id == destination:
            close_transit(tx, transit, now, TransitState.CANCELLED)
            move(
                tx, hold, Trigger.KEEP_HERE, now, actor, library_id=destination,
                reason="pickup_changed", targeted_at=now, target_until=None, **to,
            )  # fmt: skip
            return
        change_transit(tx, transit, destination_id=destination)
    # back to the shelf it stood on: its old deadline counts on arrival (E13), deadline.py
    back = hold.deadline_before and tx.first(_CHANGED_AWAY_FROM, hold=hold.id) == destination
    move(
        tx, hold, Trigger.CHANGE_PICKUP, now, actor, library_id=destination,
        reason="pickup_changed", note="new slip",
        pickup_deadline=hold.deadline_before if back else None, **to,
    )  # fmt: skip


def _from_the_shelf(tx: Tx, now: datetime, actor: str, hold: HoldRow, to: dict[str, Any]) -> None:
    if tx.first(_CHANGED_AWAY_FROM, hold=hold.id) is not None:
        raise WrongState(state=hold.state, event=str(Trigger.CHANGE_PICKUP))
    drop_notices(tx, hold, now, "pickup_changed")
    move(
        tx, hold, Trigger.CHANGE_PICKUP, now, actor, library_id=hold.pickup_library_id,
        reason="pickup_changed", targeted_at=now, target_until=None,
        deadline_before=hold.pickup_deadline, pickup_deadline=None, **to,
    )  # fmt: skip


def _promise_anew(
    tx: Tx, network: Network, now: datetime, hold_id: int, library: LibraryInfo, supply: Supply
) -> None:
    hold = tx.first(HOLD, hold=hold_id)
    if hold is None:
        raise NotFound
    items = [i for i in supply.items if hold.item_id is None or i.id == hold.item_id]
    items = [i for i in items if i.record_id == hold.record_id or hold.level == "work"]
    at = situation(supply, items, network, now, hold)
    made = promised(at, library, network, now)
    change(
        tx, hold, promised_likely_at=made.likely_at, promised_latest_on=made.latest_on,
        promised_for=made.reason,
        likely_at=made.likely_at, latest_on=made.latest_on,
    )  # fmt: skip
