"""Lists of a desk: what to pull, the shelf, what to clear, what travels, the day's figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, func, not_, or_, select

from navette.catalogue.tables import Item, Record
from navette.circulation.finding import with_barcode
from navette.circulation.item_views import SEEN_ITEM_COLUMNS, SeenItem, item_view
from navette.circulation.overdue import is_overdue
from navette.circulation.scan_log import last_answers
from navette.circulation.states import BOUND, OPEN_TRANSIT, HoldState, ItemStatus, TransitState
from navette.circulation.tables import Hold, Transit
from navette.circulation.viewing import hold_views
from navette.ils.views import (
    DeskCounts,
    HoldView,
    ItemView,
    PullLineView,
    ScanResult,
    TransitView,
)
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

_h, _i, _r, _t = table(Hold).c, table(Item).c, table(Record).c, table(Transit).c


class _Pulled(NamedTuple):
    hold_id: int
    pickup_id: int
    targeted_at: datetime | None
    placed_at: datetime
    until: datetime | None
    item: SeenItem


class _Travelling(NamedTuple):
    id: int
    origin_id: int
    destination_id: int
    cause: str
    state: str
    boxed_at: datetime
    item: SeenItem


def _pulled(*cells: Any) -> _Pulled:
    return _Pulled._make((*cells[:5], SeenItem(*cells[5:])))


def _travelling(*cells: Any) -> _Travelling:
    return _Travelling._make((*cells[:6], SeenItem(*cells[6:])))


_TARGETED_HERE = (
    _h.state == str(HoldState.TARGETED),
    _i.current_library_id == bindparam("library"),
)
_PULL_LIST = Query(
    select(
        _h.id, _h.pickup_library_id, _h.targeted_at, _h.placed_at, _h.target_until,
        *SEEN_ITEM_COLUMNS,
    )
    .join_from(table(Hold), table(Item), _i.id == _h.item_id)
    .join(table(Record), _r.id == _i.record_id)
    .where(*_TARGETED_HERE)
    .order_by(_i.section, _i.call_number, _r.title_sort, _i.id),
    _pulled,
)  # fmt: skip
_TO_PULL = Query(
    select(func.count())
    .select_from(table(Hold))
    .join(table(Item), _i.id == _h.item_id)
    .where(*_TARGETED_HERE),
    scalar,
)
_SHELF = Query(
    select(_h.id).where(
        _h.state == str(HoldState.READY), _h.pickup_library_id == bindparam("library")
    ),
    scalar,
)
# I4: derived, never stored
_UNCLAIMED = (
    _i.current_library_id == bindparam("library"),
    _i.status == str(ItemStatus.ON_HOLD_SHELF),
    not_(exists(select(_h.id).where(_h.item_id == _i.id, _h.state.in_(sorted(BOUND))))),
)
_TO_CLEAR = Query(
    select(*SEEN_ITEM_COLUMNS)
    .join_from(table(Item), table(Record), _r.id == _i.record_id)
    .where(*_UNCLAIMED)
    .order_by(_i.section, _i.call_number, _i.id),
    SeenItem,
)
_COUNT_TO_CLEAR = Query(select(func.count()).select_from(table(Item)).where(*_UNCLAIMED), scalar)
_ON_THE_ROAD = (
    _t.state.in_(sorted(OPEN_TRANSIT)),
    or_(_t.origin_id == bindparam("library"), _t.destination_id == bindparam("library")),
)
_TRANSITS = Query(
    select(
        _t.id, _t.origin_id, _t.destination_id, _t.cause, _t.state, _t.boxed_at,
        *SEEN_ITEM_COLUMNS,
    )
    .join_from(table(Transit), table(Item), _i.id == _t.item_id)
    .join(table(Record), _r.id == _i.record_id)
    .where(*_ON_THE_ROAD)
    .order_by(_t.boxed_at, _t.id),
    _travelling,
)  # fmt: skip
_JOURNEYS = Query(
    select(_t.origin_id, _t.destination_id, _t.state, _t.boxed_at).where(*_ON_THE_ROAD),
    lambda *cells: cells,
)
_NUMBER = re.compile(r"(\d+)$")


def find_items(reader: Reader, network: Network, barcode: str, library: str) -> Sequence[ItemView]:
    """Return the items with this barcode, the one expected at the library first."""
    here = network.library(library).id
    return [item_view(network, seen) for _, seen in with_barcode(reader, barcode, here)]


def pull_list(
    reader: Reader, network: Network, _now: datetime, library: str
) -> Sequence[PullLineView]:
    """Return what is to fetch from the shelves, by section and call number."""
    found = reader.all(_PULL_LIST, library=network.library(library).id)
    return [
        PullLineView(
            hold_id=line.hold_id,
            item=item_view(network, line.item),
            pickup=network.by_id(line.pickup_id).code,
            targeted_at=line.targeted_at or line.placed_at,
            until=line.until,
            note=_note(line.item.status),
        )
        for line in found
    ]


def shelf(reader: Reader, network: Network, now: datetime, library: str) -> Sequence[HoldView]:
    """Return the READY holds of the shelf, by place."""
    ids = reader.all(_SHELF, library=network.library(library).id)
    return sorted(hold_views(reader, network, now, ids), key=lambda hold: _place(hold.shelf_place))


def to_clear(reader: Reader, network: Network, library: str) -> Sequence[ItemView]:
    """Return the items to take off the hold shelf (I4: derived, never stored)."""
    found = reader.all(_TO_CLEAR, library=network.library(library).id)
    return [item_view(network, seen) for seen in found]


def transits(
    reader: Reader, network: Network, now: datetime, library: str
) -> Sequence[TransitView]:
    """Return the open transits that leave from or go to the library; late ones say so (E1)."""
    views = []
    for trip in reader.all(_TRANSITS, library=network.library(library).id):
        origin = network.by_id(trip.origin_id).code
        views.append(
            TransitView(
                id=trip.id,
                item=item_view(network, trip.item),
                origin=origin,
                destination=network.by_id(trip.destination_id).code,
                cause=trip.cause,
                state=trip.state,
                boxed_at=trip.boxed_at,
                overdue=is_overdue(network.timetable, origin, trip.boxed_at, now),
            )
        )
    return views


def counts(reader: Reader, network: Network, now: datetime, library: str) -> DeskCounts:
    """Return the day's figures of a desk."""
    here = network.library(library).id
    journeys = reader.all(_JOURNEYS, library=here)
    late = [
        boxed_at
        for origin, _, _, boxed_at in journeys
        if is_overdue(network.timetable, network.by_id(origin).code, boxed_at, now)
    ]
    boxed = str(TransitState.BOXED)
    return DeskCounts(
        to_pull=reader.one(_TO_PULL, library=here),
        to_receive=sum(destination == here for _, destination, _, _ in journeys),
        to_send=sum(origin == here and state == boxed for origin, _, state, _ in journeys),
        on_shelf=len(reader.all(_SHELF, library=here)),
        to_clear=reader.one(_COUNT_TO_CLEAR, library=here),
        overdue_transits=len(late),
    )


def last_scans(
    reader: Reader, network: Network, library: str, first: int = 10
) -> Sequence[ScanResult]:
    """Return the newest scans of a desk, newest first."""
    return last_answers(reader, network.library(library).id, first)


def _note(status: str) -> str:
    """Say where the item lies when it does not stand on its shelf (E12, E13)."""
    if status == ItemStatus.IN_TRANSIT:
        return "in_crate"
    on_its_shelf = {ItemStatus.AVAILABLE, ItemStatus.TO_RESHELVE}
    return "" if status in on_its_shelf else "to_send"


def _place(place: str) -> tuple[str, int]:
    number = _NUMBER.search(place)
    return (place[: number.start()], int(number[1])) if number else (place, 0)
