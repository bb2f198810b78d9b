"""Promises made anew: each night, and at once when something changes them (sections 6 and 7).

A promise that became later than its latest day leaves a line of history with one cause, and one
notice a person: errands of the same news go into one parcel. Holds without hope are found here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select

from navette.circulation.causes import LATE, LATER, QUEUE, SHELF, VAN, Cause
from navette.circulation.changing import end, tell
from navette.circulation.facts import HoldRow, ItemRow, TransitRow
from navette.circulation.policy import MOST_FAILURES, ON_SHELF, can_ever_fill
from navette.circulation.promise import Promise, carried, is_later, promised
from navette.circulation.promising import Supply, situation, supply_of, van_room
from navette.circulation.queue import QUEUED, passed_over
from navette.circulation.rows import OPEN_TRANSITS_OF_WORK
from navette.circulation.states import EndReason, HoldState, TransitState, Trigger
from navette.circulation.tables import Hold, HoldEvent
from navette.circulation.targeting_service import go_on, retarget
from navette.circulation.transitions import change, lock_work
from navette.circulation.van_room import VanRoom
from navette.clock import local_date
from navette.errors import Conflict
from navette.network.network import LibraryInfo, Network
from navette.storage import outbox
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader, Tx, Unit

SYSTEM = "system"
HOPELESS_KEPT = timedelta(days=30)
# Until everything that one event touches is written: then a person hears of it once.
TOGETHER = timedelta(seconds=20)
TOUCHED = sorted([*QUEUED, HoldState.IN_TRANSIT])
_h = table(Hold).c
_WORKS = Query(
    select(_h.work_id).where(_h.state.in_(TOUCHED)).distinct().order_by(_h.work_id),
    scalar,
)
_HOPELESS = Query(
    select(_h.id)
    .where(_h.state == str(HoldState.WAITING), _h.hopeless_since.is_not(None))
    .order_by(_h.hopeless_since, _h.id),
    scalar,
)


@dataclass(frozen=True)
class Event:
    """What changed the promises: its cause, and the network as it was before, if that changed.

    `anyway` are holds whose promise was later already: something else is their cause.
    """

    cause: Cause
    before: Network | None = None
    anyway: frozenset[int] = frozenset()


class Fresh(NamedTuple):
    """What is to be written about a hold; `cause` of a promise that is later than was said."""

    hold: HoldRow
    columns: Mapping[str, Any]
    cause: Cause | None
    no_copy_left: bool
    hopeless: bool
    type: str


def refresh(
    unit: Unit,
    network: Network,
    now: datetime,
    event: Event | None = None,
    *,
    by_night: bool = False,
) -> Mapping[str, int]:
    """Look at every queue once: new promises, no hope, no copy left; returns the counts.

    Looking is done on a reader; only what changed is written, a work at a time. A hold that
    somebody moved meanwhile is left to the next night. Only `by_night` do holds end whose hope
    is over: not because a coordinator enters a closure.
    """
    with unit.read() as reader:
        works, room = reader.all(_WORKS), van_room(reader, network)
    done: Counter[str] = Counter(later=0, no_copy_left=0)
    for work in works:
        ended = 1
        while ended:  # who waited behind a hold that ended has another promise now
            with unit.read() as reader:
                changes = list(_changes(reader, network, now, work, event, room, by_night=by_night))
            ended = 0
            if changes:
                write = partial(_write, network=network, work_id=work, changes=changes, now=now)
                counted = unit.write(write)
                done.update(counted)
                ended = counted["no_copy_left"]
    return dict(done)


def refresh_work(
    tx: Tx, network: Network, now: datetime, work_id: int, event: Event | None = None
) -> Mapping[str, int]:
    """Make the promises of one work anew in this very transaction (missing, damaged).

    Holds whose hope is over end by night, not by somebody's scan.
    """
    changes = list(_changes(tx, network, now, work_id, event))
    return _write(tx, network=network, work_id=work_id, now=now, changes=changes)


def later_anyway(reader: Reader, network: Network, now: datetime, work_id: int) -> frozenset[int]:
    """Return the holds of a work that are later than was said, before what is about to happen."""
    changes = _changes(reader, network, now, work_id, None)
    return frozenset(fresh.hold.id for fresh in changes if fresh.cause is not None)


def without_closure(network: Network, library_id: int, first: date, last: date) -> Network:
    """Return the network as it was before a library closed from that day to that one."""

    def opened(library: LibraryInfo) -> LibraryInfo:
        shut = library.calendar.closures
        kept = tuple(c for c in shut if (c.first_day, c.last_day) != (first, last))
        return replace(library, calendar=replace(library.calendar, closures=kept))

    libraries = [opened(x) if x.id == library_id else x for x in network.libraries]
    return replace(network, libraries=libraries)


def hopeless(reader: Reader) -> list[int]:
    """Return the ids of the holds without hope, the longest first: the coordinator's list."""
    return reader.all(_HOPELESS)


