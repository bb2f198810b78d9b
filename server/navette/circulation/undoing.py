"""Undo a scan of this desk (T18): a compensating transition, reason "erreur de scan"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from navette.circulation.changing import tell_ready_again
from navette.circulation.claims import claim_again
from navette.circulation.deadline import extended
from navette.circulation.desk_wording import undo_reason, undone
from navette.circulation.facts import HoldRow, ItemRow
from navette.circulation.finding import desk_of, locked_item
from navette.circulation.item_views import item_view_of
from navette.circulation.lateness import Paused, undo_pause
from navette.circulation.loans import reopen
from navette.circulation.rows import (
    BOUND_HOLD,
    OPEN_TRANSIT_OF_ITEM,
    TRANSIT,
    hold_row,
    item_row,
)
from navette.circulation.scan_before import instant, restored
from navette.circulation.scan_log import (
    ScanRow,
    answer_of,
    changed_something,
    mark_undone,
    repeated_by,
    scan_with_key,
)
from navette.circulation.shelf_places import place_again
from navette.circulation.states import BOUND, HoldState, ItemStatus, TransitState, Trigger
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import (
    change,
    change_transit,
    close_transit,
    move,
    move_item,
)
from navette.clock import local_date
from navette.errors import NotFound, WrongState
from navette.ils.views import Actor, ScanResult
from navette.network.network import Network
from navette.storage.outbox import drop, put
from navette.storage.unit import Tx

UNDOABLE_FOR = timedelta(minutes=10)
EVENT = "undo_scan"
FETCHABLE = frozenset(
    {
        ItemStatus.AVAILABLE,
        ItemStatus.TO_RESHELVE,
        ItemStatus.IN_TRANSIT,
        ItemStatus.ON_HOLD_SHELF,
        ItemStatus.PROCESSING,
    }
)


def undo_scan(tx: Tx, network: Network, now: datetime, actor: Actor, scan_id: str) -> ScanResult:
    """Bring back the state before the scan; a second undo gives the first answer.

    A scan that only repeated another (a double beep) stands for the one it repeats.

    Raises NotFound for a scan of another desk, WrongState when ten minutes have passed or when
    something has happened to the item since.
    """
    scan = _scan_of(tx, network, actor, scan_id)
    item = locked_item(tx, scan.item_id)
    scan = _scan_of(tx, network, actor, scan_id)
    if scan.undone_at is None:
        meant = scan if changed_something(scan) else repeated_by(tx, scan) or scan
        _check(tx, meant, item, now)
        if changed_something(meant):
            _bring_back(tx, network, now, actor, meant, item)
        for one in {meant.id: meant, scan.id: scan}.values():
            mark_undone(tx, one, now)
    answer = answer_of(scan)
    state = hold_row(tx, answer.hold_id).state if answer.hold_id else None
    view = item_view_of(tx, network, scan.item_id)
    return replace(answer, item=view, hold_state=state, message=undone(), slip="", undone=True)


def _scan_of(tx: Tx, network: Network, actor: Actor, scan_id: str) -> ScanRow:
    """Return a scan made by this person or at this desk (its door)."""
    scan = scan_with_key(tx, scan_id)
    if scan is None:
        raise NotFound
    own = actor.staff_id is not None and scan.staff_id == actor.staff_id
    if not own and actor.kind != "system" and scan.library_id != desk_of(network, actor, "").id:
        raise NotFound
    return scan


def _check(tx: Tx, scan: ScanRow, item: ItemRow, now: datetime) -> None:
    """Raise WrongState when it is too late, or something has happened to the item since."""
    touched = item.version != scan.item_version
    if touched or now - scan.at > UNDOABLE_FOR or _hold_went_on(tx, scan, item):
        raise WrongState(state=item.status, event=EVENT)


def _hold_went_on(tx: Tx, scan: ScanRow, item: ItemRow) -> bool:
    """Return whether the hold that got this item was cancelled, passed or changed since."""
    return any(
        told["after"]["item_id"] == item.id and _touched(hold_row(tx, told["id"]), told)
        for told in scan.before["holds"]
    )


def _touched(hold: HoldRow, told: Mapping[str, Any]) -> bool:
    """Return whether a hold is no longer as the scan left it."""
    after, before = told["after"], told["before"]
    left = (after["state"], after["item_id"], before["pickup_library_id"])
    paused_since = hold.suspended and not before.get("suspended")
    return paused_since or (hold.state, hold.item_id, hold.pickup_library_id) != left


def _bring_back(
    tx: Tx, network: Network, now: datetime, actor: Actor, scan: ScanRow, item: ItemRow
) -> None:
    """Undo in the opposite order: holds let go, transits, loan, item, holds as they were."""
    before = scan.before
    freed = _unbind(tx, now, actor, scan)
    since = tx.first(BOUND_HOLD, item=item.id)
    if since is not None and since.state == HoldState.TARGETED:
        _undo_to(tx, now, actor, scan, since, HoldState.WAITING)
    _bring_transits_back(tx, now, before)
    if before["loan"] is not None:
        reopen(tx, before["loan"], network, local_date(now))
        claim_again(tx, before["loan"])
    for older in before.get("overtaken", ()):
        hold = hold_row(tx, older)
        change(tx, hold, overtaken=max(0, hold.overtaken - 1))
    if before.get("paused"):
        patron, was, until = before["paused"]
        undo_pause(tx, Paused(patron, was and date.fromisoformat(was), date.fromisoformat(until)))
    move_item(
        tx, item, now, status=ItemStatus(before["item"]["status"]),
        current_library_id=before["item"]["current_library_id"],
        processing_cause=before["item"]["processing_cause"],
        claimed=bool(before["item"].get("claimed")),
    )  # fmt: skip
    for told, hold in freed:
        _bind_again(tx, network, now, actor, scan, told["before"], hold)
    _leave_unbound(tx, before["transit"])
    retarget(tx, item.work_id, now, network)


def _leave_unbound(tx: Tx, was: Mapping[str, Any] | None) -> None:
    """Let the journey that is on again go on for nobody when its hold has moved on since (E2)."""
    transit = was and tx.first(TRANSIT, transit=was["id"])
    if not transit or transit.hold_id is None:
        return
    hold = hold_row(tx, transit.hold_id)
    if (hold.state, hold.item_id) != (HoldState.IN_TRANSIT, transit.item_id):
        change_transit(tx, transit, hold_id=None)


def _bring_transits_back(tx: Tx, now: datetime, before: Mapping[str, Any]) -> None:
    opened = before["opened"] and tx.first(TRANSIT, transit=before["opened"])
    if opened:
        if opened.state != TransitState.BOXED:  # the van has taken it
            raise WrongState(state=opened.state, event=EVENT)
        close_transit(tx, opened, now, TransitState.CANCELLED)
    was = before["transit"]
    transit = was and tx.first(TRANSIT, transit=was["id"])
    if transit:
        change_transit(
            tx, transit, state=was["state"], origin_id=was["origin_id"],
            boxed_at=instant(was["boxed_at"]), loaded_at=instant(was["loaded_at"]),
            van_run_id=was["van_run_id"], misrouted=was["misrouted"], closed_at=None,
        )  # fmt: skip


def _unbind(
    tx: Tx, now: datetime, actor: Actor, scan: ScanRow
) -> list[tuple[Mapping[str, Any], HoldRow]]:
    """Take back what the scan gave to holds that nothing else has happened to."""
    freed = []
    for told in scan.before["holds"]:
        hold, before = hold_row(tx, told["id"]), told["before"]
        if _touched(hold, told):
            continue
        if hold.state == HoldState.READY:
            _untell(tx, hold, now)
        moves_away = hold.state in BOUND and hold.item_id != before["item_id"]
        if moves_away:
            hold = _undo_to(tx, now, actor, scan, hold, HoldState.WAITING)
        freed.append((told, hold))
    return freed


def _bind_again(
    tx: Tx, network: Network, now: datetime, actor: Actor, scan: ScanRow,
    before: Mapping[str, Any], hold: HoldRow,
) -> None:  # fmt: skip
    """Give a hold its state of before, and its copy unless somebody else has that one now."""
    state, item_id = HoldState(before["state"]), before["item_id"]
    if item_id is not None and hold.item_id != item_id:
        if item_id != scan.item_id and not _still_to_be_fetched(tx, item_id):
            return
        taken = tx.first(BOUND_HOLD, item=item_id)
        if taken is not None and taken.state == HoldState.TARGETED:
            _undo_to(tx, now, actor, scan, taken, HoldState.WAITING)
        elif taken is not None:
            return
    if hold.state == state and hold.item_id == item_id:
        return
    columns = restored(before)
    if state is HoldState.READY:
        library = network.by_id(hold.pickup_library_id)
        columns["shelf_place"] = place_again(tx, library, columns["shelf_place"])
        if columns.get("pickup_deadline"):  # a closure may have been entered since (E4)
            columns["pickup_deadline"] = extended(library.calendar, columns["pickup_deadline"])
    again = _undo_to(tx, now, actor, scan, hold, state, item_id=item_id, **columns)
    if state is HoldState.READY:
        _tell_again(tx, again, now)


def _still_to_be_fetched(tx: Tx, item_id: int) -> bool:
    """Return whether another copy may be asked for again (I4): it was not lent or sent since."""
    status = item_row(tx, item_id).status
    return status in FETCHABLE and tx.first(OPEN_TRANSIT_OF_ITEM, item=item_id) is None


def _undo_to(
    tx: Tx, now: datetime, actor: Actor, scan: ScanRow, hold: HoldRow, to: HoldState,
    *, item_id: int | None = None, **columns: Any,
) -> HoldRow:  # fmt: skip
    return move(
        tx, hold, Trigger.UNDO, now, actor.name, library_id=scan.library_id, item_id=item_id,
        reason=undo_reason(), back_to=str(to), **columns,
    )  # fmt: skip


def _untell(tx: Tx, hold: HoldRow, now: datetime) -> None:
    """Keep a notice that is not due yet from being sent; correct one that was, in one sentence."""
    if not drop(tx, hold.id, "ready", now, undo_reason()):
        key = f"corrected:{hold.id}:{hold.version}"
        put(tx, "corrected", key, now=now, patron_id=hold.patron_id, hold_id=hold.id)


def _tell_again(tx: Tx, hold: HoldRow, now: datetime) -> None:
    """Let the "ready" that the wrong scan kept back be sent after all; take back what it said."""
    for kind in ("later", "expired"):
        drop(tx, hold.id, kind, now, undo_reason())
    tell_ready_again(tx, hold, now)
