"""A patron's own pace: no more than some ready at once, and everything collected together."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from navette.circulation.doors import may_act
from navette.circulation.queue import QUEUED
from navette.circulation.rows import ACTIVE_OF_PATRON, LOCKED_PATRON
from navette.circulation.states import BOUND
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import lock_work
from navette.errors import BadInput, NotFound
from navette.ils.views import Actor
from navette.network.network import Network
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

MOST_AT_ONCE = 20
_p = table(Patron).c


class Pace(NamedTuple):
    """Rhythm N (None: as they come), and whether everything is collected together."""

    rhythm: int | None
    grouped: bool


_PACE = Query(
    select(_p.hold_rhythm, _p.group_pickup).where(
        _p.id == bindparam("patron"), _p.closed_at.is_(None)
    ),
    Pace,
)
_SET = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"))
    .values(
        hold_rhythm=bindparam("rhythm"), group_pickup=bindparam("grouped"), version=_p.version + 1
    )
)


def pace_of(reader: Reader, now: datetime, actor: Actor, patron_id: int) -> Pace:
    """Return somebody's pace; raises NotFound for a card the actor may not act on."""
    mine = may_act(reader, actor, patron_id, now)
    found = reader.first(_PACE, patron=patron_id) if mine else None
    if found is None:
        raise NotFound
    return Pace(found.rhythm, bool(found.grouped))


def set_pace(
    tx: Tx, network: Network, now: datetime, actor: Actor, patron_id: int, pace: Pace
) -> Pace:
    """Choose a pace. What is asked for beyond it goes back to its place; what is captured stays.

    Raises BadInput for a number that is none, NotFound.
    """
    if pace.rhythm is not None and not 1 <= pace.rhythm <= MOST_AT_ONCE:
        raise BadInput("rhythm", "range")
    if not may_act(tx, actor, patron_id, now):
        raise NotFound
    held = tx.all(ACTIVE_OF_PATRON, patron=patron_id)
    works = list(dict.fromkeys(h.work_id for h in held if h.state in QUEUED))
    for work_id in sorted(works):
        lock_work(tx, work_id)
    patron = tx.first(LOCKED_PATRON, patron=patron_id)
    if patron is None or patron.closed_at is not None:
        raise NotFound
    tx.run(_SET, patron=patron_id, rhythm=pace.rhythm, grouped=pace.grouped)
    # of too many the newest are given back; of more than before the oldest are served first
    bound = sum(h.state in BOUND for h in held)
    too_many = pace.rhythm is not None and bound > pace.rhythm
    for work_id in reversed(works) if too_many else works:
        retarget(tx, work_id, now, network, actor.name)
    return pace
