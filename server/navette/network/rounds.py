"""Dated rounds of the van: made ahead from the timetable, cancelled or with a stop closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from navette.network.tables import VanRun
from navette.network.timetable import Stop, Timetable
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

AHEAD = 28  # days for which rounds exist
_v = table(VanRun).c


class RoundState(StrEnum):
    """What becomes of a round."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True)
class DatedStop:
    """A stop of a dated round, in minutes since local midnight; `closed` says why, or ''."""

    library: str
    arrives: int
    leaves: int
    closed: str = ""


class Round(NamedTuple):
    """A dated round."""

    id: int
    day: date
    state: RoundState
    stops: Sequence[DatedStop]
    altered: bool
    reason: str

    def opens(self, library: str) -> bool:
        """Return whether the van stops there that day."""
        return any(stop.library == library and not stop.closed for stop in self.stops)


def _round(*cells: Any) -> Round:
    number, day, state, stops, altered, reason = cells
    known = tuple(DatedStop(**stop) for stop in stops)
    return Round(number, day, RoundState(state), known, bool(altered), reason)


_ROUNDS = select(_v.id, _v.day, _v.state, _v.stops, _v.altered, _v.reason)
_ALTERED = Query(_ROUNDS.where(_v.altered.is_(True)), _round)
_ON = Query(_ROUNDS.where(_v.day == bindparam("the_day")), _round)
_LOCKED = Query(_ROUNDS.where(_v.day == bindparam("the_day")).with_for_update(), _round)
_NEXT = Query(
    _ROUNDS.where(_v.day >= bindparam("the_day"), _v.state == str(RoundState.PLANNED))
    .order_by(_v.day)
    .limit(1),
    _round,
)
_AHEAD = Query(_ROUNDS.where(_v.day >= bindparam("the_day")), _round)
_STOPS = command(
    update(table(VanRun))
    .where(_v.id == bindparam("run"), _v.altered.is_(False))
    .values(stops=bindparam("new_stops"))
)
_ALTER = command(
    update(table(VanRun))
    .where(_v.id == bindparam("run"))
    .values(
        state=bindparam("new_state"), stops=bindparam("new_stops"),
        altered=bindparam("new_altered"), reason=bindparam("new_reason"),
        changed_by=bindparam("new_actor"),
    )
)  # fmt: skip
_END = command(
    update(table(VanRun))
    .where(_v.day < bindparam("the_day"), _v.state == str(RoundState.PLANNED))
    .values(state=str(RoundState.DONE))
)


def van_exceptions(reader: Reader) -> Mapping[date, Sequence[Stop]]:
    """Return the days on which the van drives otherwise than the timetable says."""
    return {one.day: _driven(one) for one in reader.all(_ALTERED)}


def round_on(reader: Reader, day: date) -> Round | None:
    """Return the round of a day, whatever became of it."""
    return reader.first(_ON, the_day=day)


def next_round(reader: Reader, day: date) -> Round | None:
    """Return the first round from that day on that is to be driven."""
    return reader.first(_NEXT, the_day=day)


def locked_round(tx: Tx, day: date) -> Round | None:
    """Return the round of a day, held until the end of the transaction."""
    return tx.first(_LOCKED, the_day=day)


def plan_rounds(tx: Tx, timetable: Timetable, today: date) -> int:
    """Make the rounds of the next four weeks, end those of the past; returns how many are new.

    Run twice it changes nothing. A round that nobody touched follows a new timetable from
    tomorrow on; one that was cancelled or has a closed stop stays as it was decided.
    """
    tx.run(_END, the_day=today)
    known = {one.day: one for one in tx.all(_AHEAD, the_day=today)}
    made = 0
    for day in (today + timedelta(days=n) for n in range(AHEAD)):
        usual = [
            asdict(DatedStop(stop.library, stop.arrives, stop.leaves))
            for stop in timetable.rounds.get(day.weekday(), ())
        ]
        if day not in known:
            if usual:
                tx.insert(
                    VanRun, day=day, state=str(RoundState.PLANNED), stops=usual, altered=False,
                    reason="", changed_by="",
                )  # fmt: skip
                made += 1
        elif day > today and usual and usual != [asdict(stop) for stop in known[day].stops]:
            tx.run(_STOPS, run=known[day].id, new_stops=usual)
    return made


def cancelled(found: Round, reason: str) -> Round:
    """Return the round as it is when it is not driven."""
    return found._replace(state=RoundState.CANCELLED, altered=True, reason=reason)


def closed_at(found: Round, library: str, reason: str) -> Round:
    """Return the round as it is when the van does not stop at that library."""
    stops = tuple(replace(s, closed=reason) if s.library == library else s for s in found.stops)
    return found._replace(stops=stops, altered=True)


def as_usual(found: Round) -> Round:
    """Return the round as the timetable had it: driven, every stop open."""
    stops = tuple(replace(stop, closed="") for stop in found.stops)
    return found._replace(state=RoundState.PLANNED, stops=stops, altered=False, reason="")


def keep(tx: Tx, changed: Round, actor: str) -> None:
    """Write what was decided about a round, and who decided it."""
    tx.run(
        _ALTER, run=changed.id, new_state=str(changed.state), new_altered=changed.altered,
        new_stops=[asdict(stop) for stop in changed.stops], new_reason=changed.reason,
        new_actor=actor,
    )  # fmt: skip


def _driven(found: Round) -> Sequence[Stop]:
    if found.state is RoundState.CANCELLED:
        return ()
    return tuple(Stop(s.library, s.arrives, s.leaves) for s in found.stops if not s.closed)
