"""Targeting a work: load its queue and copies, assign, bind (T2, T3); serialised per work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from navette.catalogue.tables import Item
from navette.circulation.deadline import target_until
from navette.circulation.facts import HoldRow, ItemRow
from navette.circulation.futures import Copy, Situation
from navette.circulation.policy import (
    ON_SHELF,
    can_ever_fill,
    hold_matches,
    is_free,
    is_lendable,
    is_walk_in,
    under_embargo,
)
from navette.circulation.promise import is_later, promised
from navette.circulation.queue import Candidate, passed_over
from navette.circulation.rows import ITEMS_OF_WORK, ITEMS_OF_WORKS, LOCKED_WORKS
from navette.circulation.states import HoldState, ItemStatus, Trigger
from navette.circulation.tables import Hold
from navette.circulation.targeting import assign, cost, with_ties
from navette.circulation.transitions import lock_work, move, touch
from navette.circulation.waiting import load_queue, load_queues
from navette.clock import local_date
from navette.network.network import Network
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader, Tx

_h, _i, _p = table(Hold).c, table(Item).c, table(Patron).c


_MOVABLE = frozenset({HoldState.WAITING, HoldState.TARGETED})


def _asked(library: int, at: datetime) -> tuple[int, datetime]:
    return library, at


# `> 0` instead of "is not null": SQLite walks the index for the one, the table for the other.
_LAST_ASKED = Query(
    select(_i.current_library_id, func.max(_h.targeted_at))
    .join_from(table(Hold), table(Item), _i.id == _h.item_id)
    .where(_h.item_id > 0, _h.targeted_at.is_not(None))
    .group_by(_i.current_library_id),
    _asked,
)


# What else somebody waits for that the end of one hold lets go on: a series, a rhythm.
_HELD_UP = Query(
    select(_h.work_id)
    .join_from(table(Hold), table(Patron), _p.id == _h.patron_id)
    .where(
        _h.patron_id == bindparam("patron"),
        _h.state.in_([str(HoldState.WAITING), str(HoldState.TARGETED)]),
        _h.work_id != bindparam("work"),
        or_(_h.chain_id == bindparam("chain"), _p.hold_rhythm.is_not(None)),
    )
    .distinct()
    .order_by(_h.work_id),
    scalar,
)


@dataclass
class Survey:
    """What a job that targets many works as of one instant finds out only once."""

    costs: dict[tuple[int, int, int], int | None] = field(default_factory=dict)
    asked: dict[int, datetime] | None = None


def retarget(
    tx: Tx,
    work_id: int,
    now: datetime,
    network: Network,
    actor: str = "system",
    survey: Survey | None = None,
) -> list[HoldRow]:
    """Unbind targets that no longer hold, bind free copies to waiting holds; returns those bound.

    Call it last in a unit of work that freed a copy, or changed or ended a hold of the work.
    """
    lock_work(tx, work_id)
    queue = load_queue(tx, work_id)
    if not any(c.hold.state in _MOVABLE for c in queue):
        return []
    items = tx.all(ITEMS_OF_WORK, work=work_id)
    queue = _let_go(tx, queue, items, now, network, actor)
    return bind_copies(tx, queue, items, now, network, actor, survey)


def retarget_all(
    tx: Tx,
    work_ids: Sequence[int],
    now: datetime,
    network: Network,
    actor: str = "system",
    survey: Survey | None = None,
) -> list[HoldRow]:
    """Do as `retarget` for several works in one unit of work, loading what they need together.

    Works are locked by id. Where somebody has a rhythm, what one work gives them counts in the
    next: such a work is loaded for itself, after the others.
    """
    found = tx.all(LOCKED_WORKS, works=sorted(work_ids))
    queues = load_queues(tx, found)
    items: dict[int, list[ItemRow]] = {work: [] for work in found}
    for item in tx.all(ITEMS_OF_WORKS, works=found):
        items[item.work_id].append(item)
    bound, paced = list[HoldRow](), list[int]()
    for work in found:
        if any(c.patron.hold_rhythm is not None for c in queues[work]):
            paced.append(work)
        elif any(c.hold.state in _MOVABLE for c in queues[work]):
            queue = _let_go(tx, queues[work], items[work], now, network, actor)
            bound += bind_copies(tx, queue, items[work], now, network, actor, survey)
    for work in paced:
        bound += retarget(tx, work, now, network, actor, survey)
    return bound


def go_on(tx: Tx, hold: HoldRow, now: datetime, network: Network, actor: str = "system") -> None:
    """Serve at once what waited for this hold to end: the next volume, the next at their rhythm.

    Also when it came back (T17): a later volume gives its copy up. Call it after `retarget`.
    """
    held_up = tx.all(_HELD_UP, patron=hold.patron_id, work=hold.work_id, chain=hold.chain_id or 0)
    for work_id in held_up:
        retarget(tx, work_id, now, network, actor)


def bind_copies(
    tx: Tx,
    queue: Sequence[Candidate],
    items: Sequence[ItemRow],
    now: datetime,
    network: Network,
    actor: str = "system",
    survey: Survey | None = None,
) -> list[HoldRow]:
    """Assign free copies to eligible waiting holds (T2); the work's lock is taken already."""
    today = local_date(now)
    bound = {c.hold.item_id for c in queue if c.hold.item_id is not None}
    free = [i for i in items if is_free(i, bound)]
    if not free:
        return []
    eligible = [
        c for c in queue if c.hold.state == HoldState.WAITING and not passed_over(c, network, today)
    ]
    if not eligible:
        return []
    survey, waiting = survey or Survey(), [c.hold for c in eligible]
    costs = _costs(tx, waiting, free, now, network, survey)
    targeted, assigned = [], _at_their_rhythm(eligible, costs)
    for row, column in sorted(assigned.items()):
        item = free[column]
        source = network.by_id(item.current_library_id)
        if survey.asked is not None:
            survey.asked[source.id] = now
        # a pause whose last day is over: the job of the night only had not come by yet
        awake: dict[str, Any] = (
            {"suspended": False, "suspended_until": None} if waiting[row].suspended else {}
        )
        said = None if awake else waiting[row].latest_on
        targeted.append(
            move(
                tx, waiting[row], Trigger.TARGET, now, actor, item_id=item.id, touching=False,
                library_id=source.id, targeted_at=now,
                target_until=target_until(source.calendar, now), **awake,
                **_sooner(network, waiting[row], item, now, said),
            )
        )  # fmt: skip
    if targeted:
        touch(tx, [free[column].id for column in assigned.values()], now)
    return targeted


