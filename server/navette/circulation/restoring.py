"""Bringing a cancelled or expired hold back (T17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select

from navette.circulation.changing import changed, tell_ready_again
from navette.circulation.facts import HoldRow, ItemRow
from navette.circulation.household import check_household_holds
from navette.circulation.placing import (
    FIRST_DUE,
    check_items,
    check_no_duplicate,
    counted,
)
from navette.circulation.policy import check_card, check_hold_limit
from navette.circulation.promising import supply_of
from navette.circulation.rows import ACTIVE_OF_PATRON, BOUND_HOLD, ITEM, LOCKED_PATRON, RECORD
from navette.circulation.shelf_places import place_again
from navette.circulation.states import HoldState, ItemStatus, Trigger, next_state
from navette.circulation.tables import HoldEvent
from navette.circulation.targeting_service import go_on, retarget
from navette.circulation.transitions import move
from navette.clock import local_date
from navette.errors import NotFound, WrongState
from navette.ils.views import Actor
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Tx

RESTORABLE = timedelta(days=7)
SECOND_THOUGHTS = timedelta(minutes=10)
_e = table(HoldEvent).c


class Ending(NamedTuple):
    """From which state a hold ended, and the copy it had then."""

    from_state: str | None
    to_state: str
    item_id: int | None


_LAST_EVENT = Query(
    select(_e.from_state, _e.to_state, _e.item_id)
    .where(_e.hold_id == bindparam("hold"))
    .order_by(_e.id.desc()),
    Ending,
)


def restore(
    tx: Tx, network: Network, now: datetime, actor: Actor, hold_id: int, key: str | None = None
) -> int:
    """Bring it back: READY while its copy still lies on that shelf, else WAITING.

    Staff within seven days, a patron within ten minutes; the old rank within ten minutes, else
    a new one. Raises WrongState, DuplicateHold, HoldLimitReached, NotReservable.
    """

    def work(hold: HoldRow) -> None:
        _check_time(hold, now, actor)
        _check_rules(tx, network, now, hold)
        item = _still_on_the_shelf(tx, hold, now)
        fresh = now - (hold.ended_at or now) <= SECOND_THOUGHTS
        placed_at = hold.placed_at if fresh else now
        if item is not None:
            library = network.by_id(hold.pickup_library_id)
            again = move(
                tx, hold, Trigger.RESTORE_READY, now, actor.name, item_id=item.id,
                library_id=library.id, placed_at=placed_at,
                shelf_place=place_again(tx, library, hold.shelf_place),
            )  # fmt: skip
            tell_ready_again(tx, again, now)
            go_on(tx, hold, now, network)
            return
        move(tx, hold, Trigger.RESTORE, now, actor.name, placed_at=placed_at)
        retarget(tx, hold.work_id, now, network)
        go_on(tx, hold, now, network)

    return changed(tx, now, actor, hold_id, "restore_hold", {}, key, work)


def _check_time(hold: HoldRow, now: datetime, actor: Actor) -> None:
    next_state(hold.state, Trigger.RESTORE)
    longest = SECOND_THOUGHTS if actor.kind == "patron" else RESTORABLE
    if hold.ended_at is None or now - hold.ended_at > longest:
        raise WrongState(state=hold.state, event=str(Trigger.RESTORE))


def _check_rules(tx: Tx, network: Network, now: datetime, hold: HoldRow) -> None:
    today = local_date(now)
    record = tx.first(RECORD, record=hold.record_id)
    if record is None:
        raise NotFound
    supply = supply_of(tx, network, hold.work_id)
    check_items(
        supply.items, set(supply.bound), record, network.by_id(hold.pickup_library_id),
        network, today, hold.volume_key, level=hold.level,
        item_id=hold.target_id if hold.level == "item" else None,
    )  # fmt: skip
    patron = tx.first(LOCKED_PATRON, patron=hold.patron_id)
    if patron is None or patron.closed_at is not None:
        raise NotFound
    check_card(patron, tx.one(FIRST_DUE, patron=patron.id), network, today)
    held = tx.all(ACTIVE_OF_PATRON, patron=patron.id)
    check_no_duplicate(held, hold.work_id, hold.record_id, hold.level, hold.volume_key)
    check_hold_limit(patron, counted([*held, hold]) - 1, network)
    if all(h.chain_id is None or h.chain_id != hold.chain_id for h in held):
        check_household_holds(tx, patron, network)


def _still_on_the_shelf(tx: Tx, hold: HoldRow, now: datetime) -> ItemRow | None:
    """Return the copy that still lies, for nobody, where the hold was READY."""
    ending = tx.first(_LAST_EVENT, hold=hold.id)
    if ending is None or ending.from_state != HoldState.READY or ending.item_id is None:
        return None
    if hold.pickup_deadline is None or local_date(hold.pickup_deadline) < local_date(now):
        return None
    item = tx.first(ITEM, item=ending.item_id)
    lies_there = (
        item is not None
        and item.status == ItemStatus.ON_HOLD_SHELF
        and item.current_library_id == hold.pickup_library_id
        and tx.first(BOUND_HOLD, item=ending.item_id) is None
    )
    return item if lies_there else None
