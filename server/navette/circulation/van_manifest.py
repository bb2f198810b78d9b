"""The manifest of a round: for each stop what to drop and what to take, without any patron."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select

from navette.catalogue.tables import Item, Record
from navette.circulation.item_views import SEEN_ITEM_COLUMNS, SeenItem, item_view
from navette.circulation.overdue import is_overdue
from navette.circulation.states import TransitState
from navette.circulation.tables import Transit
from navette.clock import instant_at, local_date
from navette.errors import NotFound
from navette.ils.van_views import VanItemView, VanRunView, VanStopView
from navette.network.network import Network
from navette.network.rounds import DatedStop, Round, RoundState, next_round, round_on
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

_i, _r, _t = table(Item).c, table(Record).c, table(Transit).c


class _Aboard(NamedTuple):
    origin_id: int
    destination_id: int
    state: str
    boxed_at: datetime
    item: SeenItem


def _aboard(*cells: Any) -> _Aboard:
    return _Aboard._make((*cells[:4], SeenItem(*cells[4:])))


# A crate that was put down is no longer the van's, though each item still awaits its own scan
_TO_MOVE = Query(
    select(_t.origin_id, _t.destination_id, _t.state, _t.boxed_at, *SEEN_ITEM_COLUMNS)
    .join_from(table(Transit), table(Item), _i.id == _t.item_id)
    .join(table(Record), _r.id == _i.record_id)
    .where(
        or_(
            _t.state == str(TransitState.BOXED),
            and_(_t.state == str(TransitState.ON_VAN), _t.put_down_at.is_(None)),
        )
    )
    .order_by(_t.boxed_at, _t.id),
    _aboard,
)


def van_run(reader: Reader, network: Network, now: datetime, day: date | None = None) -> VanRunView:
    """Return the round of a day, or the next one that is driven; raises NotFound."""
    found = round_on(reader, day) if day else next_round(reader, local_date(now))
    if found is None:
        raise NotFound
    moving = reader.all(_TO_MOVE)
    return VanRunView(
        day=found.day,
        state=str(found.state),
        reason=found.reason,
        capacity=network.timetable.capacity,
        on_board=sum(one.state == TransitState.ON_VAN for one in moving),
        stops=[_stop(network, now, found, stop, moving) for stop in found.stops],
    )


def _stop(
    network: Network, now: datetime, found: Round, stop: DatedStop, moving: Sequence[_Aboard]
) -> VanStopView:
    driven = found.state is RoundState.PLANNED and not stop.closed
    here = network.library(stop.library).id

    def listed(which: Callable[[_Aboard], bool]) -> Sequence[VanItemView]:
        views = [_view(network, now, one) for one in moving if driven and which(one)]
        return sorted(views, key=lambda view: not view.late)

    return VanStopView(
        library=stop.library,
        arrives=instant_at(found.day, stop.arrives),
        leaves=instant_at(found.day, stop.leaves),
        closed=stop.closed,
        drop=listed(lambda t: t.state == TransitState.ON_VAN and t.destination_id == here),
        take=listed(lambda t: t.state == TransitState.BOXED and t.origin_id == here),
    )


def _view(network: Network, now: datetime, one: _Aboard) -> VanItemView:
    origin = network.by_id(one.origin_id).code
    return VanItemView(
        item=item_view(network, one.item),
        origin=origin,
        destination=network.by_id(one.destination_id).code,
        late=is_overdue(network.timetable, origin, one.boxed_at, now),
    )
