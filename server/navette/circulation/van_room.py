"""How many of the next vans leave a library full of what waited longer (section 7). Pure.

What does not fit waits for the next round, in the order in which the holds were placed; a copy
that only goes home yields to one that somebody waits for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from navette.circulation.facts import HoldRow
from navette.clock import local_date
from navette.network.timetable import Timetable

A_WEEK = 7


class Crate(NamedTuple):
    """A copy that waits in a crate: between which libraries, and when its hold was placed."""

    origin_id: int
    destination_id: int
    placed_at: datetime | None


def full_vans(
    timetable: Timetable,
    codes: Mapping[int, str],
    crates: Sequence[Crate],
    now: datetime,
    hold: HoldRow | None = None,
) -> dict[int, int]:
    """Return by library id how many rides leave it full before a crate of `hold` has room.

    Without a hold: one placed now. Only libraries where at least one ride is full are named.
    """
    if not timetable.capacity or len(crates) < timetable.capacity:
        return {}
    ours = hold.placed_at if hold is not None else now
    before = [c for c in crates if c.placed_at is not None and c.placed_at < ours]
    stops = _order(timetable, now)
    full = {}
    for library_id, code in codes.items():
        if code not in stops:
            continue
        load = sum(_on_board(stops, codes, crate, code) for crate in before)
        if load >= timetable.capacity:
            full[library_id] = load // timetable.capacity
    return full


def _order(timetable: Timetable, now: datetime) -> dict[str, int]:
    """Return the place of each stop in the next round."""
    for ahead in range(A_WEEK):
        stops = timetable.stops_on(local_date(now) + timedelta(days=ahead))
        if stops:
            return {stop.library: place for place, stop in enumerate(stops)}
    return {}


def _on_board(stops: Mapping[str, int], codes: Mapping[int, str], crate: Crate, at: str) -> bool:
    """Return whether the crate is on the van when it leaves the stop `at`."""
    origin, destination = (stops.get(codes[i]) for i in (crate.origin_id, crate.destination_id))
    here = stops[at]
    if origin is None or origin > here:
        return False
    if destination is None or destination <= origin:
        return True  # it stays on board until the next round
    return destination > here
