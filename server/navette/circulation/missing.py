"""Declaring an item missing: pull list "introuvable", hold shelf, transit (T3, T8, E1)."""

from __future__ import annotations

from datetime import datetime

from navette.circulation.finding import desk_of, item_in_hand, locked_item
from navette.circulation.item_views import item_view_of
from navette.circulation.rows import BOUND_HOLD, OPEN_LOAN_OF_ITEM, OPEN_TRANSIT_OF_ITEM
from navette.circulation.states import CAPTURED, ItemStatus, TransitState, Trigger
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import close_transit, move, move_item
from navette.errors import ItemOnLoan
from navette.ils.views import Actor, ItemView
from navette.network.network import Network
from navette.storage.outbox import drop, put
from navette.storage.unit import Tx

REASON = "introuvable"


def mark_missing(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    library: str,
    barcode: str = "",
    item_id: int | None = None,
) -> ItemView:
    """Make the item MISSING, its hold WAITING at the same rank, and target another copy.

    Said twice, it changes nothing more. Raises ItemOnLoan, NotFound, UnknownBarcode,
    AmbiguousBarcode, Forbidden.
    """
    here = desk_of(network, actor, library)
    item = locked_item(tx, item_in_hand(tx, network, here, barcode, item_id))
    if tx.first(OPEN_LOAN_OF_ITEM, item=item.id) is not None:
        raise ItemOnLoan
    if item.status == ItemStatus.MISSING:
        return item_view_of(tx, network, item.id)
    transit = tx.first(OPEN_TRANSIT_OF_ITEM, item=item.id)
    if transit is not None:
        close_transit(tx, transit, now, TransitState.MISSING)
    hold = tx.first(BOUND_HOLD, item=item.id)
    if hold is not None:
        captured = hold.state in CAPTURED
        drop(tx, hold.id, "ready", now, REASON)
        moved = move(
            tx, hold, Trigger.LOSE if captured else Trigger.UNTARGET, now, actor.name,
            library_id=here.id, reason=REASON,
        )  # fmt: skip
        if captured:
            put(
                tx, "later", f"later:{moved.id}:{moved.version}", now=now,
                patron_id=moved.patron_id, hold_id=moved.id,
            )  # fmt: skip
    move_item(tx, item, now, status=ItemStatus.MISSING)
    retarget(tx, item.work_id, now, network)
    return item_view_of(tx, network, item.id)
