"""The promise of one pickup library for many titles at once, for a list: what its cards say.

As many statements as for one title. Copies that stand alike give the same futures: a page of
twenty titles that lie on shelves nearby counts them a few times only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Item, Record
from navette.circulation import promise as rules
from navette.circulation.facts import ItemRow
from navette.circulation.futures import Situation
from navette.circulation.policy import is_lendable, volumes_among
from navette.circulation.promising import Supply, situation, van_room, view_of
from navette.circulation.rows import ITEM_COLUMNS
from navette.circulation.tables import Loan
from navette.circulation.waiting import load_queues
from navette.ils.views import PromiseView
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

_i, _r, _l = table(Item).c, table(Record).c, table(Loan).c
_ITEMS = Query(
    select(*ITEM_COLUMNS)
    .join_from(table(Item), table(Record), _r.id == _i.record_id)
    .where(_i.record_id.in_(bindparam("records", expanding=True)))
    .order_by(_i.id),
    ItemRow,
)


def _due(item: int, day: date) -> tuple[int, date]:
    return item, day


_DUE = Query(
    select(_l.item_id, _l.due_on).where(
        _l.item_id.in_(bindparam("items", expanding=True)), _l.returned_at.is_(None)
    ),
    _due,
)


def promises_at(
    reader: Reader, network: Network, now: datetime, record_ids: Sequence[int], pickup: str
) -> Mapping[int, PromiseView]:
    """Return the promise of `pickup` for each title that has copies and no volumes to choose among.

    Each is what `promising.promises` says for that title and library; UnknownLibrary.
    """
    library = network.library(pickup)
    items = _by_record(reader, record_ids)
    if not items:
        return {}
    works = {copies[0].work_id for copies in items.values()}
    queues, room = load_queues(reader, works), van_room(reader, network)
    ids = [copy.id for copies in items.values() for copy in copies]
    due = dict(reader.all(_DUE, items=ids))
    found: dict[int, PromiseView] = {}
    for record, copies in items.items():
        queue = queues.get(copies[0].work_id, [])
        bound = {c.hold.item_id: c.hold.id for c in queue if c.hold.item_id is not None}
        supply = Supply(copies, due, bound, queue, room)
        at = situation(supply, copies, network, now)
        made = _promised(at, library, network, now)
        if made.reason == "never" and not any(is_lendable(copy, network) for copy in copies):
            made = rules.Promise(None, None, "on_site")
        found[record] = view_of(made, library, now)
    return found


def _by_record(reader: Reader, record_ids: Sequence[int]) -> Mapping[int, Sequence[ItemRow]]:
    """Return the copies of each title; none of those where a volume has to be chosen first."""
    found: dict[int, list[ItemRow]] = defaultdict(list)
    for item in reader.all(_ITEMS, records=sorted(set(record_ids))) if record_ids else ():
        found[item.record_id].append(item)
    return {record: copies for record, copies in found.items() if not volumes_among(copies)}


def _promised(
    at: Situation, library: LibraryInfo, network: Network, now: datetime
) -> rules.Promise:
    """Count the futures of this situation, once a minute for all titles that stand so."""
    standing = tuple((c.source.id, c.free_now, c.free, c.travels_from) for c in at.copies)
    ahead = (at.ahead, at.between, tuple(sorted(at.full_vans.items())))
    return network.in_this_minute(
        ("promise", library.id, standing, ahead),
        now,
        lambda: rules.promised(at, library, network, now),
    )
