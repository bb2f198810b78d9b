"""How often promises are kept: counted from the history, by library and situation (section 7).

A promise is kept when the hold was READY at its pickup library on the latest day said or before.
What its patron gave up, paused or passed on before that day says nothing about the promise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from navette.catalogue.tables import Record
from navette.circulation.states import ACTIVE, EndReason, HoldState, Trigger
from navette.circulation.tables import Hold, HoldEvent
from navette.clock import instant_at, local_date
from navette.ils.views import BrokenPromiseView, KeptView
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

SITUATIONS = ("here", "elsewhere", "all_out")
EVERYWHERE, EVERY = "", "all"
OUR_DOING = frozenset({EndReason.UNFILLED_EXPIRED, EndReason.NO_COPY_LEFT})
# What a patron may do that makes the day said no longer the one to measure.
OWN_WISH = (str(Trigger.SUSPEND), str(Trigger.PASS_TURN))
_h, _e, _r = table(Hold).c, table(HoldEvent).c, table(Record).c
_event, _wish = table(HoldEvent).alias(), table(HoldEvent).alias()


class Made(NamedTuple):
    """A promise that was made, and what became of the hold."""

    hold_id: int
    title: str
    situation: str
    library_id: int
    placed_at: datetime
    likely_at: datetime
    latest_on: date
    state: str
    end_reason: str | None
    ended_at: datetime | None
    ready_at: datetime | None
    wished_at: datetime | None


@dataclass(frozen=True)
class Outcome:
    """A promise that can be judged."""

    made: Made
    kept: bool


_READY_AT = (
    select(func.min(_event.c.at))
    .where(
        _event.c.hold_id == _h.id,
        _event.c.to_state == str(HoldState.READY),
        _event.c.library_id == _h.pickup_library_id,
    )
    .correlate(table(Hold))
    .scalar_subquery()
)
_WISHED_AT = (
    select(func.min(_wish.c.at))
    .where(_wish.c.hold_id == _h.id, _wish.c.trigger.in_(OWN_WISH))
    .correlate(table(Hold))
    .scalar_subquery()
)
_MADE = Query(
    select(
        _h.id, _r.title, _h.promised_for, _h.pickup_library_id, _h.placed_at,
        _h.promised_likely_at, _h.promised_latest_on, _h.state, _h.end_reason, _h.ended_at,
        _READY_AT, _WISHED_AT,
    )
    .join_from(table(Hold), table(Record), _r.id == _h.record_id)
    .where(
        _h.placed_at >= bindparam("since"),
        _h.promised_for.in_(SITUATIONS),
        _h.promised_likely_at.is_not(None),
        _h.promised_latest_on.is_not(None),
    )
    .order_by(_h.placed_at, _h.id),
    Made,
)  # fmt: skip


def kept(reader: Reader, network: Network, now: datetime, days: int = 90) -> Sequence[KeptView]:
    """Return the figures of the last days: each library and all, each situation and all."""
    return figures(_outcomes(reader, now, days), network)


def broken(
    reader: Reader, network: Network, now: datetime, days: int = 90, first: int = 50
) -> Sequence[BrokenPromiseView]:
    """Return the promises of the last days that were not kept, newest first; nobody is named."""
    missed = [one.made for one in _outcomes(reader, now, days) if not one.kept]
    return [
        BrokenPromiseView(
            hold_id=made.hold_id,
            title=made.title,
            library=network.by_id(made.library_id).code,
            situation=made.situation,
            placed_at=made.placed_at,
            latest_on=made.latest_on,
            ready_at=made.ready_at,
        )
        for made in list(reversed(missed))[:first]
    ]


def figures(outcomes: Iterable[Outcome], network: Network) -> list[KeptView]:
    """Return the figures of these outcomes, libraries in line order, the whole network first."""
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in outcomes:
        code = network.by_id(one.made.library_id).code
        for library in (EVERYWHERE, code):
            for situation in (EVERY, one.made.situation):
                groups[library, situation].append(one)
    found = []
    for library in (EVERYWHERE, *network.codes):
        for situation in (EVERY, *SITUATIONS):
            group = groups.get((library, situation), [])
            if group:
                found.append(_figure(library, situation, group, network))
    return found


def outcome(made: Made, today: date) -> Outcome | None:
    """Return whether a promise was kept, None while that cannot be said, or never can."""
    due = instant_at(made.latest_on + timedelta(days=1), 0)
    if made.wished_at is not None and made.wished_at < min(due, made.ready_at or due):
        return None
    if made.ready_at is not None:
        return Outcome(made, local_date(made.ready_at) <= made.latest_on)
    if made.ended_at is not None and made.ended_at < due:
        # lent at the desk on the way (T9b), or given up: nothing was broken
        ours = made.state not in ACTIVE and made.end_reason in OUR_DOING
        fulfilled = made.state == HoldState.FULFILLED
        return Outcome(made, kept=fulfilled) if ours or fulfilled else None
    return Outcome(made, kept=False) if today > made.latest_on else None


def _outcomes(reader: Reader, now: datetime, days: int) -> list[Outcome]:
    made = reader.all(_MADE, since=now - timedelta(days=days))
    today = local_date(now)
    return [found for one in made if (found := outcome(one, today)) is not None]


def _figure(library: str, situation: str, group: Sequence[Outcome], network: Network) -> KeptView:
    waited = [
        (one.made.ready_at - one.made.placed_at) / timedelta(days=1)
        for one in group
        if one.made.ready_at is not None
    ]
    places: Mapping[int, LibraryInfo] = {x.id: x for x in network.libraries}
    widths = [_width(one.made, places[one.made.library_id]) for one in group]
    return KeptView(
        library=library,
        situation=situation,
        promises=len(group),
        kept=sum(one.kept for one in group),
        width_open_days=float(median(widths)),
        waited_days=float(median(waited)) if waited else None,
    )


def _width(made: Made, pickup: LibraryInfo) -> int:
    """Return how many opening days lie between the likely day and the latest one."""
    first = local_date(made.likely_at)
    between = (first + timedelta(days=n) for n in range(1, (made.latest_on - first).days + 1))
    return sum(pickup.calendar.is_open_on(day) for day in between)
