"""New titles: one copy in four stays to be discovered on the spot (section 5).

So that those who come without a phone find new books too: of three new copies and more of one
title, a share is not reservable as long as they are new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Item, Record
from navette.circulation.facts import ItemRow
from navette.circulation.policy import GONE, is_free
from navette.circulation.rows import BOUND_HOLD, ITEM_COLUMNS
from navette.circulation.transitions import lock_work, move_item
from navette.clock import local_date
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Tx, Unit

FEWEST = 3
_i, _r = table(Item).c, table(Record).c
_NEW = (
    _i.new_until >= bindparam("today"),
    _i.not_for_loan.is_(False),
    _i.status.not_in(sorted(GONE)),
)
_WORKS = Query(
    select(_r.work_id)
    .join_from(table(Item), table(Record), _r.id == _i.record_id)
    .where(*_NEW)
    .distinct()
    .order_by(_r.work_id),
    scalar,
)
_COPIES = Query(
    select(*ITEM_COLUMNS)
    .join_from(table(Item), table(Record), _r.id == _i.record_id)
    .where(_r.work_id == bindparam("work"), *_NEW)
    .order_by(_i.id.desc()),
    ItemRow,
)


def keep_on_site(unit: Unit, network: Network, now: datetime) -> int:
    """Mark the walk-in copies of new titles; run twice it marks nothing more. Returns how many."""
    with unit.read() as reader:
        works = reader.all(_WORKS, today=local_date(now))
    return sum(unit.write(partial(_mark, work_id=work, network=network, now=now)) for work in works)


def _mark(tx: Tx, *, work_id: int, network: Network, now: datetime) -> int:
    lock_work(tx, work_id)
    titles: dict[tuple[int, str], list[ItemRow]] = defaultdict(list)
    for item in tx.all(_COPIES, work=work_id, today=local_date(now)):
        titles[item.record_id, item.volume_key].append(item)
    marked = 0
    for copies in titles.values():
        for item in _to_keep(tx, copies, network):
            move_item(tx, item, now, on_site_until=item.new_until)
            marked += 1
    return marked


def _to_keep(tx: Tx, copies: Sequence[ItemRow], network: Network) -> list[ItemRow]:
    """Return the copies to mark: of different libraries first, none that somebody waits for."""
    if len(copies) < FEWEST:
        return []
    home = network.by_id(copies[0].home_library_id).code
    share = float(network.rule("walk_in_share", library=home, item_type=copies[0].type))
    kept = [c for c in copies if c.on_site_until is not None]
    wanted = int(len(copies) * share + 1e-9) or int(share > 0)
    free = [
        c
        for c in copies
        if c.on_site_until is None and is_free(c, ()) and tx.first(BOUND_HOLD, item=c.id) is None
    ]
    served = {c.home_library_id for c in kept}
    free.sort(key=lambda c: (c.home_library_id in served, -c.id))
    return free[: max(0, wanted - len(kept))]
