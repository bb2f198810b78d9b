"""Holds as pages and desks see them: few statements, however long the list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from navette.circulation.facts import ItemRow, TransitRow
from navette.circulation.item_views import only_language
from navette.circulation.promising import stored_view
from navette.circulation.queue import Candidate, ahead_of, passed_over, rank_of
from navette.circulation.states import ACTIVE, HoldState, TransitState
from navette.circulation.surroundings import (
    HOLDS_OF_CHAIN,
    SHOWN_BY_IDS,
    SHOWN_OF_PATRON,
    Shown,
    Surroundings,
    Work,
)
from navette.circulation.why import Circumstances, why
from navette.errors import NotFound
from navette.ils.views import HoldView, TrackView
from navette.network.network import Network
from navette.storage.unit import Reader


def hold_views(
    reader: Reader,
    network: Network,
    now: datetime,
    ids: Collection[int],
    known: Work | None = None,
) -> list[HoldView]:
    """Return these holds, in the order of their ids as given; unknown ones are left out."""
    found = {s.hold.id: s for s in reader.all(SHOWN_BY_IDS, ids=list(ids))} if ids else {}
    return _views(reader, network, now, [found[i] for i in ids if i in found], known)


def hold_view(
    reader: Reader, network: Network, now: datetime, hold_id: int, known: Work | None = None
) -> HoldView:
    """Return one hold; raises NotFound. `known`: what this very transaction knows of its work."""
    found = hold_views(reader, network, now, [hold_id], known)
    if not found:
        raise NotFound
    return found[0]


def chain_views(reader: Reader, network: Network, now: datetime, chain: int) -> list[HoldView]:
    """Return the holds of a chain in their order, ended ones too."""
    return hold_views(reader, network, now, reader.all(HOLDS_OF_CHAIN, chain=chain))


def holds_of(
    reader: Reader,
    network: Network,
    now: datetime,
    patron_id: int,
    *,
    first: int = 100,
    after: int | None = None,
) -> list[HoldView]:
    """Return the active holds of a patron, oldest first, after the hold id `after`."""
    rows = reader.all(SHOWN_OF_PATRON, patron=patron_id, after=after or 0, most=first)
    return _views(reader, network, now, rows)


def _views(
    reader: Reader,
    network: Network,
    now: datetime,
    rows: Sequence[Shown],
    known: Work | None = None,
) -> list[HoldView]:
    around = Surroundings(reader, network, now, rows, known)
    return [_view(shown, around) for shown in rows]


def _view(shown: Shown, around: Surroundings) -> HoldView:
    hold, network = shown.hold, around.network
    pickup = network.by_id(hold.pickup_library_id)
    queue = around.queues.get(hold.work_id, [])
    usable = around.usable(hold)
    return HoldView(
        id=hold.id,
        patron_id=hold.patron_id,
        patron_name=f"{shown.first_name} {shown.last_name}",
        patron_card=shown.card,
        record_id=hold.record_id,
        title=shown.title,
        authors=[a["name"] for a in shown.authors],
        type=shown.type,
        volume_key=hold.volume_key,
        volume_label=_volume_label(shown, usable),
        level=hold.level,
        state=hold.state,
        rank=rank_of(hold, queue, network, around.today),
        copies=len(usable) or int(hold.item_id is not None),
        pickup=pickup.code,
        item_id=hold.item_id,
        barcode=shown.barcode,
        placed_at=hold.placed_at,
        ready_at=hold.ready_at,
        pickup_deadline=hold.pickup_deadline,
        shelf_place=hold.shelf_place,
        suspended=hold.suspended,
        suspended_until=hold.suspended_until,
        passes_used=hold.passes_used,
        end_reason=hold.end_reason,
        ended_at=hold.ended_at,
        why=why(hold, _circumstances(shown, around, queue, usable), around.now),
        promise=stored_view(hold, pickup, around.now) if hold.state in ACTIVE else None,
        track=_track(around.transits.get(hold.id), around),
        version=hold.version,
        chain_id=hold.chain_id,
        language=only_language(shown.languages),
    )


def _volume_label(shown: Shown, usable: Sequence[ItemRow]) -> str:
    if shown.hold.volume_key:
        labels = (i.volume_label for i in usable if i.volume_label)
        return shown.item_volume or next(labels, shown.hold.volume_key)
    return shown.volume


def _circumstances(
    shown: Shown, around: Surroundings, queue: Sequence[Candidate], usable: Sequence[ItemRow]
) -> Circumstances:
    hold, transit = shown.hold, around.transits.get(shown.hold.id)
    mine, last = around.candidate(hold), around.lasts.get(hold.id)
    places = {i.id: i.current_library_id for i in usable}
    queued = hold.state == HoldState.WAITING
    ahead = len(ahead_of(hold, queue, around.network, around.today)) if queued else 0
    hoped_for = [
        o for o in around.out if o.item_id in places and not around.is_beyond_hope(o, shown.type)
    ]
    mine_too = ahead < len(hoped_for)
    back = hoped_for[ahead if mine_too else 0] if hoped_for else None
    source = transit.origin_id if transit else shown.item_library_id
    return Circumstances(
        type=shown.type,
        pickup=around.name(hold.pickup_library_id),
        source=around.name(source),
        item_status=shown.item_status or "",
        ahead=ahead,
        passed_over=passed_over(mine, around.network, around.today) if mine else "",
        next_due=back.due_on if back else None,
        next_due_at=around.name(places[back.item_id]) if back else "",
        is_mine=mine_too,
        copies=len(usable),
        on_van_since=transit.loaded_at if transit else None,
        last_trigger=last.trigger if last else "",
        last_place=around.name(last.library_id) if last else "",
        last_reason=last.reason if last else "",
        last_day=_day(last.note) if last else None,
    )


def _day(note: str) -> date | None:
    """Read the day that the history keeps with a later promise; other notes are no days."""
    try:
        return date.fromisoformat(note) if note else None
    except ValueError:
        return None


def _track(transit: TransitRow | None, around: Surroundings) -> TrackView | None:
    if transit is None:
        return None
    origin, destination = around.code(transit.origin_id), around.code(transit.destination_id)
    on_van = transit.state == TransitState.ON_VAN
    since = (transit.loaded_at if on_van else None) or transit.boxed_at
    ride = around.network.timetable.next_ride(origin, destination, since if on_van else around.now)
    return TrackView(
        origin=origin,
        destination=destination,
        state=transit.state,
        since=since,
        expected_at=ride.arrives if ride and ride.arrives > around.now else None,
    )
