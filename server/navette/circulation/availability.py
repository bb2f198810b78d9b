"""Where the copies of records are, library by library; one statement for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, select

from navette.catalogue.tables import Item
from navette.circulation.policy import GONE, ON_SHELF, volumes_among
from navette.circulation.rows import ITEMS_OF_WORK, RECORD
from navette.circulation.states import BOUND, ItemStatus
from navette.circulation.tables import Hold, Loan
from navette.errors import NotFound
from navette.ils.views import AvailabilityView
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

_h, _i, _l = table(Hold).c, table(Item).c, table(Loan).c
UNCOUNTED = GONE - {ItemStatus.NOT_FOR_LOAN, ItemStatus.DAMAGED}


# A copy, who holds it and until when: record, home, where it is, status, call number, hold, due.
Standing = tuple[int, int, int, str, str, int | None, date | None]


def _standing(*cells: Any) -> Standing:
    return cells


_COPIES = Query(
    select(
        _i.record_id, _i.home_library_id, _i.current_library_id, _i.status, _i.call_number,
        _h.id, _l.due_on,
    )
    .select_from(table(Item))
    .outerjoin(table(Hold), and_(_h.item_id == _i.id, _h.state.in_(sorted(BOUND))))
    .outerjoin(table(Loan), and_(_l.item_id == _i.id, _l.returned_at.is_(None)))
    .where(
        _i.record_id.in_(bindparam("records", expanding=True)),
        _i.status.not_in(sorted(UNCOUNTED)),
    )
    .order_by(_i.record_id, _i.id),
    _standing,
)  # fmt: skip


class _Shelf:
    """What was counted at one library: nothing at first."""

    available = 0
    total = 0
    next_date: date | None = None
    call_number = ""


def availability(
    reader: Reader, network: Network, record_ids: Sequence[int]
) -> Mapping[int, Sequence[AvailabilityView]]:
    """Return for each record its copies by library, in line order.

    A copy counts where it stands when it stands on a shelf, else where it belongs.
    """
    shelves: dict[int, dict[int, _Shelf]] = {i: defaultdict(_Shelf) for i in record_ids}
    copies = reader.all(_COPIES, records=list(record_ids)) if record_ids else []
    for record_id, home_id, current_id, status, call_number, hold_id, due_on in copies:
        standing = status in ON_SHELF
        shelf = shelves[record_id][current_id if standing else home_id]
        shelf.total += 1
        shelf.available += standing and hold_id is None
        shelf.call_number = shelf.call_number or call_number
        if due_on is not None:
            shelf.next_date = min(shelf.next_date or due_on, due_on)
    line = {library.id: library.code for library in network.libraries}
    return {record: _in_order(line, at) for record, at in shelves.items()}


def volumes(reader: Reader, record_id: int) -> list[tuple[str, str]]:
    """Return (key, label) of the volumes or issues among which one must be chosen; NotFound."""
    record = reader.first(RECORD, record=record_id)
    if record is None:
        raise NotFound
    items = reader.all(ITEMS_OF_WORK, work=record.work_id)
    return volumes_among(i for i in items if i.record_id == record_id)


def _in_order(line: Mapping[int, str], shelves: Mapping[int, _Shelf]) -> list[AvailabilityView]:
    # most titles stand in one library: there is no order to look for
    order = line if len(shelves) > 1 else shelves
    return [
        AvailabilityView(
            line[library],
            shelf.available,
            shelf.total,
            None if shelf.available else shelf.next_date,
            shelf.call_number,
        )
        for library in order
        if library in line and (shelf := shelves.get(library)) is not None
    ]
