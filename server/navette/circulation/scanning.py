"""One function for every scan: find the item, decide with `routing`, store, tell."""

from __future__ import annotations

import uuid
from datetime import datetime

from navette.circulation.causes import Cause
from navette.circulation.desk_wording import Scanned, message, slip
from navette.circulation.finding import desk_of, item_in_hand, locked_item
from navette.circulation.item_views import item_view_of
from navette.circulation.refreshing import Event, later_anyway, refresh_work
from navette.circulation.routing import route
from navette.circulation.rows import hold_row, item_row
from navette.circulation.scan_before import before_scan
from navette.circulation.scan_effects import carry_out
from navette.circulation.scan_facts import Desk, Found, gather, moment_of
from navette.circulation.scan_log import ScanRow, answer_of, forget, remember, scan_with_key
from navette.circulation.situation import Decision, Instruction, TransitAct
from navette.circulation.targeting_service import go_on, retarget
from navette.errors import BadInput
from navette.ils.views import Actor, ScanRequest, ScanResult
from navette.network.network import LibraryInfo, Network
from navette.storage.unit import Tx


def scan(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    request: ScanRequest,
    ready_window: int = 300,
) -> ScanResult:
    """Route one item in one transaction (CIRCULATION section 4).

    A repeated `scan_id` is answered as the first time; only a CONFIRM goes on when the same scan
    comes back confirmed. Raises Forbidden, UnknownBarcode, AmbiguousBarcode, NotFound, BadInput.
    """
    here = desk_of(network, actor, request.library)
    known = _known(tx, network, here, request)
    if known is not None:
        return answer_of(known)
    item_id = item_in_hand(tx, network, here, request.barcode, request.item_id)
    item = locked_item(tx, item_id)
    # the same request may have been answered while this one waited
    known = _known(tx, network, here, request)
    if known is not None:
        return answer_of(known)
    desk = Desk(network, here, actor, now, moment_of(request.scanned_at, now), ready_window)
    found = gather(tx, desk, item, confirm=request.confirm, by_machine=request.by_machine)
    return _settle(tx, desk, found, request, route(found.situation))


def _settle(
    tx: Tx, desk: Desk, found: Found, request: ScanRequest, decision: Decision
) -> ScanResult:
    """Carry the decision out, give what was freed to the next person, keep the answer."""
    anyway: frozenset[int] = frozenset()
    if decision.release is not None:
        anyway = later_anyway(tx, desk.network, desk.now, found.item.work_id)
    effects = carry_out(tx, desk, found, decision)
    if decision.changes and found.queue:
        retarget(tx, found.item.work_id, desk.now, desk.network)
    if decision.release is not None:
        if found.bound is not None:
            go_on(tx, found.bound, desk.now, desk.network)
        others = anyway - {found.bound.id if found.bound else 0}
        event = Event(Cause(decision.release.value, desk.here.id), anyway=others)
        refresh_work(tx, desk.network, desk.now, found.item.work_id, event)
    result = _result(tx, desk, found, request, decision)
    remember(
        tx,
        result,
        library_id=desk.here.id,
        staff_id=desk.actor.staff_id,
        scanned_at=request.scanned_at,
        item_version=item_row(tx, found.item.id).version,
        before=before_scan(tx, found, effects),
    )
    return result


def _known(
    tx: Tx, network: Network, here: LibraryInfo, request: ScanRequest
) -> ScanRow | None:  # fmt: skip
    """Return the scan that already carries this id; a CONFIRM now confirmed is taken up again.

    An id that served for another book, or at another desk, is refused: its answer would be wrong.
    """
    if not request.scan_id:
        return None
    known = scan_with_key(tx, request.scan_id)
    if known is not None and (
        known.library_id != here.id
        or known.item_id != item_in_hand(tx, network, here, request.barcode, request.item_id)
    ):
        raise BadInput("scanId", "used for another scan")
    if known is not None and known.instruction == Instruction.CONFIRM and request.confirm:
        forget(tx, known)
        return None
    return known


def _result(
    tx: Tx, desk: Desk, found: Found, request: ScanRequest, decision: Decision
) -> ScanResult:
    item = item_view_of(tx, desk.network, found.item.id)
    hold = None if decision.hold_id is None else hold_row(tx, decision.hold_id)
    there = None
    if decision.instruction is Instruction.CRATE and decision.destination is not None:
        there = desk.network.by_id(decision.destination)
    transit = found.transit
    still_boxed = decision.transit is TransitAct.KEEP
    scanned = Scanned(
        decision=decision,
        item=item,
        here=desk.here,
        destination=there,
        since=transit.boxed_at if transit and still_boxed else desk.moment,
        shelf_place=hold.shelf_place if hold else "",
        deadline=hold.pickup_deadline if hold else None,
        boxed_minutes=int((desk.moment - transit.boxed_at).total_seconds() // 60) if transit else 0,
        boxed_at_library=desk.network.by_id(transit.origin_id).short_name if transit else "",
    )
    return ScanResult(
        scan_id=request.scan_id or uuid.uuid4().hex,
        instruction=str(decision.instruction),
        destination=there.code if there else None,
        returned=decision.returned,
        item=item,
        hold_id=hold.id if hold else None,
        hold_state=hold.state if hold else None,
        shelf_place=scanned.shelf_place,
        message=message(scanned),
        slip=slip(scanned),
        at=desk.now,
    )
