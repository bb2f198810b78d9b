"""The van at a stop: load, put down, undo; and rounds that are cancelled or pass a stop by.

Loading moves BOXED to ON_VAN and nothing else. Putting a crate down only marks that it was left:
nothing becomes READY, no item changes its library, until each one is scanned at the desk (I5).
Journeys change by one statement that names the state they must be in, so that a scan, a new
pickup library and the van never overwrite one another.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, func, select, update

from navette.circulation.finding import crew_of, item_in_hand
from navette.circulation.item_views import item_view_of
from navette.circulation.rows import OPEN_TRANSIT_OF_ITEM
from navette.circulation.states import TransitState
from navette.circulation.tables import Hold, Transit
from navette.clock import local_date
from navette.errors import BadInput, Forbidden, NotFound, WrongState
from navette.ils.roles import Right, may
from navette.ils.van_views import VanDone
from navette.ils.views import Actor
from navette.network.network import Network
from navette.network.rounds import (
    Round,
    RoundState,
    as_usual,
    cancelled,
    closed_at,
    keep,
    locked_round,
    next_round,
    plan_rounds,
)
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Tx

LONGEST_REASON = 200
_t, _h = table(Transit).c, table(Hold).c
_ON_VAN, _BOXED = str(TransitState.ON_VAN), str(TransitState.BOXED)
# Locked in one order, so that two loads at one stop wait for one another
_LOCKED_HERE = Query(
    select(_t.id)
    .where(_t.origin_id == bindparam("here"), _t.state == _BOXED)
    .order_by(_t.id)
    .with_for_update(),
    scalar,
)
# Who waits longest goes first, what only goes home goes last (section 7)
_WAITING_HERE = Query(
    select(_t.id)
    .select_from(table(Transit))
    .outerjoin(table(Hold), _h.id == _t.hold_id)
    .where(_t.origin_id == bindparam("here"), _t.state == _BOXED)
    .order_by(_h.placed_at.is_(None), _h.placed_at, _t.id),
    scalar,
)
_ABOARD = Query(select(func.count()).where(_t.state == _ON_VAN, _t.put_down_at.is_(None)), scalar)
_LOAD = command(
    update(table(Transit))
    .where(
        _t.id.in_(bindparam("ids", expanding=True)),
        _t.origin_id == bindparam("here"),
        _t.state == _BOXED,
    )
    .values(
        state=_ON_VAN, loaded_at=bindparam("now"), van_run_id=bindparam("run"), put_down_at=None
    )
)
_UNLOAD = command(
    update(table(Transit))
    .where(
        _t.origin_id == bindparam("here"),
        _t.state == _ON_VAN,
        _t.loaded_at == bindparam("then"),
        _t.put_down_at.is_(None),
    )
    .values(state=_BOXED, loaded_at=None, van_run_id=None)
)
_PUT_DOWN = command(
    update(table(Transit))
    .where(_t.destination_id == bindparam("here"), _t.state == _ON_VAN, _t.put_down_at.is_(None))
    .values(put_down_at=bindparam("now"))
)
_TAKE_UP = command(
    update(table(Transit))
    .where(
        _t.destination_id == bindparam("here"),
        _t.state == _ON_VAN,
        _t.put_down_at == bindparam("then"),
    )
    .values(put_down_at=None)
)


def load_van(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    library: str,
    *,
    barcode: str = "",
    item_id: int | None = None,
    everything: bool = False,
) -> VanDone:
    """Take one item, or all that fits of what waits in the crates of a stop, on board.

    What does not fit waits for the next round, in the order in which holds were placed. One item
    in a hand is never refused: whoever holds it sees whether there is room.

    Done twice it changes nothing more. Raises WrongState for an item that does not wait at this
    stop, NotFound without a round, Forbidden, BadInput, UnknownBarcode, AmbiguousBarcode.
    """
    here = crew_of(network, actor, library)
    run = _current(tx, network, now)
    if not run.opens(here.code):
        raise WrongState(state="closed", event="load_closed")
    if everything:
        tx.all(_LOCKED_HERE, here=here.id)
        ids = tx.all(_WAITING_HERE, here=here.id)
        if network.timetable.capacity:
            ids = ids[: max(0, network.timetable.capacity - tx.one(_ABOARD))]
        return VanDone(_load(tx, ids, here.id, run, now), now)
    if not barcode and item_id is None:
        raise BadInput("barcode")
    found = item_in_hand(tx, network, here, barcode, item_id)
    seen = item_view_of(tx, network, found)
    transit = tx.first(OPEN_TRANSIT_OF_ITEM, item=found)
    if transit is None or transit.origin_id != here.id:
        raise WrongState(state=transit.state if transit else seen.status, event="load")
    return VanDone(_load(tx, [transit.id], here.id, run, now), now, seen)


def put_down(tx: Tx, network: Network, now: datetime, actor: Actor, library: str) -> VanDone:
    """Mark that the crate for a stop was left there; every item still awaits its own scan."""
    here = crew_of(network, actor, library)
    return VanDone(tx.run(_PUT_DOWN, here=here.id, now=now), now)


def undo_van(
    tx: Tx, network: Network, now: datetime, actor: Actor, library: str, done_at: datetime
) -> VanDone:
    """Undo the load or the putting down that was done at that instant.

    What was scanned or put down since stays as it is. Raises WrongState when nothing is left.
    """
    here = crew_of(network, actor, library)
    undone = tx.run(_UNLOAD, here=here.id, then=done_at)
    undone += tx.run(_TAKE_UP, here=here.id, then=done_at)
    if not undone:
        raise WrongState(state="", event="undo_van")
    return VanDone(undone, now)


def cancel_run(tx: Tx, actor: Actor, day: date, reason: str) -> None:
    """Cancel a round: the van does not drive that day. Raises Forbidden, NotFound, WrongState."""
    found = _to_alter(tx, actor, day)
    keep(tx, cancelled(found, _said(reason)), actor.name)


def close_stop(tx: Tx, actor: Actor, day: date, library: str, reason: str) -> None:
    """Let the van pass a stop by that day; crates for it stay on board until the next round."""
    found = _to_alter(tx, actor, day)
    if all(stop.library != library for stop in found.stops):
        raise NotFound
    keep(tx, closed_at(found, library, _said(reason)), actor.name)


def restore_run(tx: Tx, actor: Actor, day: date) -> None:
    """Let a round drive as the timetable has it."""
    keep(tx, as_usual(_to_alter(tx, actor, day)), actor.name)


def _load(tx: Tx, ids: list[int], here: int, run: Round, now: datetime) -> int:
    return tx.run(_LOAD, ids=ids, here=here, now=now, run=run.id) if ids else 0


def _current(tx: Tx, network: Network, now: datetime) -> Round:
    today = local_date(now)
    found = next_round(tx, today)
    if found is None:
        plan_rounds(tx, network.timetable, today)
        found = next_round(tx, today)
    if found is None:
        raise NotFound
    return found


def _to_alter(tx: Tx, actor: Actor, day: date) -> Round:
    if not may(actor.role, Right.NETWORK):
        raise Forbidden
    found = locked_round(tx, day)
    if found is None:
        raise NotFound
    if found.state is RoundState.DONE:
        raise WrongState(state=str(found.state), event="alter_run")
    return found


def _said(reason: str) -> str:
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise BadInput("reason")
    return said
