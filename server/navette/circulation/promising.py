"""Promises from what is stored: the copies of a work, its queue, the crates that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Item, Record
from navette.circulation import promise as rules
from navette.circulation.facts import HoldRow, ItemRow
from navette.circulation.futures import Situation
from navette.circulation.policy import can_ever_fill, is_lendable
from navette.circulation.queue import Candidate, ahead_of, is_eligible
from navette.circulation.rows import ITEMS_OF_WORK, RECORD
from navette.circulation.states import BOUND, OPEN_TRANSIT, HoldState, TransitState
from navette.circulation.supply import between_readers, copies_of
from navette.circulation.tables import Hold, Loan, Transit
from navette.circulation.van_room import Crate, VanRoom
from navette.circulation.waiting import load_queue
from navette.clock import local_date
from navette.errors import NotFound
from navette.ils.views import PromiseView
from navette.network.habits import SCENARIOS
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

_l, _i, _r, _t, _h = (
    table(Loan).c, table(Item).c, table(Record).c, table(Transit).c, table(Hold).c,
)  # fmt: skip


def _due(item: int, day: date) -> tuple[int, date]:
    return item, day


_DUE_OF_WORK = Query(
    select(_l.item_id, _l.due_on)
    .join_from(table(Loan), table(Record), _r.id == _l.record_id)
    .where(_r.work_id == bindparam("work"), _l.returned_at.is_(None)),
    _due,
)


def _crate(origin: int, destination: int, since: datetime | None) -> Crate:
    return Crate(origin, destination, since)


# Written as the condition of the index of open transits, so that the index is recognised.
_BOXED = Query(
    select(_t.origin_id, _t.destination_id, _h.placed_at)
    .select_from(table(Transit))
    .outerjoin(table(Hold), _h.id == _t.hold_id)
    .where(
        _t.item_id > 0,
        _t.state.in_(sorted(OPEN_TRANSIT)),
        _t.state == str(TransitState.BOXED),
    ),
    _crate,
)


@dataclass(frozen=True)
class Supply:
    """Everything about a work that its promises are computed from."""

    items: Sequence[ItemRow]
    due: dict[int, date]
    bound: dict[int, int]
    queue: Sequence[Candidate]
    room: VanRoom


def supply_of(
    reader: Reader,
    network: Network,
    work_id: int,
    *,
    items: Sequence[ItemRow] | None = None,
    queue: Sequence[Candidate] | None = None,
    room: VanRoom | None = None,
) -> Supply:
    """Load what a promise needs; pass what is already loaded."""
    items = reader.all(ITEMS_OF_WORK, work=work_id) if items is None else items
    queue = load_queue(reader, work_id) if queue is None else queue
    return Supply(
        items=items,
        due=dict(reader.all(_DUE_OF_WORK, work=work_id)),
        bound={c.hold.item_id: c.hold.id for c in queue if c.hold.item_id is not None},
        queue=queue,
        room=van_room(reader, network) if room is None else room,
    )


def van_room(reader: Reader, network: Network) -> VanRoom:
    """Look through the crates that wait; a job that looks at many works does it once."""
    codes = {library.id: library.code for library in network.libraries}
    crates = reader.all(_BOXED) if network.timetable.capacity else ()
    return VanRoom(network.timetable, codes, crates)


def situation(
    supply: Supply,
    items: Sequence[ItemRow],
    network: Network,
    now: datetime,
    hold: HoldRow | None = None,
) -> Situation:
    """Return the situation of a new hold on these copies, or of `hold` at its rank."""
    today = local_date(now)
    if hold is None:
        ids = {i.record_id for i in items}
        keys = {i.volume_key for i in items}
        before = [
            c
            for c in supply.queue
            if c.hold.volume_key in keys
            and (c.hold.level == "work" or c.hold.record_id in ids)
            and is_eligible(c, network, today)
        ]
    else:
        before = ahead_of(hold, supply.queue, network, today)
    bound = supply.bound
    if hold is not None:
        bound = {item: of for item, of in bound.items() if of != hold.id}
    ahead = sum(c.hold.state == HoldState.WAITING for c in before)
    between = (0,) * SCENARIOS
    if ahead and items:
        between = between_readers(network, items[0].current_library_id, items[0].type)
    return Situation(
        copies=copies_of(items, supply.due, bound, network, now, today),
        ahead=ahead,
        between=between,
        full_vans=supply.room.full_vans(now, now if hold is None else hold.placed_at),
    )


def promised_anew(reader: Reader, network: Network, now: datetime, hold: HoldRow) -> rules.Promise:
    """Return what is promised to a hold that waits again, at its rank."""
    supply, today = supply_of(reader, network, hold.work_id), local_date(now)
    usable = [i for i in supply.items if can_ever_fill(i, hold, network, today)]
    pickup = network.by_id(hold.pickup_library_id)
    return rules.promised(situation(supply, usable, network, now, hold), pickup, network, now)


def promises(
    reader: Reader,
    network: Network,
    now: datetime,
    record_id: int,
    pickup: str | None = None,
    volume_key: str = "",
    any_edition: bool = False,  # noqa: FBT001, FBT002 - handed on by position
) -> list[PromiseView]:
    """Return one promise a pickup library, or the one named, in line order; NotFound."""
    record = reader.first(RECORD, record=record_id)
    if record is None:
        raise NotFound
    supply = supply_of(reader, network, record.work_id)
    items = [
        i
        for i in supply.items
        if (any_edition or i.record_id == record_id)
        and (not volume_key or i.volume_key == volume_key)
    ]
    libraries = [x for x in network.libraries if pickup is None or x.code == pickup.lower()]
    if not libraries:
        raise NotFound
    at = situation(supply, items, network, now)
    lendable = [i for i in items if is_lendable(i, network)]
    views = []
    for library in libraries:
        made = rules.promised(at, library, network, now)
        if made.reason == "never" and items and not lendable:
            made = rules.Promise(None, None, "on_site")
        views.append(view_of(made, library, now))
    return views


def view_of(made: rules.Promise, library: LibraryInfo, now: datetime) -> PromiseView:
    """Return the promise with its sentence; reasons shown are here elsewhere all_out far never."""
    reason = {"embargo": "elsewhere", "on_site": "never"}.get(made.reason, made.reason)
    return PromiseView(
        library=library.code,
        likely_at=made.likely_at,
        latest_on=made.latest_on,
        sentence=rules.sentence(made, library, now),
        reason=reason,
        short=rules.short(made, now),
    )


def stored_view(hold: HoldRow, library: LibraryInfo, now: datetime) -> PromiseView | None:
    """Return the present promise of a hold, None when it is none any more (or passed)."""
    if hold.likely_at is None or hold.latest_on is None or hold.state == HoldState.READY:
        return None
    likely = hold.likely_at if hold.likely_at > now else rules.opening_from(library, now)
    if likely is None:
        return None
    latest = max(hold.latest_on, local_date(likely))
    if hold.state in BOUND:
        reason = "elsewhere"
    else:
        reason = "far" if likely - now > rules.FAR else "all_out"
    return view_of(rules.Promise(likely, latest, reason), library, now)