def _changes(
    reader: Reader,
    network: Network,
    now: datetime,
    work_id: int,
    event: Event | None,
    room: VanRoom | None = None,
    *,
    by_night: bool = False,
) -> Iterator[Fresh]:
    supply = supply_of(reader, network, work_id, room=room)
    today = local_date(now)
    moving = {}
    if any(c.hold.state == HoldState.IN_TRANSIT for c in supply.queue):
        moving = {t.hold_id: t for t in reader.all(OPEN_TRANSITS_OF_WORK, work=work_id)}
    for candidate in supply.queue:
        hold = candidate.hold
        if hold.state not in TOUCHED or hold.suspended:
            continue
        usable = [i for i in supply.items if can_ever_fill(i, hold, network, today)]
        made = _promise(supply, usable, moving.get(hold.id), hold, network, now)
        columns = {} if made is None else _promise_columns(hold, made)
        gone = stuck = False
        if hold.state == HoldState.WAITING:
            stuck = _is_hopeless(usable)
            if stuck != (hold.hopeless_since is not None):
                columns["hopeless_since"] = now if stuck else None
            since = hold.hopeless_since
            over = since is not None and now - since > HOPELESS_KEPT
            gone = by_night and not usable and over
        cause = None
        later = is_later(hold.latest_on, columns.get("likely_at"))
        if later and not passed_over(candidate, network, today):
            cause = _cause(supply, usable, moving.get(hold.id), hold, now, event)
        newly_stuck = columns.get("hopeless_since") is not None
        if columns or gone:
            kind = supply.items[0].type if supply.items else ""
            yield Fresh(hold, columns, cause, gone, newly_stuck, kind)


def _promise(
    supply: Supply,
    usable: list[ItemRow],
    transit: TransitRow | None,
    hold: HoldRow,
    network: Network,
    now: datetime,
) -> Promise | None:
    """Return the promise as it is now, None where nothing can change it any more."""
    pickup = network.by_id(hold.pickup_library_id)
    if hold.state == HoldState.IN_TRANSIT:
        if transit is None or transit.state != TransitState.BOXED:
            return None
        origin = network.by_id(transit.origin_id)
        full = supply.room.full_vans(now, hold.placed_at).get(origin.id, 0)
        return carried(network, origin, pickup, now, full)
    items = [i for i in usable if hold.item_id is None or i.id == hold.item_id]
    return promised(situation(supply, items, network, now, hold), pickup, network, now)


def _promise_columns(hold: HoldRow, made: Promise) -> dict[str, Any]:
    fresh = {"likely_at": made.likely_at, "latest_on": made.latest_on}
    return {} if (made.likely_at, made.latest_on) == (hold.likely_at, hold.latest_on) else fresh


def _cause(
    supply: Supply,
    usable: list[ItemRow],
    transit: TransitRow | None,
    hold: HoldRow,
    now: datetime,
    event: Event | None,
) -> Cause:
    """Return why it is later: the event, if without it nothing were; else what the copies say."""
    if event is not None and event.before is None and hold.id not in event.anyway:
        return event.cause
    if event is not None and event.before is not None:
        without = _promise(supply, usable, transit, hold, event.before, now)
        if without is None or not is_later(hold.latest_on, without.likely_at):
            return event.cause
    if hold.state == HoldState.IN_TRANSIT and transit is not None:
        return Cause(VAN, transit.origin_id)
    chosen = next((i for i in usable if i.id == hold.item_id), None)
    if chosen is None and usable and _is_hopeless(usable):  # none is out: none was found
        chosen = usable[0]
    if chosen is not None and chosen.status in ON_SHELF:  # a round of the shelves left it there
        return Cause(SHELF, chosen.current_library_id)
    late = [i for i in usable if i.id in supply.due and supply.due[i.id] < local_date(now)]
    if late:
        latest: ItemRow = max(late, key=lambda i: supply.due[i.id])
        return Cause(LATE, latest.current_library_id, _due(supply, latest))
    return Cause(QUEUE)


def _due(supply: Supply, item: ItemRow) -> date | None:
    return supply.due.get(item.id)


def _is_hopeless(usable: list[ItemRow]) -> bool:
    return all(i.status in ON_SHELF and i.targeting_penalty >= MOST_FAILURES for i in usable)


def _write(
    tx: Tx, *, network: Network, work_id: int, changes: list[Fresh], now: datetime
) -> Counter[str]:
    lock_work(tx, work_id)
    done: Counter[str] = Counter()
    ended: list[HoldRow] = []
    for fresh in changes:
        try:
            hold = change(tx, fresh.hold, **fresh.columns) if fresh.columns else fresh.hold
            if fresh.no_copy_left:
                hold = end(tx, hold, Trigger.CANCEL, now, SYSTEM, EndReason.NO_COPY_LEFT)
        except Conflict:
            continue
        later = fresh.cause is not None or fresh.hopeless
        if fresh.no_copy_left:
            tell(tx, hold, "cancelled", now)
            ended.append(hold)
        elif later:
            _tell_later(tx, network, hold, fresh, now)
        done.update(later=int(later), no_copy_left=int(fresh.no_copy_left))
    if ended:  # the next volume of a series may be another one of this very work
        retarget(tx, work_id, now, network, SYSTEM)
    for hold in ended:
        go_on(tx, hold, now, network)
    return done


def _tell_later(tx: Tx, network: Network, hold: HoldRow, fresh: Fresh, now: datetime) -> None:
    """Write the cause into the history, and put the news where those of one person meet."""
    cause, because = fresh.cause, {}
    if cause is not None:
        tx.insert(
            HoldEvent, hold_id=hold.id, at=now, actor=SYSTEM, library_id=cause.library_id,
            from_state=hold.state, to_state=hold.state, trigger=LATER, item_id=hold.item_id,
            reason=cause.code, note=cause.note,
        )  # fmt: skip
        place = network.by_id(cause.library_id).short_name if cause.library_id else ""
        because = {"because": cause.as_payload(place, fresh.type)}
    outbox.drop(tx, hold.id, "later", now, "said anew")  # the newest date is the one to say
    outbox.put(
        tx, "later", f"later:{hold.id}:{hold.version}", now=now, due=now + TOGETHER,
        patron_id=hold.patron_id, hold_id=hold.id, payload=because,
    )  # fmt: skip
