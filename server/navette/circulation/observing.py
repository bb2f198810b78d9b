"""Counting habits each night from what really happened: no name is read, none is kept.

A night counts whatever days were not counted yet, in one transaction with the mark of how far it
came: run twice, by two processes or after days off, every fact is counted once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select, update

from navette.catalogue.tables import Item
from navette.circulation.missing import REASON as NOT_FOUND
from navette.circulation.states import HoldState, TransitState, Trigger
from navette.circulation.tables import Hold, HoldEvent, Loan, Transit
from navette.circulation.targeting import next_pull
from navette.clock import instant_at, local_date
from navette.errors import Duplicate
from navette.network.habits import (
    AWAY,
    COLLECT,
    MOST_ROUNDS,
    NOT_COLLECTED,
    PULL,
    RETURN,
    UNPACK,
    counted_value,
)
from navette.network.network import Network
from navette.network.tables import Observation, ObservedDay
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx, Unit

Key = tuple[str, int, str]
ENOUGH = 2000  # then everything counted is halved: habits change
BEGINNING = date(2000, 1, 1)
A_MINUTE = timedelta(minutes=1)
_h, _e, _l, _i, _t = (
    table(Hold).c, table(HoldEvent).c, table(Loan).c, table(Item).c, table(Transit).c,
)  # fmt: skip
_o, _d = table(Observation).c, table(ObservedDay).c
_PULLED = (str(Trigger.BOX), str(Trigger.SHELVE), str(Trigger.RECEIVE))


class Returned(NamedTuple):
    """A loan that ended."""

    library_id: int
    item_type: str
    due_on: date
    returned_at: datetime
    returned_library_id: int | None


class Kept(NamedTuple):
    """A hold that ended after it had stood on a hold shelf."""

    library_id: int
    state: str
    ready_at: datetime
    ended_at: datetime


class Looked(NamedTuple):
    """A copy that was asked for, and found or not; `asked_at` when it was asked for last."""

    library_id: int | None
    trigger: str
    at: datetime
    asked_at: datetime | None


class Carried(NamedTuple):
    """A crate that was received."""

    origin_id: int
    destination_id: int
    boxed_at: datetime
    closed_at: datetime


_asking = table(HoldEvent).alias()
_ASKED_AT = (
    select(func.max(_asking.c.at))
    .where(
        _asking.c.hold_id == _e.hold_id,
        _asking.c.item_id == _e.item_id,
        _asking.c.trigger == str(Trigger.TARGET),
        _asking.c.id < _e.id,
    )
    .correlate(table(HoldEvent))
    .scalar_subquery()
)
_RETURNED = Query(
    select(_l.library_id, _i.type, _l.due_on, _l.returned_at, _l.returned_library_id)
    .join_from(table(Loan), table(Item), _i.id == _l.item_id)
    .where(_l.returned_at >= bindparam("start"), _l.returned_at < bindparam("end")),
    Returned,
)
_KEPT = Query(
    select(_h.pickup_library_id, _h.state, _h.ready_at, _h.ended_at).where(
        _h.ended_at >= bindparam("start"),
        _h.ended_at < bindparam("end"),
        _h.ready_at.is_not(None),
    ),
    Kept,
)
_LOOKED = Query(
    select(_e.library_id, _e.trigger, _e.at, _ASKED_AT).where(
        _e.at >= bindparam("start"),
        _e.at < bindparam("end"),
        _e.from_state == str(HoldState.TARGETED),
        or_(
            _e.trigger.in_(_PULLED),
            and_(_e.trigger == str(Trigger.UNTARGET), _e.reason.in_(["timed_out", NOT_FOUND])),
        ),
    ),
    Looked,
)
_CARRIED = Query(
    select(_t.origin_id, _t.destination_id, _t.boxed_at, _t.closed_at).where(
        _t.closed_at >= bindparam("start"),
        _t.closed_at < bindparam("end"),
        _t.state == str(TransitState.RECEIVED),
    ),
    Carried,
)
_LAST_DAY: Query[date | None] = Query(select(func.max(_d.day)), scalar)
_COUNTS = Query(
    select(_o.counts).where(
        _o.kind == bindparam("kind_"),
        _o.library_id == bindparam("library"),
        _o.item_type == bindparam("of"),
    ),
    scalar,
)
_SET = command(
    update(table(Observation))
    .where(
        _o.kind == bindparam("kind_"),
        _o.library_id == bindparam("library"),
        _o.item_type == bindparam("of"),
    )
    .values(counts=bindparam("new_counts"))
)


def observe(unit: Unit, network: Network, now: datetime) -> int:
    """Count the days that ended since the last night; returns how many facts were counted."""
    try:
        return unit.write(lambda tx: _observe(tx, network, now))
    except Duplicate:  # another process counted the same night at the same time
        return 0


def _observe(tx: Tx, network: Network, now: datetime) -> int:
    yesterday = local_date(now) - timedelta(days=1)
    last = tx.one(_LAST_DAY)
    if last is not None and last >= yesterday:
        return 0
    tx.insert(ObservedDay, day=yesterday)
    start = instant_at(BEGINNING if last is None else last + timedelta(days=1), 0)
    counted = _counted(tx, network, start, instant_at(local_date(now), 0))
    for key in sorted(counted):
        _add(tx, key, counted[key])
    return sum(sum(values.values()) for values in counted.values())


def _counted(
    reader: Reader, network: Network, start: datetime, end: datetime
) -> Mapping[Key, Counter[int]]:
    found: dict[Key, Counter[int]] = defaultdict(Counter)
    for key, value in _facts(reader, network, start, end):
        found[key][counted_value(key[0], value)] += 1
    return found


def _facts(
    reader: Reader, network: Network, start: datetime, end: datetime
) -> Iterator[tuple[Key, int]]:
    between = {"start": start, "end": end}
    for loan in reader.all(_RETURNED, **between):
        days = (local_date(loan.returned_at) - loan.due_on).days
        yield (RETURN, loan.library_id, loan.item_type), days
        if loan.returned_library_id is not None:
            away = loan.returned_library_id != loan.library_id
            yield (AWAY, loan.library_id, ""), int(away)
    for hold in reader.all(_KEPT, **between):
        read = hold.state == HoldState.FULFILLED
        days = (local_date(hold.ended_at) - local_date(hold.ready_at)).days
        yield (
            (COLLECT, hold.library_id, ""),
            min(days, NOT_COLLECTED - 1) if read else (NOT_COLLECTED),
        )
    for look in reader.all(_LOOKED, **between):
        if look.library_id is not None:
            yield (PULL, look.library_id, ""), _rounds_missed(network, look)
    for crate in reader.all(_CARRIED, **between):
        missed = openings_missed(network, crate)
        if missed is not None:
            yield (UNPACK, crate.destination_id, ""), missed


def _rounds_missed(network: Network, look: Looked) -> int:
    if look.trigger not in _PULLED or look.asked_at is None or look.library_id is None:
        return MOST_ROUNDS
    library = network.by_id(look.library_id)
    return rounds_missed(network, library.code, look.asked_at, look.at)


def rounds_missed(network: Network, library: str, asked_at: datetime, found_at: datetime) -> int:
    """Return how many rounds of the shelves passed without it before it was found."""
    source, missed = network.library(library), 0
    pulled = next_pull(network, source, asked_at)
    while pulled is not None and missed < MOST_ROUNDS - 1:
        pulled = next_pull(network, source, pulled + A_MINUTE)
        if pulled is None or pulled > found_at:
            break
        missed += 1
    return missed


def openings_missed(network: Network, crate: Carried) -> int | None:
    """Return on how many opening days the crate stood at its destination; None without a van."""
    origin, there = network.by_id(crate.origin_id), network.by_id(crate.destination_id)
    ride = network.timetable.next_ride(origin.code, there.code, crate.boxed_at)
    first = there.calendar.opens_at(ride.arrives) if ride else None
    if first is None:
        return None
    missed, day = 0, local_date(first) + timedelta(days=1)
    while day <= local_date(crate.closed_at) and missed < MOST_ROUNDS:
        missed += there.calendar.is_open_on(day)
        day += timedelta(days=1)
    return missed


def _add(tx: Tx, key: Key, more: Mapping[int, int]) -> None:
    kind, library, of = key
    known = tx.first(_COUNTS, kind_=kind, library=library, of=of)
    total: Counter[int] = Counter({int(v): c for v, c in (known or {}).items()})
    total.update(more)
    if sum(total.values()) > ENOUGH:
        total = Counter({value: -(-count // 2) for value, count in total.items()})
    counts = {str(value): total[value] for value in sorted(total)}
    if known is None:
        tx.insert(Observation, kind=kind, library_id=library, item_type=of, counts=counts)
    else:
        tx.run(_SET, kind_=kind, library=library, of=of, new_counts=counts)
