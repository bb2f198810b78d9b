"""Promises made anew each night, and holds without hope (sections 6 and 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select

from navette.circulation.changing import end, tell
from navette.circulation.facts import HoldRow, ItemRow
from navette.circulation.policy import MOST_FAILURES, ON_SHELF, can_ever_fill
from navette.circulation.promise import promised
from navette.circulation.promising import Supply, situation, supply_of
from navette.circulation.queue import QUEUED
from navette.circulation.states import EndReason, HoldState, Trigger
from navette.circulation.tables import Hold
from navette.circulation.transitions import change, lock_work
from navette.clock import local_date
from navette.errors import Conflict
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader, Tx, Unit

SYSTEM = "system"
HOPELESS_KEPT = timedelta(days=30)
_h = table(Hold).c
_WORKS = Query(
    select(_h.work_id).where(_h.state.in_(sorted(QUEUED))).distinct().order_by(_h.work_id),
    scalar,
)
_HOPELESS = Query(
    select(_h.id)
    .where(_h.state == str(HoldState.WAITING), _h.hopeless_since.is_not(None))
    .order_by(_h.hopeless_since, _h.id),
    scalar,
)


class Fresh(NamedTuple):
    """What is to be written about a hold."""

    hold: HoldRow
    columns: Mapping[str, Any]
    later: bool
    no_copy_left: bool


def refresh(unit: Unit, network: Network, now: datetime) -> Mapping[str, int]:
    """Look at every queue once: new promises, no hope, no copy left; returns the counts.

    Looking is done on a reader; only what changed is written, a work at a time. A hold that
    somebody moved meanwhile is left to the next night.
    """
    with unit.read() as reader:
        works = reader.all(_WORKS)
    done: Counter[str] = Counter(later=0, no_copy_left=0)
    for work in works:
        with unit.read() as reader:
            changes = list(_changes(reader, network, now, work))
        if changes:
            done.update(unit.write(partial(_write, work_id=work, changes=changes, now=now)))
    return dict(done)


def hopeless(reader: Reader) -> list[int]:
    """Return the ids of the holds without hope, the longest first: the coordinator's list."""
    return reader.all(_HOPELESS)


def _changes(reader: Reader, network: Network, now: datetime, work_id: int) -> Iterator[Fresh]:
    supply = supply_of(reader, network, work_id)
    today = local_date(now)
    for candidate in supply.queue:
        hold = candidate.hold
        if hold.state not in QUEUED or hold.suspended:
            continue
        usable = [i for i in supply.items if can_ever_fill(i, hold, network, today)]
        columns = _promise(supply, usable, hold, network, now)
        gone = False
        if hold.state == HoldState.WAITING:
            stuck = _is_hopeless(usable)
            if stuck != (hold.hopeless_since is not None):
                columns["hopeless_since"] = now if stuck else None
            since = hold.hopeless_since
            gone = not usable and since is not None and now - since > HOPELESS_KEPT
        later = _is_later(hold, columns) or columns.get("hopeless_since") is not None
        if columns or gone:
            yield Fresh(hold, columns, later, gone)


def _promise(
    supply: Supply, usable: list[ItemRow], hold: HoldRow, network: Network, now: datetime
) -> dict[str, Any]:
    items = [i for i in usable if hold.item_id is None or i.id == hold.item_id]
    pickup = network.by_id(hold.pickup_library_id)
    made = promised(situation(supply, items, network, now, hold), pickup, network, now)
    fresh = {"likely_at": made.likely_at, "latest_on": made.latest_on}
    return {} if (made.likely_at, made.latest_on) == (hold.likely_at, hold.latest_on) else fresh


def _is_later(hold: HoldRow, columns: Mapping[str, Any]) -> bool:
    """Return whether the patron is to be told: the new day is after the latest one said."""
    likely = columns.get("likely_at")
    return likely is not None and hold.latest_on is not None and local_date(likely) > hold.latest_on


def _is_hopeless(usable: list[ItemRow]) -> bool:
    return all(i.status in ON_SHELF and i.targeting_penalty >= MOST_FAILURES for i in usable)


def _write(tx: Tx, *, work_id: int, changes: list[Fresh], now: datetime) -> Counter[str]:
    lock_work(tx, work_id)
    done: Counter[str] = Counter()
    for fresh in changes:
        try:
            hold = change(tx, fresh.hold, **fresh.columns) if fresh.columns else fresh.hold
            if fresh.no_copy_left:
                hold = end(tx, hold, Trigger.CANCEL, now, SYSTEM, EndReason.NO_COPY_LEFT)
        except Conflict:
            continue
        if fresh.no_copy_left:
            tell(tx, hold, "cancelled", now)
        elif fresh.later:
            tell(tx, hold, "later", now)
        done.update(later=int(fresh.later), no_copy_left=int(fresh.no_copy_left))
    return done
