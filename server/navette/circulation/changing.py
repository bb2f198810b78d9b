"""Changing a hold that exists: cancel (T14), pause and resume (T12), pass one's turn (T11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from navette.circulation.doors import locked_hold_for
from navette.circulation.facts import HoldRow
from navette.circulation.promising import promised_anew
from navette.circulation.queue import QUEUED
from navette.circulation.repeating import once
from navette.circulation.rows import OPEN_TRANSIT_OF_ITEM, PATRON
from navette.circulation.states import EndReason, Trigger, next_state
from navette.circulation.targeting_service import go_on, retarget
from navette.circulation.transitions import change_transit, move
from navette.clock import local_date
from navette.errors import BadInput, Forbidden, WrongState
from navette.ils.roles import Right, may
from navette.ils.views import Actor
from navette.network.network import Network
from navette.storage import outbox
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Tx

LONGEST_REASON = 200
PATRON_NOTICES = ("ready", "unseen")
_o = table(Outbox).c


class _Told(NamedTuple):
    due_at: datetime
    outcome: str
    payload: Any


_LAST_READY = Query(
    select(_o.due_at, _o.outcome, _o.payload)
    .where(_o.hold_id == bindparam("hold"), _o.kind == "ready", _o.done_at.is_not(None))
    .order_by(_o.id.desc())
    .limit(1),
    _Told,
)


def cancel(
    tx: Tx, network: Network, now: datetime, actor: Actor, hold_id: int, key: str | None = None
) -> int:
    """Cancel (T14): unbound at once, the item stays where it is until a scan (E2)."""

    def work(hold: HoldRow) -> None:
        reason = EndReason.BY_STAFF if actor.is_staff else EndReason.BY_PATRON
        end(tx, hold, Trigger.CANCEL, now, actor.name, reason)
        if actor.is_staff:
            tell(tx, hold, "cancelled", now)
        retarget(tx, hold.work_id, now, network)
        go_on(tx, hold, now, network)

    return changed(tx, now, actor, hold_id, "cancel_hold", {}, key, work)


def suspend(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    hold_id: int,
    until: date | None = None,
    *,
    key: str | None = None,
) -> int:
    """Pause (T12), at most 365 days; a copy that was looked for is given up, the rank kept."""

    def work(hold: HoldRow) -> None:
        today = local_date(now)
        longest = int(network.rule("suspend_days_longest"))
        if until is not None and not today < until <= today + timedelta(days=longest):
            raise BadInput("until", f"from tomorrow, at most {longest} days")
        move(
            tx, hold, Trigger.SUSPEND, now, actor.name, suspended=True, suspended_until=until,
            reason="suspended",
        )  # fmt: skip
        retarget(tx, hold.work_id, now, network)

    content = {"until": until.isoformat() if until else None}
    return changed(tx, now, actor, hold_id, "suspend_hold", content, key, work)


def resume(
    tx: Tx, network: Network, now: datetime, actor: Actor, hold_id: int, key: str | None = None
) -> int:
    """Resume (T12); never takes back a copy that somebody else got meanwhile (E9)."""

    def work(hold: HoldRow) -> None:
        if not hold.suspended:
            raise WrongState(state=hold.state, event=str(Trigger.RESUME))
        wake(tx, network, now, actor.name, hold)

    return changed(tx, now, actor, hold_id, "resume_hold", {}, key, work)


def wake(
    tx: Tx, network: Network, now: datetime, actor: str, hold: HoldRow, reason: str = ""
) -> None:
    """End the pause of a hold and promise anew: what was said before it counts no more."""
    made = promised_anew(tx, network, now, hold)
    move(
        tx, hold, Trigger.RESUME, now, actor, suspended=False, suspended_until=None, reason=reason,
        likely_at=made.likely_at, latest_on=made.latest_on,
    )  # fmt: skip
    retarget(tx, hold.work_id, now, network)


def pass_my_turn(
    tx: Tx, network: Network, now: datetime, actor: Actor, hold_id: int, key: str | None = None
) -> int:
    """Let the next person have it (T11): same rank, paused for seven days, at most twice."""

    def work(hold: HoldRow) -> None:
        patron = tx.first(PATRON, patron=hold.patron_id)
        category = patron.category if patron else ""
        next_state(hold.state, Trigger.PASS_TURN)
        if hold.passes_used >= int(network.rule("passes", category=category)):
            raise WrongState(state=hold.state, event=str(Trigger.PASS_TURN))
        unbind_transit(tx, hold)
        drop_notices(tx, hold, now, "passed")
        days = int(network.rule("pass_days", category=category))
        move(
            tx, hold, Trigger.PASS_TURN, now, actor.name, suspended=True,
            suspended_until=local_date(now) + timedelta(days=days),
            passes_used=hold.passes_used + 1,
        )  # fmt: skip
        retarget(tx, hold.work_id, now, network)

    return changed(tx, now, actor, hold_id, "pass_my_turn", {}, key, work)


def take_back(
    tx: Tx, network: Network, now: datetime, actor: Actor, hold_id: int, reason: str
) -> int:
    """Take a captured copy from its hold because of a mistake (T16): same rank, told as later.

    Needs the right to overrule (Forbidden) and a reason (BadInput), kept in the history. The copy
    stays where it is until it is scanned.
    """
    said = reason.strip()
    if not may(actor.role, Right.OVERRIDE):
        raise Forbidden
    if not said or len(said) > LONGEST_REASON:
        raise BadInput("reason", "missing")

    def work(hold: HoldRow) -> None:
        next_state(hold.state, Trigger.OVERRIDE)
        unbind_transit(tx, hold)
        drop_notices(tx, hold, now, "staff error")
        moved = move(
            tx, hold, Trigger.OVERRIDE, now, actor.name, reason="staff_error", note=said,
        )  # fmt: skip
        tell(tx, moved, "later", now)
        retarget(tx, hold.work_id, now, network)

    return changed(tx, now, actor, hold_id, "take_back", {}, None, work)


def end(
    tx: Tx, hold: HoldRow, trigger: Trigger, now: datetime, actor: str, reason: EndReason
) -> HoldRow:
    """End a hold: its journey goes on for nobody, nothing more is announced."""
    next_state(hold.state, trigger)
    unbind_transit(tx, hold)
    drop_notices(tx, hold, now, str(reason))
    return move(tx, hold, trigger, now, actor, end_reason=reason, reason=str(reason))


def unbind_transit(tx: Tx, hold: HoldRow) -> None:
    """Leave the open transit of a hold's item without a hold; the item goes on until scanned."""
    if hold.item_id is None or hold.state in QUEUED:
        return
    transit = tx.first(OPEN_TRANSIT_OF_ITEM, item=hold.item_id)
    if transit is not None and transit.hold_id == hold.id:
        change_transit(tx, transit, hold_id=None)


