"""The jobs of the night and of the minute: each hold in a transaction of its own.

Every job looks again under lock before it acts, so that running twice, or after days off, does
no harm. `now` is the instant as of which things are judged.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import bindparam, or_, select

from navette.catalogue.tables import Item, Record
from navette.circulation import replaying
from navette.circulation.causes import SHELF, Cause
from navette.circulation.changing import drop_notices, end, tell, wake
from navette.circulation.claiming import advance_claims
from navette.circulation.deadline import extended
from navette.circulation.facts import HoldRow, TransitRow
from navette.circulation.finding import locked_item
from navette.circulation.missing import mark_missing
from navette.circulation.novelties import keep_on_site
from navette.circulation.observing import observe
from navette.circulation.overdue import is_missing
from navette.circulation.policy import MOST_FAILURES, ON_SHELF
from navette.circulation.queue import QUEUED
from navette.circulation.refreshing import Event, later_anyway, refresh, refresh_work
from navette.circulation.repeating import forget
from navette.circulation.rows import (
    LOCKED_HOLD,
    OPEN_TRANSIT_OF_ITEM,
    TRANSIT_COLUMNS,
    WORK_OF_HOLD,
    item_row,
)
from navette.circulation.states import OPEN_TRANSIT, EndReason, HoldState, ItemStatus, Trigger
from navette.circulation.tables import Hold, Transit
from navette.circulation.targeting_service import Survey, go_on, retarget, retarget_all
from navette.circulation.transitions import change, lock_work, move, move_item
from navette.clock import local_date
from navette.errors import Conflict, Refusal
from navette.ils.views import SYSTEM as SYSTEM_ACTOR
from navette.network.loading import habits_of
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Tx, Unit

log = logging.getLogger("navette.nightly")
T = TypeVar("T")
SYSTEM = "system"
LOST_KEPT = timedelta(days=30)
LEFT_TO_THE_NEXT_RUN = (Refusal, Conflict, LookupError, ValueError)
# Works targeted in one unit of work: what they need is loaded once, and no desk waits long.
TOGETHER = 16
ANSWERS_KEPT = timedelta(days=2)
_h, _i, _r, _t = table(Hold).c, table(Item).c, table(Record).c, table(Transit).c
_READY_UNTIL = Query(
    select(_h.id).where(_h.state == str(HoldState.READY), _h.pickup_deadline < bindparam("now")),
    scalar,
)
_TO_RESUME = Query(
    select(_h.id).where(
        _h.state == str(HoldState.WAITING),
        _h.suspended.is_(True),
        _h.suspended_until <= bindparam("today"),
    ),
    scalar,
)
_UNFILLED = Query(
    select(_h.id).where(_h.state.in_(sorted(QUEUED)), _h.not_after < bindparam("today")),
    scalar,
)
# Ordered by item: every minute, so SQLite should walk the few bound holds, not the table.
_TIMED_OUT = Query(
    select(_h.id)
    .where(_h.item_id > 0, _h.state == str(HoldState.TARGETED), _h.target_until < bindparam("now"))
    .order_by(_h.item_id),
    scalar,
)
_binding = table(Hold).alias()
# Only works with both a hold that waits and a copy that stands free: few at any time.
_SERVABLE_WORKS = Query(
    select(_h.work_id)
    .join_from(table(Hold), table(Record), _r.work_id == _h.work_id)
    .join(table(Item), _i.record_id == _r.id)
    .where(
        _h.state == str(HoldState.WAITING),
        or_(_h.suspended.is_(False), _h.suspended_until <= bindparam("today")),
        _i.status.in_(sorted(ON_SHELF)),
        _i.targeting_penalty < MOST_FAILURES,
        _i.id.not_in(select(_binding.c.item_id).where(_binding.c.item_id > 0)),
    )
    .distinct()
    .order_by(_h.work_id),
    scalar,
)
_WORKS_TO_CHECK = Query(
    select(_h.work_id).where(_h.state.in_(sorted(QUEUED))).distinct().order_by(_h.work_id),
    scalar,
)
_ON_THE_ROAD = Query(
    select(*TRANSIT_COLUMNS).where(_t.state.in_(sorted(OPEN_TRANSIT))).order_by(_t.id), TransitRow
)
Job = Callable[[Tx, Network, datetime, HoldRow], bool]


def night(unit: Unit, network: Network, now: datetime) -> Mapping[str, int]:
    """Expire, resume, end the unfilled, time out targets, target again; returns the counts."""
    today = local_date(now)
    done: Counter[str] = Counter()
    done["observed"] = observe(unit, network, now)
    with unit.read() as reader:  # the same night again shall promise the same
        network = replace(network, habits=habits_of(reader))
    done["expired"] = _each(unit, network, now, _READY_UNTIL, _expire, {"now": now})
    done["resumed"] = _each(unit, network, now, _TO_RESUME, _resume, {"today": today})
    done["unfilled"] = _each(unit, network, now, _UNFILLED, _unfilled, {"today": today})
    done["timed_out"] = _each(unit, network, now, _TIMED_OUT, _time_out, {"now": now})
    done["lost"] = _lost_transits(unit, network, now)
    done["targeted"] = _target(unit, network, now, _WORKS_TO_CHECK, {})
    done["claims"] = advance_claims(unit, network, now)
    done["walk_in"] = keep_on_site(unit, network, now)
    done.update(refresh(unit, network, now, by_night=True))
    unit.write(lambda tx: forget(tx, now - ANSWERS_KEPT))
    unit.write(lambda tx: replaying.forget(tx, now - LOST_KEPT))
    return dict(done)


def minute(unit: Unit, network: Network, now: datetime) -> Mapping[str, int]:
    """Time out targets and target again what became possible; returns the counts."""
    timed_out = _each(unit, network, now, _TIMED_OUT, _time_out, {"now": now})
    today = {"today": local_date(now)}  # said at once: the night that says the rest is far
    targeted = _target(unit, network, now, _SERVABLE_WORKS, today, say=True)
    return {"timed_out": timed_out, "targeted": targeted}


def _each(
    unit: Unit,
    network: Network,
    now: datetime,
    which: Query[Any],
    job: Job,
    given: Mapping[str, Any],
) -> int:
    with unit.read() as reader:
        ids = reader.all(which, **given)
    works = [partial(_under_lock, network=network, now=now, hold_id=i, job=job) for i in ids]
    return sum(_in_turn(unit, works))


def _in_turn(unit: Unit, works: Iterable[Callable[[Tx], T]]) -> Iterator[T]:
    """Do each in a transaction of its own; one that cannot be done stands in nobody's way.

    It is noted in the log and looked at again by the next run; a failing database ends the job.
    """
    for work in works:
        try:
            done = unit.write(work)
        except LEFT_TO_THE_NEXT_RUN:
            log.exception("left to the next run: %r", work)
        else:
            yield done


def _under_lock(tx: Tx, *, network: Network, now: datetime, hold_id: int, job: Job) -> bool:
    work = tx.first(WORK_OF_HOLD, hold=hold_id)
    if work is None:
        return False
    lock_work(tx, work)
    hold = tx.first(LOCKED_HOLD, hold=hold_id)
    return hold is not None and job(tx, network, now, hold)


def _target(
    unit: Unit,
    network: Network,
    now: datetime,
    which: Query[Any],
    given: Mapping[str, Any],
    *,
    say: bool = False,
) -> int:
    """Bind free copies, some works in one transaction; `say` at once what comes later than said."""
    with unit.read() as reader:
        ids = reader.all(which, **given)
    survey = Survey()

    def serve(tx: Tx, works: Sequence[int]) -> int:
        bound = retarget_all(tx, works, now, network, SYSTEM, survey)
        for work in sorted({hold.work_id for hold in bound}) if say else ():
            refresh_work(tx, network, now, work)
        return len(bound)

    targeted = 0
    for some in _batches(ids, TOGETHER):
        try:
            targeted += unit.write(partial(serve, works=some))
        except LEFT_TO_THE_NEXT_RUN:  # one of them: the others are done one by one
            targeted += sum(_in_turn(unit, [partial(serve, works=[work]) for work in some]))
    return targeted


def _batches(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _lost_transits(unit: Unit, network: Network, now: datetime) -> int:
    """E1: more than four vans left its origin without it: missing, declared by the system."""
    with unit.read() as reader:
        rows = reader.all(_ON_THE_ROAD)
    lost = [
        partial(_declare_missing, network=network, now=now, seen=t)
        for t in rows
        if is_missing(network.timetable, network.by_id(t.origin_id).code, t.boxed_at, now)
    ]
    return sum(unit.write(work) for work in lost)


def _declare_missing(tx: Tx, *, network: Network, now: datetime, seen: TransitRow) -> bool:
    """Look again under lock: it may have been received since."""
    locked_item(tx, seen.item_id)
    if tx.first(OPEN_TRANSIT_OF_ITEM, item=seen.item_id) != seen:
        return False
    origin = network.by_id(seen.origin_id).code
    mark_missing(tx, network, now, SYSTEM_ACTOR, origin, item_id=seen.item_id)
    return True


def _expire(tx: Tx, network: Network, now: datetime, hold: HoldRow) -> bool:
    """T10: the night after the deadline day, unless a closure entered later extends it (E4)."""
    if hold.state != HoldState.READY or hold.pickup_deadline is None:
        return False
    calendar = network.by_id(hold.pickup_library_id).calendar
    deadline = extended(calendar, hold.pickup_deadline)
    if deadline != hold.pickup_deadline:
        hold = change(tx, hold, pickup_deadline=deadline)
    if local_date(deadline) >= local_date(now):
        return False
    drop_notices(tx, hold, now, "expired")
    expired = move(
        tx, hold, Trigger.EXPIRE, now, SYSTEM, library_id=hold.pickup_library_id,
        reason="not_collected",
    )  # fmt: skip
    tell(tx, expired, "expired", now)
    go_on(tx, expired, now, network)
    return True


def _resume(tx: Tx, network: Network, now: datetime, hold: HoldRow) -> bool:
    """T12: resumed that morning (E9)."""
    until = hold.suspended_until
    if hold.state != HoldState.WAITING or until is None or until > local_date(now):
        return False
    wake(tx, network, now, SYSTEM, hold, reason="date_reached")
    return True


def _unfilled(tx: Tx, network: Network, now: datetime, hold: HoldRow) -> bool:
    """T13: it lived its time without being filled."""
    last: date | None = hold.not_after
    if hold.state not in QUEUED or last is None or last >= local_date(now):
        return False
    ended = end(tx, hold, Trigger.UNFILLED, now, SYSTEM, EndReason.UNFILLED_EXPIRED)
    tell(tx, ended, "cancelled", now)
    retarget(tx, hold.work_id, now, network, SYSTEM)
    go_on(tx, ended, now, network)
    return True


def _time_out(tx: Tx, network: Network, now: datetime, hold: HoldRow) -> bool:
    """T3: not pulled within a full opening day; the next copy, and this one is asked later."""
    until = hold.target_until
    if hold.state != HoldState.TARGETED or until is None or until >= now or hold.item_id is None:
        return False
    item = item_row(tx, hold.item_id)
    anyway = later_anyway(tx, network, now, hold.work_id) - {hold.id}
    if item.status in {ItemStatus.AVAILABLE, ItemStatus.TO_RESHELVE}:
        move_item(tx, item, now, targeting_penalty=item.targeting_penalty + 1)
    move(
        tx, hold, Trigger.UNTARGET, now, SYSTEM, library_id=item.current_library_id,
        reason="timed_out",
    )  # fmt: skip
    retarget(tx, hold.work_id, now, network, SYSTEM)
    cause = Cause(SHELF, item.current_library_id)
    refresh_work(tx, network, now, hold.work_id, Event(cause, anyway=anyway))
    return True