def _at_their_rhythm(
    waiting: Sequence[Candidate], costs: Sequence[Sequence[int | None]]
) -> dict[int, int]:
    """Assign copies; of people who want no more than some at once, their oldest holds count."""
    while True:
        served, given = assign(costs), Counter[int]()
        for row in sorted(served):
            candidate = waiting[row]
            rhythm, patron = candidate.patron.hold_rhythm, candidate.patron.id
            given[patron] += 1
            if rhythm is not None and candidate.captured + given[patron] > rhythm:
                costs = [[None] * len(c) if r == row else c for r, c in enumerate(costs)]
                break
        else:
            return served


def _sooner(
    network: Network, hold: HoldRow, item: ItemRow, now: datetime, said: date | None
) -> dict[str, Any]:
    """Return the present promise of a hold that waited and has a copy now.

    One that is later than was `said` is left as it was: refreshing tells the patron, with why.
    """
    if hold.version == 1:  # placed in this very transaction: its promise was just made
        return {}
    source, pickup = network.by_id(item.current_library_id), network.by_id(hold.pickup_library_id)
    made = promised(Situation([Copy(source, free_now=True)]), pickup, network, now)
    if is_later(said, made.likely_at):
        return {}
    return {"likely_at": made.likely_at, "latest_on": made.latest_on}


def _costs(
    reader: Reader,
    waiting: Sequence[HoldRow],
    free: Sequence[ItemRow],
    now: datetime,
    network: Network,
    survey: Survey,
) -> list[list[int | None]]:
    today, known = local_date(now), survey.costs
    usable = [is_lendable(i, network) and not is_walk_in(i, today) for i in free]
    held_back = [under_embargo(i, today) for i in free]
    costs: list[list[int | None]] = []
    for hold in waiting:
        row: list[int | None] = []
        for index, item in enumerate(free):
            travels = not held_back[index] or item.current_library_id == hold.pickup_library_id
            if not (usable[index] and travels and hold_matches(item, hold)):
                row.append(None)
                continue
            pair = (item.current_library_id, hold.pickup_library_id, item.targeting_penalty)
            if pair not in known:
                source, pickup = network.by_id(pair[0]), network.by_id(pair[1])
                known[pair] = network.in_this_minute(
                    ("cost", *pair),
                    now,
                    partial(cost, network, source, pickup, now, penalty=pair[2]),
                )
            row.append(known[pair])
        costs.append(row)
    sources = [i.current_library_id for i in free]
    if len(set(sources)) == 1 or (len(costs) == 1 and _has_one_best(costs[0], sources)):
        return costs
    if survey.asked is None:
        survey.asked = dict(reader.all(_LAST_ASKED))
    return with_ties(costs, sources, survey.asked)


def _has_one_best(row: Sequence[int | None], sources: Sequence[int]) -> bool:
    """Return whether the least cost is that of one library only: there is no tie to settle."""
    least = min((c for c in row if c is not None), default=None)
    return len({source for c, source in zip(row, sources, strict=True) if c == least}) == 1


def _let_go(
    tx: Tx,
    queue: Sequence[Candidate],
    items: Sequence[ItemRow],
    now: datetime,
    network: Network,
    actor: str,
) -> list[Candidate]:
    """Unbind TARGETED holds whose copy or patron can no longer serve (T3)."""
    by_id, freed = {i.id: i for i in items}, dict[int, HoldRow]()
    given_back: Counter[int] = Counter()
    for candidate in reversed(queue):  # of too many at once, somebody's oldest hold stays
        hold, patron = candidate.hold, candidate.patron.id
        if hold.state != HoldState.TARGETED:
            continue
        left = replace(candidate, captured=candidate.captured - given_back[patron])
        why = _no_longer(left, by_id, network, now)
        if why:
            freed[hold.id] = move(tx, hold, Trigger.UNTARGET, now, actor, reason=why)
            given_back[patron] += 1
    if not freed:
        return list(queue)
    return [
        replace(
            c,
            hold=freed.get(c.hold.id, c.hold),
            captured=c.captured - given_back[c.patron.id] + (c.hold.id in freed),
        )
        for c in queue
    ]


def _no_longer(
    candidate: Candidate, by_id: dict[int, ItemRow], network: Network, now: datetime
) -> str:
    hold, today = candidate.hold, local_date(now)
    item = by_id.get(hold.item_id or 0)
    if item is None:
        return "record_changed"
    if item.status in {ItemStatus.IN_TRANSIT, ItemStatus.ON_HOLD_SHELF, ItemStatus.PROCESSING}:
        return ""  # to be sent on by the library where it lies (E12, E13)
    if item.status not in ON_SHELF:
        return item.status.lower()
    if not can_ever_fill(item, hold, network, today):
        return "policy"
    return passed_over(candidate, network, today)
