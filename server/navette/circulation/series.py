"""Placing a series in order: one chain of holds, served one after the other (section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from navette.circulation.chains import LONGEST
from navette.circulation.doors import may_act
from navette.circulation.facts import HoldRow, PatronRow, RecordRow
from navette.circulation.household import check_household_holds
from navette.circulation.placing import (
    FIRST_DUE,
    Placing,
    check_items,
    check_no_duplicate,
    counted,
    insert_hold,
    pickup_library,
    promise_of,
)
from navette.circulation.policy import check_card, check_hold_limit
from navette.circulation.promise import NEVER
from navette.circulation.repeating import once
from navette.circulation.rows import ACTIVE_OF_PATRON, ITEMS_OF_WORK, LOCKED_PATRON, RECORD
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import change, lock_work
from navette.circulation.waiting import load_queue
from navette.clock import local_date
from navette.errors import BadInput, NotFound
from navette.ils.views import Actor
from navette.network.network import LibraryInfo, Network
from navette.storage.unit import Tx

Link = tuple[int, str]  # a record and the key of its volume


def place_series(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    *,
    patron_id: int,
    links: Sequence[Link],
    pickup: str,
    key: str | None = None,
) -> int:
    """Place the volumes of a series in this order; returns the first hold's row id.

    All of them or none. The chain counts as one hold, later links keep the rank of today. Locks
    works by id, then the patron. Raises what placing one hold raises, BadInput for a chain of
    less than two or more than thirty.
    """
    if not 1 < len(links) <= LONGEST or len(set(links)) != len(links):
        raise BadInput("volumes", "count")
    records = [_record(tx, record_id) for record_id, _ in links]
    for work_id in sorted({record.work_id for record in records}):
        lock_work(tx, work_id)
    content = {"patron": patron_id, "links": [list(link) for link in links], "pickup": pickup}
    asked = [
        (Placing(patron_id, record.id, pickup, volume), record)
        for record, (_, volume) in zip(records, links, strict=True)
    ]
    return once(
        tx, actor, key, "place_series", content, now,
        lambda: _place(tx, network, now, actor, patron_id, asked),
    )  # fmt: skip


def _record(tx: Tx, record_id: int) -> RecordRow:
    record = tx.first(RECORD, record=record_id)
    if record is None or record.hidden:
        raise NotFound
    return record


def _place(
    tx: Tx, network: Network, now: datetime, actor: Actor, patron_id: int,
    asked: Sequence[tuple[Placing, RecordRow]],
) -> int:  # fmt: skip
    if not may_act(tx, actor, patron_id, now):
        raise NotFound
    library = pickup_library(network, asked[0][0].pickup)
    patron = tx.first(LOCKED_PATRON, patron=patron_id)
    if patron is None or patron.closed_at is not None:
        raise NotFound
    check_card(patron, tx.one(FIRST_DUE, patron=patron_id), network, local_date(now))
    check_hold_limit(patron, counted(tx.all(ACTIVE_OF_PATRON, patron=patron_id)), network)
    check_household_holds(tx, patron, network)
    last: HoldRow | None = None
    chain: int | None = None
    for placing, record in asked:
        last = _link(tx, network, now, actor, placing, record, patron, library, after=last)
        if chain is None:
            last = change(tx, last, chain_id=last.id)
            chain = last.id
    for work_id in sorted({record.work_id for _, record in asked}):
        retarget(tx, work_id, now, network, actor.name)
    return chain or 0


def _link(
    tx: Tx, network: Network, now: datetime, actor: Actor, placing: Placing, record: RecordRow,
    patron: PatronRow, library: LibraryInfo, *, after: HoldRow | None,
) -> HoldRow:  # fmt: skip
    """Write one link; only the first has a day that can be promised."""
    items = tx.all(ITEMS_OF_WORK, work=record.work_id)
    queue = load_queue(tx, record.work_id)
    bound = {c.hold.item_id for c in queue if c.hold.item_id is not None}
    wanted = check_items(
        items, bound, record, library, network, local_date(now), placing.volume_key
    )
    held = tx.all(ACTIVE_OF_PATRON, patron=patron.id)
    check_no_duplicate(held, record.work_id, record.id, placing.level, placing.volume_key)
    made = NEVER
    if after is None:
        made = promise_of(tx, network, now, items, queue, wanted, library)
    return insert_hold(
        tx, network, now, actor, placing, record, patron, pickup=library, made=made, after=after
    )
