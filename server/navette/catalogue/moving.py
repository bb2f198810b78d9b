"""Copies that a library put beside another of its records: they go over when the first let them go.

Two records of one library that both claim a barcode are a mistake, and the first one keeps the
copy. A copy that is on its way, lent or kept for somebody stays where it is until it is back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, update

from navette.catalogue.lookups import KnownItem
from navette.catalogue.plan import Copy, Source, Stale
from navette.catalogue.prepared import Written
from navette.catalogue.redescribing import SOURCE_COLUMNS, Kept, read_again
from navette.catalogue.source_profiles import named
from navette.catalogue.tables import Item, Record, SourceRecord
from navette.catalogue.unimarc.profiles import UnknownProfile
from navette.circulation.states import BOUND, ItemStatus
from navette.circulation.tables import Hold, Loan
from navette.circulation.transitions import lock_work
from navette.storage.base import table
from navette.storage.bulk import run_many
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx

_h, _i, _l, _r, _s = (table(one).c for one in (Hold, Item, Loan, Record, SourceRecord))
_AWAY = (ItemStatus.ON_LOAN, ItemStatus.IN_TRANSIT, ItemStatus.ON_HOLD_SHELF)
_HOLDERS = Query(
    select(*SOURCE_COLUMNS).where(_s.id.in_(bindparam("sources", expanding=True))), Kept
)
_BUSY = Query(
    select(_i.id)
    .outerjoin(table(Hold), (_h.item_id == _i.id) & _h.state.in_(sorted(BOUND)))
    .where(
        _i.id.in_(bindparam("items", expanding=True)),
        or_(_i.status.in_(sorted(_AWAY)), _h.id.is_not(None)),
    ),
    scalar,
)
_WORKS = Query(
    select(_r.work_id)
    .join_from(table(Item), table(Record), _r.id == _i.record_id)
    .where(_i.id.in_(bindparam("items", expanding=True)))
    .distinct()
    .order_by(_r.work_id),
    scalar,
)
_MOVE = command(
    update(table(Item))
    .where(_i.id == bindparam("item"))
    .values(record_id=bindparam("record"), source_record_id=bindparam("source"))
)
_MOVE_LOANS = command(
    update(table(Loan)).where(_l.item_id == bindparam("item")).values(record_id=bindparam("record"))
)


class Move(NamedTuple):
    """Where a copy goes over to: the record and the description beside which it stands now."""

    item: int
    record: int
    source: int


def let_go(
    reader: Reader,
    items: Sequence[KnownItem],
    batch: Mapping[str, Written],
    source: Source,
) -> Collection[int]:
    """Tell which of these copies no description of their library claims any more, and are free.

    `batch` is what the file says now; else a description says what it said last.
    """
    holders = {
        kept.id: kept
        for kept in reader.all(_HOLDERS, sources=[i.source_record_id for i in items])
        if kept.library_id == source.library_id
    }
    claims = {
        number: claimed
        for number, kept in holders.items()
        if (claimed := _claimed(reader, kept, batch)) is not None
    }
    free = [
        item.id
        for item in items
        if item.source_record_id in claims and item.barcode not in claims[item.source_record_id]
    ]
    return set(free) - set(reader.all(_BUSY, items=free)) if free else frozenset()


def _claimed(reader: Reader, kept: Kept, batch: Mapping[str, Written]) -> frozenset[str] | None:
    """Give the barcodes that a description names; None if it cannot be read."""
    if kept.local_id in batch:
        return frozenset(item.barcode for item in batch[kept.local_id].items)
    if kept.gone:
        return frozenset()
    try:
        told = read_again(kept, named(reader, kept.profile))
    except UnknownProfile:
        return None
    return frozenset(item.barcode for item in told.parsed.items) if told else None


def hold_still(tx: Tx, copies: Sequence[Copy]) -> None:
    """Lock the works of the copies that are to go over, before anything else is locked.

    Raises Stale when one was lent, or kept for somebody, since it was found to be free.
    """
    items = [copy.known.id for copy in copies if copy.moves and copy.known]
    if not items:
        return
    for work in tx.all(_WORKS, items=items):
        lock_work(tx, work)
    if tx.all(_BUSY, items=items):
        raise Stale


def go_over(tx: Tx, moves: Sequence[Move]) -> None:
    """Put copies beside another record, with what they were lent before."""
    run_many(tx, _MOVE, [move._asdict() for move in moves])
    run_many(tx, _MOVE_LOANS, [{"item": move.item, "record": move.record} for move in moves])
