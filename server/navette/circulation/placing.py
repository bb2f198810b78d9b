"""Placing a hold (T1) and targeting it in the same transaction (T2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import bindparam, func, select

from navette.circulation import promise as promising_rules
from navette.circulation.doors import may_act
from navette.circulation.facts import HoldRow, ItemRow, PatronRow, RecordRow
from navette.circulation.household import check_household_holds, household_allows
from navette.circulation.policy import (
    Allowance,
    check_card,
    check_hold_limit,
    check_reservable,
    holds_allowed,
    lives_until,
    newest_issue,
    volumes_among,
)
from navette.circulation.promising import situation, supply_of
from navette.circulation.queue import Candidate, order
from navette.circulation.repeating import once
from navette.circulation.rows import (
    ACTIVE_OF_PATRON,
    ITEMS_OF_WORK,
    LOCKED_PATRON,
    PATRON,
    RECORD,
)
from navette.circulation.states import BOUND, HoldState, Trigger
from navette.circulation.surroundings import Work
from navette.circulation.tables import Hold, Loan
from navette.circulation.targeting_service import bind_copies
from navette.circulation.transitions import lock_work, write_event
from navette.circulation.viewing import hold_view
from navette.circulation.waiting import load_queue
from navette.clock import local_date
from navette.errors import BadInput, DuplicateHold, NotFound, UnknownLibrary, VolumeRequired
from navette.ils.views import Actor, HoldView
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.changes import note
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader, Tx

_l = table(Loan).c
FIRST_DUE = Query(
    select(func.min(_l.due_on)).where(
        _l.patron_id == bindparam("patron"), _l.returned_at.is_(None), _l.claimed_at.is_(None)
    ),
    scalar,
)


@dataclass(frozen=True)
class Placing:
    """What is asked: a volume of a record, for a card, to be collected somewhere.

    `any_edition`: whichever edition of the work is free first. `item_id`: this very copy.
    """

    patron_id: int
    record_id: int
    pickup: str
    volume_key: str = ""
    any_edition: bool = False
    item_id: int | None = None

    @property
    def level(self) -> str:
        """Return the level of the hold: item, work, a volume where one is chosen, or record."""
        if self.item_id is not None:
            return "item"
        if self.any_edition:
            return "work"
        return "volume" if self.volume_key else "record"

    def target(self, record: RecordRow) -> int:
        """Return the row id of what is asked for at that level."""
        if self.item_id is not None:
            return self.item_id
        return record.work_id if self.any_edition else record.id


def placed(
    tx: Tx, network: Network, now: datetime, actor: Actor, asked: Placing, key: str | None = None
) -> HoldView:
    """Place a hold and return it as it stands; the same key returns the first one again.

    It is looked at before the end of the transaction, which knows its queue and copies already.
    """
    decided: list[Work] = []
    hold_id = place(tx, network, now, actor, asked, key, decided)
    return hold_view(tx, network, now, hold_id, decided[0] if decided else None)


def place(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    asked: Placing,
    key: str | None = None,
    decided: list[Work] | None = None,
) -> int:
    """Place a hold and return its row id; the same key returns the first one again.

    `decided` is given the work as it is now, where that is known. Locks work, then patron. Raises NotFound, NotReservable, VolumeRequired, DuplicateHold,
    HoldLimitReached, PatronBlocked, CardExpired, BadInput.
    """
    record = tx.first(RECORD, record=asked.record_id)
    if record is None or record.hidden:
        raise NotFound
    lock_work(tx, record.work_id)
    content = {
        "patron": asked.patron_id, "record": asked.record_id, "pickup": asked.pickup.lower(),
        "volume": asked.volume_key, "any_edition": asked.any_edition, "item": asked.item_id,
    }  # fmt: skip
    return once(
        tx, actor, key, "place_hold", content, now,
        lambda: _place(tx, network, now, actor, asked, record, [] if decided is None else decided),
    )  # fmt: skip


def _place(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    asked: Placing,
    record: RecordRow,
    decided: list[Work],
) -> int:
    today = local_date(now)
    if not may_act(tx, actor, asked.patron_id, now):
        raise NotFound
    pickup = pickup_library(network, asked.pickup)
    items = tx.all(ITEMS_OF_WORK, work=record.work_id)
    queue = load_queue(tx, record.work_id)
    bound = {c.hold.item_id for c in queue if c.hold.item_id is not None}
    wanted = check_items(
        items, bound, record, pickup, network, today, asked.volume_key,
        level=asked.level, item_id=asked.item_id,
    )  # fmt: skip
    patron = tx.first(LOCKED_PATRON, patron=asked.patron_id)
    if patron is None or patron.closed_at is not None:
        raise NotFound
    first_due = tx.one(FIRST_DUE, patron=patron.id)
    held = tx.all(ACTIVE_OF_PATRON, patron=patron.id)
    check_card(patron, first_due, network, today)
    check_no_duplicate(held, record.work_id, record.id, asked.level, asked.volume_key)
    check_hold_limit(patron, counted(held), network)
    check_household_holds(tx, patron, network)
    made = promise_of(tx, network, now, items, queue, wanted, pickup)
    hold = insert_hold(tx, network, now, actor, asked, record, patron, pickup=pickup, made=made)
    mine = Candidate(hold, patron, first_due, sum(h.state in BOUND for h in held))
    everybody = sorted([*queue, mine], key=lambda c: order(c.hold))
    bound_now = {h.id: h for h in bind_copies(tx, everybody, items, now, network, actor.name)}
    if all(
        c.patron.hold_rhythm is None for c in everybody
    ):  # else what others may have changes too
        queue = [replace(c, hold=bound_now.get(c.hold.id, c.hold)) for c in everybody]
        decided.append(Work(record.work_id, queue, items))
    return hold.id


def pickup_library(network: Network, code: str) -> LibraryInfo:
    """Return the library of a code where holds can be collected; raises BadInput."""
    try:
        return network.library(code)
    except UnknownLibrary as unknown:
        raise BadInput("pickupLibrary", "unknown") from unknown


def counted(held: Sequence[HoldRow]) -> int:
    """Return how many holds count for the limit: a chain counts once, whatever is left of it."""
    return len({h.chain_id or -h.id for h in held})


def allowance(
    reader: Reader, network: Network, now: datetime, actor: Actor, patron_id: int
) -> Allowance:
    """Return how many holds a card, or its household when that is less, may still place.

    The same counts as those that refuse; raises NotFound for a card the actor may not act on.
    """
    patron = reader.first(PATRON, patron=patron_id)
    if patron is None or patron.closed_at or not may_act(reader, actor, patron_id, now):
        raise NotFound
    own = holds_allowed(patron, counted(reader.all(ACTIVE_OF_PATRON, patron=patron_id)), network)
    shared = household_allows(reader, patron, network)
    return own if shared is None else min(own, shared, key=lambda one: one.left)


def check_no_duplicate(
    held: Sequence[HoldRow], work_id: int, record_id: int, level: str, volume_key: str
) -> None:
    """Raise DuplicateHold when the patron already waits for this (I3)."""
    for hold in held:
        same_volume = hold.work_id == work_id and hold.volume_key == volume_key
        if same_volume and ("work" in {level, hold.level} or hold.record_id == record_id):
            raise DuplicateHold(hold_id=hold.id)


def check_items(
    items: Sequence[ItemRow],
    bound: set[int],
    record: RecordRow,
    pickup: LibraryInfo,
    network: Network,
    today: date,
    volume_key: str,
    *,
    level: str = "",
    item_id: int | None = None,
) -> list[ItemRow]:
    """Return the copies asked for; raises VolumeRequired, NotReservable, NotFound, BadInput.

    At the level of a work those of every edition count; a volume has to be chosen where this
    record has several, whatever the level (E10).
    """
    of_record = [i for i in items if i.record_id == record.id]
    if item_id is not None:
        wanted = [i for i in of_record if i.id == item_id]
        if not wanted:
            raise NotFound
        check_reservable(wanted, bound, pickup, network, today)
        return wanted
    volumes = volumes_among(of_record)
    if volumes and volume_key not in dict(volumes):
        raise VolumeRequired(volumes=volumes)
    if volume_key and of_record and not volumes:
        raise BadInput("volumeKey", "unknown")
    among = items if level == "work" else of_record
    wanted = [i for i in among if i.volume_key == volume_key]
    latest = record.type == "magazine" and bool(volumes) and newest_issue(of_record) == volume_key
    check_reservable(wanted, bound, pickup, network, today, issues=latest)
    return wanted


def promise_of(
    reader: Reader,
    network: Network,
    now: datetime,
    items: Sequence[ItemRow],
    queue: Sequence[Candidate],
    wanted: Sequence[ItemRow],
    pickup: LibraryInfo,
) -> promising_rules.Promise:
    """Return what is promised to a new hold on these copies."""
    work_id = items[0].work_id
    supply = supply_of(reader, network, work_id, items=items, queue=queue)
    return promising_rules.promised(situation(supply, wanted, network, now), pickup, network, now)


def insert_hold(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    asked: Placing,
    record: RecordRow,
    patron: PatronRow,
    *,
    pickup: LibraryInfo,
    made: promising_rules.Promise,
    after: HoldRow | None = None,
) -> HoldRow:
    """Write a new hold, WAITING; `after` is the link before it in a chain."""
    hold = HoldRow(
        id=0, patron_id=patron.id, placed_by=actor.patron_id, placed_by_staff=actor.staff_id,
        level=asked.level, target_id=asked.target(record), record_id=record.id, work_id=record.work_id,
        volume_key=asked.volume_key, pickup_place_id=pickup.pickup_place_id,
        pickup_library_id=pickup.id, rank_class=rank_class(network, patron), placed_at=now,
        not_after=lives_until(patron, network, local_date(now)), suspended_until=None,
        suspended=False, previous_in_chain=after.id if after else None,
        chain_id=(after.chain_id or after.id) if after else None, state=str(HoldState.WAITING), end_reason=None,
        ended_at=None, item_id=None, targeted_at=None, target_until=None, ready_at=None,
        pickup_deadline=None, deadline_before=None, shelf_place="", passes_used=0, overtaken=0,
        promised_likely_at=made.likely_at, promised_latest_on=made.latest_on,
        promised_for=made.reason,
        likely_at=made.likely_at, latest_on=made.latest_on, announced_at=None,
        hopeless_since=None, version=1,
    )  # fmt: skip
    values = hold._asdict()
    del values["id"]
    hold = hold._replace(id=tx.insert(Hold, **values))
    write_event(tx, hold, Trigger.PLACE, now, actor.name, from_state=None, library_id=pickup.id)
    note(tx, "record", [hold.record_id], now)  # one more in the queue: "le plus tôt" counts it
    return hold


def rank_class(network: Network, patron: PatronRow) -> int:
    """Return the class of a category: 0 for everybody, lower where the coordinator says so."""
    home = network.by_id(patron.home_library_id).code
    return int(network.rule("rank_class", library=home, category=patron.category))