def drop_notices(tx: Tx, hold: HoldRow, now: datetime, reason: str) -> None:
    """Take back what was not announced yet (I7)."""
    if hold.ready_at is not None:
        for kind in PATRON_NOTICES:
            outbox.drop(tx, hold.id, kind, now, reason)


def tell(tx: Tx, hold: HoldRow, kind: str, now: datetime, **payload: Any) -> None:
    """Put a notice to the patron of a hold into the outbox, once a version of the hold."""
    outbox.put(
        tx, kind, f"{kind}:{hold.id}:{hold.version}", now=now, patron_id=hold.patron_id,
        hold_id=hold.id, payload=payload,
    )  # fmt: skip


def tell_ready_again(tx: Tx, hold: HoldRow, now: datetime) -> None:
    """Let a "ready" that was kept back be sent after all: the hold is READY again, unannounced.

    One that was sent was true and is true again: it is not said twice.
    """
    last = tx.first(_LAST_READY, hold=hold.id)
    if last is not None and last.outcome.startswith("dropped"):
        outbox.put(
            tx, "ready", f"ready:{hold.id}:{hold.version}", now=now, due=max(now, last.due_at),
            patron_id=hold.patron_id, hold_id=hold.id, payload=last.payload,
        )  # fmt: skip


def changed(
    tx: Tx,
    now: datetime,
    actor: Actor,
    hold_id: int,
    operation: str,
    content: dict[str, Any],
    key: str | None,
    work: Callable[[HoldRow], None],
) -> int:
    """Change the actor's hold, once for a key; returns its row id. NotFound if not theirs."""
    hold = locked_hold_for(tx, actor, hold_id, now)

    def once_only() -> int:
        work(hold)
        return hold.id

    return once(tx, actor, key, operation, {**content, "hold": hold_id}, now, once_only)
