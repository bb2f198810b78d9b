"""Which copy: cost picks the copy. Expected hours until READY, and an exact assignment. Pure.

CIRCULATION section 6. As many holds as possible in rank order, then the least total cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from navette.clock import instant_at, local_date
from navette.network.network import LibraryInfo, Network

# A library whose doors open only after the next van has left is asked last, after every other.
MISSES_THE_VAN = 60 * 24 * 60
# What one failed pull adds: the other copies are tried first.
FAILED_PULL = 30 * 24 * 60
A_RIDE = 1
_TIES = 1000


def next_pull(network: Network, library: LibraryInfo, after: datetime) -> datetime | None:
    """Return when the shelves of a library are next gone through: its rounds of opening days."""
    rounds = [_minutes(r) for r in network.rule("pull_rounds", library=library.code)]
    first = local_date(after)
    for day in library.calendar.open_days(first):
        for at in sorted(rounds):
            instant = instant_at(day, at)
            if instant >= after:
                return instant
    return None


def is_shut(library: LibraryInfo, now: datetime) -> bool:
    """Return whether a closure covers the library's next usual opening (E4: no candidate)."""
    calendar, today = library.calendar, local_date(now)
    for offset in range(8):
        day = today + timedelta(days=offset)
        usual = calendar.week.get(day.weekday(), ())
        if usual and (offset or now < instant_at(day, usual[-1].closes)):
            return calendar.closure_on(day) is not None
    return True


def opens_before_the_van(network: Network, library: LibraryInfo, now: datetime) -> bool:
    """Return whether somebody can pull the copy before the van next leaves the library."""
    leaves = network.timetable.next_departure(library.code, now)
    opens = library.calendar.opens_at(now)
    return leaves is not None and opens is not None and opens < leaves


def ready_at(
    network: Network,
    source: LibraryInfo,
    pickup: LibraryInfo,
    after: datetime,
    *,
    full_vans: int = 0,
) -> datetime | None:
    """Return when a copy free at `source` from `after` on would be READY at `pickup`.

    Wait to the next pull round, to the next van with room, the ride, the opening of the pickup
    library. `full_vans` rides leave without it. None when it never would.
    """
    pulled = next_pull(network, source, after)
    if pulled is None:
        return None
    if source.id == pickup.id:
        return pickup.calendar.opens_at(pulled)
    for index, ride in enumerate(network.timetable.rides(source.code, pickup.code, pulled)):
        if index >= full_vans:
            return pickup.calendar.opens_at(ride.arrives)
    return None


def cost(
    network: Network, source: LibraryInfo, pickup: LibraryInfo, now: datetime, *, penalty: int = 0
) -> int | None:
    """Return the minutes until READY, more for what is unlikely; None for an impossible pair.

    A ride counts for one minute more than its time: of two copies that are READY at the same
    opening, the one that needs no ride serves (decision 0009).
    """
    stays = source.id == pickup.id
    in_time = stays or opens_before_the_van(network, source, now)
    if not in_time and is_shut(source, now):
        return None
    ready = ready_at(network, source, pickup, now)
    if ready is None:
        return None
    waits = int((ready - now) / timedelta(minutes=1)) + penalty * FAILED_PULL
    waits += 0 if stays else A_RIDE
    return waits if in_time else waits + MISSES_THE_VAN


def with_ties(
    costs: Sequence[Sequence[int | None]], sources: Sequence[int], asked: Mapping[int, datetime]
) -> list[list[int | None]]:
    """Return the costs so that equal ones go to the library asked least recently."""
    by_age = sorted(set(sources), key=lambda s: (asked[s].timestamp() if s in asked else 0.0, s))
    place = {source: index for index, source in enumerate(by_age)}
    return [
        [
            None if c is None else c * _TIES * max(1, len(row)) + place[sources[index]]
            for index, c in enumerate(row)
        ]
        for row in costs
    ]


def assign(costs: Sequence[Sequence[int | None]]) -> dict[int, int]:
    """Assign columns (copies) to rows (holds in rank order), exactly.

    Rows are taken in order: a row that no column can still serve leaves its place to the next.
    Among the assignments of the rows served, the total cost is the least. None is impossible.
    Each row is added by a cheapest augmenting path, which keeps the earlier ones served.
    """
    served: dict[int, int] = {}
    for row in range(len(costs)):
        if len(served) == len(costs[row]):
            break
        _augment(costs, served, row)
    return served


def _augment(costs: Sequence[Sequence[int | None]], served: dict[int, int], row: int) -> None:
    """Serve one more row at least extra cost (Bellman-Ford over the columns)."""
    owner = {column: r for r, column in served.items()}
    best: dict[int, int] = {c: v for c, v in enumerate(costs[row]) if v is not None}
    came_from: dict[int, int | None] = dict.fromkeys(best)
    changed = True
    while changed:
        changed = False
        for column, holder in owner.items():
            if column not in best:
                continue
            given_back = best[column] - _known(costs[holder][column])
            for other, value in enumerate(costs[holder]):
                if value is None or other == column:
                    continue
                if other not in best or given_back + value < best[other]:
                    best[other] = given_back + value
                    came_from[other] = column
                    changed = True
    free = [c for c in best if c not in owner]
    if not free:
        return
    last: int | None = min(free, key=lambda c: (best[c], c))
    while last is not None:
        before = came_from[last]
        served[row if before is None else owner[before]] = last
        last = before


def _known(value: int | None) -> int:
    if value is None:
        raise AssertionError
    return value


def _minutes(text: str) -> int:
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest or 0)
