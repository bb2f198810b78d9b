"""Carrying out the decision of a scan: loan, transit, holds, item, and what is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from navette.circulation.claims import claim_found
from navette.circulation.deadline import pickup_deadline, pickup_rule
from navette.circulation.facts import HoldRow, ItemRow, TransitRow
from navette.circulation.gathering import announced_at, companions, keep_together
from navette.circulation.lateness import Paused, pause_for
from navette.circulation.loans import give_back
from navette.circulation.queue import CARD_REASONS, Candidate, card_block
from navette.circulation.scan_facts import Desk, Found
from navette.circulation.shelf_places import next_place
from navette.circulation.situation import Decision, Release, TransitAct
from navette.circulation.states import CAPTURED, HoldState, TransitState, Trigger
from navette.circulation.transitions import (
    change,
    change_transit,
    close_transit,
    move,
    move_item,
    open_transit,
    write_event,
)
from navette.clock import local_date
from navette.storage.outbox import drop, put
from navette.storage.unit import Tx

_OFF_THE_SHELF: dict[str, Any] = {
    "ready_at": None,
    "shelf_place": "",
    "announced_at": None,
    "target_until": None,
}


@dataclass(frozen=True)
class Effects:
    """What a scan left behind: item, the hold it is for, the transit it opened, a pause."""

    item: ItemRow
    hold: HoldRow | None = None
    opened: TransitRow | None = None
    paused: Paused | None = None
    overtaken: Sequence[int] = ()


def carry_out(tx: Tx, desk: Desk, found: Found, decision: Decision) -> Effects:
    """Do what was decided; nothing at all when nothing changes."""
    paused = None
    if decision.returned and found.loan is not None:
        at = found.loan.claimed_at or desk.moment  # one that was claimed came back when claimed
        give_back(tx, found.loan, at, desk.here.id)
        claim_found(tx, found.loan, desk.now, desk.actor.name)
        paused = pause_for(tx, desk.network, found.loan, at)
    _act_on_transit(tx, desk, found, decision)
    if decision.release is not None and found.bound is not None:
        release(tx, desk, found.candidate(found.bound.id), decision.release)
    item = _move_item(tx, desk, found.item, decision)
    for older in decision.overtaken if decision.hold_state is not None else ():
        passed = found.hold(older)
        change(tx, passed, overtaken=passed.overtaken + 1)
    hold = None if decision.hold_id is None else found.hold(decision.hold_id)
    if hold is not None and decision.hold_state is not None:
        grouped = found.candidate(hold.id).patron.group_pickup
        hold = _capture(tx, desk, hold, item, decision.hold_state, grouped=grouped)
    opened = None
    if decision.opens is not None and decision.destination is not None:
        opened = open_transit(
            tx, item, desk.moment, origin_id=desk.here.id, destination_id=decision.destination,
            cause=decision.opens, hold_id=hold.id if hold else None,
        )  # fmt: skip
    overtaken = decision.overtaken if decision.hold_state is not None else ()
    return Effects(item, hold, opened, paused, overtaken)


def release(tx: Tx, desk: Desk, candidate: Candidate, why: Release) -> HoldRow:
    """Take the item from the hold that is bound to it (T3, T8, T8b, T10), and tell its patron."""
    hold = candidate.hold
    if hold.state == HoldState.READY:
        drop(tx, hold.id, "ready", desk.now, "not ready any more")
    captured = hold.state in CAPTURED
    moved = move(
        tx, hold, _trigger(why, captured=captured), desk.now, desk.actor.name,
        library_id=desk.here.id, reason=why.value,
    )  # fmt: skip
    block = card_block(candidate, desk.network, local_date(desk.now))
    if why is Release.DEADLINE:
        _tell(tx, desk, moved, "expired")
    elif why is Release.NOT_ELIGIBLE and block in CARD_REASONS:
        _tell(tx, desk, moved, "paused", once=True)
    elif captured and why is not Release.OVERTAKEN:
        _tell(tx, desk, moved, "later")
    return moved


def _trigger(why: Release, *, captured: bool) -> Trigger:
    if not captured:
        return Trigger.UNTARGET
    if why is Release.DEADLINE:
        return Trigger.EXPIRE
    return Trigger.LOSE if why is Release.SET_ASIDE else Trigger.RELEASE


def _act_on_transit(tx: Tx, desk: Desk, found: Found, decision: Decision) -> None:
    transit = found.transit
    if transit is None or decision.transit is TransitAct.KEEP:
        return
    if decision.transit is TransitAct.REBOX:
        _rebox(tx, desk, found, transit)
        return
    received = decision.transit is TransitAct.RECEIVE
    state = TransitState.RECEIVED if received else TransitState.CANCELLED
    close_transit(tx, transit, max(desk.moment, transit.boxed_at), state)


def _rebox(tx: Tx, desk: Desk, found: Found, transit: TransitRow) -> None:
    """Let the same journey go on from here, counted as misrouted (E14)."""
    change_transit(
        tx, transit, state=str(TransitState.BOXED), origin_id=desk.here.id, boxed_at=desk.moment,
        loaded_at=None, van_run_id=None, misrouted=transit.misrouted + 1,
    )  # fmt: skip
    if found.bound is not None:
        write_event(
            tx, found.bound, Trigger.MISROUTE, desk.now, desk.actor.name,
            from_state=found.bound.state, library_id=desk.here.id, item_id=found.item.id,
        )  # fmt: skip


def _move_item(tx: Tx, desk: Desk, item: ItemRow, decision: Decision) -> ItemRow:
    """Put the item where it was scanned; untouched when the scan says nothing new of it."""
    moved = item.current_library_id != desk.here.id
    if not decision.arrives or not (decision.changes or moved or item.targeting_penalty):
        return item
    columns: dict[str, Any] = {}
    if decision.status:
        columns["processing_cause"] = decision.processing_cause
    if item.claimed:
        columns["claimed"] = False
    return move_item(
        tx, item, desk.now, status=decision.status, current_library_id=desk.here.id,
        last_seen_at=desk.moment, targeting_penalty=0, **columns,
    )  # fmt: skip


def _capture(
    tx: Tx, desk: Desk, hold: HoldRow, item: ItemRow, to: HoldState, *, grouped: bool
) -> HoldRow:
    if to is HoldState.READY:
        return make_ready(tx, desk, hold, item, grouped=grouped)
    if to is HoldState.PROCESSING:
        return move(
            tx, hold, Trigger.RECEIVE, desk.now, desk.actor.name,
            library_id=desk.here.id, item_id=item.id,
        )  # fmt: skip
    return _send(tx, desk, hold, item)


def make_ready(
    tx: Tx, desk: Desk, hold: HoldRow, item: ItemRow, *, grouped: bool = False
) -> HoldRow:
    """Put the item on the hold shelf (T5, T6, T7); the notice is due after the grouping window.

    `grouped`: this person collects everything together.
    """
    if hold.state == HoldState.READY:
        return hold
    rule = pickup_rule(desk.network, desk.here.code)
    # One that comes back to the shelf it was called away from keeps its old deadline (E13)
    old = hold.pickup_deadline if hold.state == HoldState.IN_TRANSIT else None
    deadline = pickup_deadline(desk.here.calendar, desk.now, rule, old)
    moved = move(
        tx, hold, Trigger.SHELVE, desk.now, desk.actor.name, library_id=desk.here.id,
        item_id=item.id, ready_at=desk.now, pickup_deadline=deadline, announced_at=None,
        target_until=None, shelf_place=next_place(tx, desk.here),
    )  # fmt: skip
    due = desk.now + timedelta(seconds=desk.ready_window)
    if grouped:
        others = companions(tx, moved)
        window = timedelta(seconds=desk.ready_window)
        due = announced_at(moved, others, desk.network, desk.now, window)
        keep_together(tx, moved, others, desk.here, desk.network)
    # One notice an arrival: the version that the arrival gave the hold names it
    put(
        tx, "ready", f"ready:{moved.id}:{moved.version}", now=desk.now,
        due=due, patron_id=moved.patron_id, hold_id=moved.id,
        payload={"library": desk.here.code},
    )  # fmt: skip
    return moved


def _send(tx: Tx, desk: Desk, hold: HoldRow, item: ItemRow) -> HoldRow:
    """Let the item travel to the pickup library (T4, T8c)."""
    was_ready = hold.state == HoldState.READY
    trigger = Trigger.MISROUTE if hold.state in CAPTURED else Trigger.BOX
    on_the_road = hold.state == HoldState.IN_TRANSIT
    moved = move(
        tx, hold, trigger, desk.now, desk.actor.name,
        library_id=desk.here.id, item_id=item.id,
        pickup_deadline=hold.pickup_deadline if on_the_road else None, **_OFF_THE_SHELF,
    )  # fmt: skip
    if was_ready and not drop(tx, hold.id, "ready", desk.now, "on its way again"):
        _tell(tx, desk, moved, "later")
    return moved


def _tell(tx: Tx, desk: Desk, hold: HoldRow, kind: str, *, once: bool = False) -> None:
    key = f"{kind}:{hold.id}" if once else f"{kind}:{hold.id}:{hold.version}"
    put(tx, kind, key, now=desk.now, patron_id=hold.patron_id, hold_id=hold.id)
