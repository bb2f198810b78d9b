"""Declaring an item missing: pull list "introuvable", hold shelf, transit (T3, T8, E1)."""

from __future__ import annotations

import uuid
from datetime import datetime

from navette.circulation.causes import Cause
from navette.circulation.desk_wording import not_found
from navette.circulation.facts import ItemRow
from navette.circulation.finding import desk_of, item_in_hand, locked_item
from navette.circulation.item_views import item_view_of
from navette.circulation.refreshing import Event, later_anyway, refresh_work
from navette.circulation.rows import BOUND_HOLD, OPEN_LOAN_OF_ITEM, OPEN_TRANSIT_OF_ITEM
from navette.circulation.scan_before import before_scan
from navette.circulation.scan_effects import Effects
from navette.circulation.scan_facts import Desk, Found, gather
from navette.circulation.scan_log import remember
from navette.circulation.situation import Instruction
from navette.circulation.states import CAPTURED, ItemStatus, TransitState, Trigger
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import close_transit, move, move_item
from navette.errors import ItemOnLoan, WrongState
from navette.ils.views import Actor, ItemView, ScanResult
from navette.network.network import LibraryInfo, Network
from navette.storage.outbox import drop, put
from navette.storage.unit import Tx

REASON = "introuvable"
# Gone for good, or not here yet: it cannot be missed from a shelf.
NOWHERE = frozenset({ItemStatus.WITHDRAWN, ItemStatus.LOST, ItemStatus.ON_ORDER})


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

    Said twice, it changes nothing more; within ten minutes the desk can undo it like a scan.
    Raises ItemOnLoan, WrongState for what stands on no shelf, NotFound, UnknownBarcode,
    AmbiguousBarcode, Forbidden.
    """
    here = desk_of(network, actor, library)
    item = locked_item(tx, item_in_hand(tx, network, here, barcode, item_id))
    if tx.first(OPEN_LOAN_OF_ITEM, item=item.id) is not None:
        raise ItemOnLoan
    if item.status == ItemStatus.MISSING:
        return item_view_of(tx, network, item.id)
    if item.status in NOWHERE:
        raise WrongState(state=item.status, event="mark_missing")
    found = gather(tx, Desk(network, here, actor, now, now), item, confirm=True)
    transit = tx.first(OPEN_TRANSIT_OF_ITEM, item=item.id)
    if transit is not None:
        close_transit(tx, transit, now, TransitState.MISSING)
    hold = tx.first(BOUND_HOLD, item=item.id)
    anyway = later_anyway(tx, network, now, item.work_id) - {hold.id if hold else 0}
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
    gone = move_item(tx, item, now, status=ItemStatus.MISSING)
    retarget(tx, item.work_id, now, network)
    _remember(tx, network, now, actor, here, found, gone)
    refresh_work(tx, network, now, item.work_id, Event(Cause(REASON, here.id), anyway=anyway))
    return item_view_of(tx, network, item.id)


def _remember(
    tx: Tx, network: Network, now: datetime, actor: Actor, here: LibraryInfo, found: Found,
    gone: ItemRow,
) -> None:  # fmt: skip
    """Keep it among the scans of the desk, so that it can be undone as one (T18)."""
    if not actor.is_staff:
        return
    result = ScanResult(
        scan_id=uuid.uuid4().hex, instruction=str(Instruction.SET_ASIDE), destination=None, returned=False,
        item=item_view_of(tx, network, gone.id), hold_id=None, hold_state=None, shelf_place="",
        message=not_found(), slip="", at=now,
    )  # fmt: skip
    remember(
        tx, result, library_id=here.id, staff_id=actor.staff_id, scanned_at=None,
        item_version=gone.version, before=before_scan(tx, found, Effects(gone)),
    )  # fmt: skip
