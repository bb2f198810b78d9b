"""What being late leads to: no fine, a pause in borrowing as long as the lateness (section 9).

Calendar days, the longest lateness counts, at most thirty; an amnesty wipes it out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from navette.circulation.facts import LoanRow
from navette.circulation.rows import PATRON, WAITING_WORKS_OF_PATRON
from navette.circulation.targeting_service import retarget
from navette.clock import local_date
from navette.errors import BadInput, Forbidden, NotFound
from navette.ils.roles import Right, may
from navette.ils.views import Actor
from navette.network.network import Network
from navette.network.tables import Amnesty
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Tx

LONGEST_AMNESTY = timedelta(days=92)
_p = table(Patron).c
_PAUSE = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"))
    .values(suspended_until=bindparam("until"), version=_p.version + 1)
)
_PAUSED = Query(
    select(_p.id).where(_p.suspended_until > bindparam("today")).order_by(_p.id), scalar
)
_LIFT_ALL = command(
    update(table(Patron))
    .where(_p.suspended_until > bindparam("today"))
    .values(suspended_until=None, version=_p.version + 1)
)


class Paused(NamedTuple):
    """A pause that a return began or lengthened: what undoing it needs."""

    patron: int
    before: date | None
    until: date


def paused_until(
    current: date | None, due_on: date, returned_on: date, longest: int
) -> date | None:
    """Return until when borrowing pauses after a return, the present pause when it is longer."""
    late = min((returned_on - due_on).days, longest)
    if late <= 0:
        return current
    until = returned_on + timedelta(days=late)
    return max(current, until) if current else until


def pause_for(tx: Tx, network: Network, loan: LoanRow, returned_at: datetime) -> Paused | None:
    """Let a late return pause its borrower; None when it was in time, or in an amnesty."""
    returned_on = local_date(returned_at)
    if loan.patron_id is None or returned_on <= loan.due_on or network.is_amnesty(returned_on):
        return None
    patron = tx.first(PATRON, patron=loan.patron_id)
    if patron is None:
        return None
    home = network.by_id(patron.home_library_id).code
    longest = network.rule("suspension_days_longest", library=home, category=patron.category)
    until = paused_until(patron.suspended_until, loan.due_on, returned_on, int(longest))
    if until is None or until == patron.suspended_until:
        return None
    tx.run(_PAUSE, patron=patron.id, until=until)
    return Paused(patron.id, patron.suspended_until, until)


def undo_pause(tx: Tx, paused: Paused) -> None:
    """Take a pause back, unless another return has changed it since (T18)."""
    patron = tx.first(PATRON, patron=paused.patron)
    if patron is not None and patron.suspended_until == paused.until:
        tx.run(_PAUSE, patron=paused.patron, until=paused.before)


def lift(tx: Tx, network: Network, now: datetime, actor: Actor, patron_id: int) -> int:
    """End somebody's pause at the desk; returns the patron's row id. Forbidden, NotFound."""
    if not actor.is_staff:
        raise Forbidden
    works = tx.all(WAITING_WORKS_OF_PATRON, patron=patron_id)
    patron = tx.first(PATRON, patron=patron_id)
    if patron is None:
        raise NotFound
    if patron.suspended_until is not None:
        tx.run(_PAUSE, patron=patron_id, until=None)
        for work_id in works:
            retarget(tx, work_id, now, network, actor.name)
    return patron_id


def amnesty(tx: Tx, now: datetime, actor: Actor, until: date | None = None) -> int:
    """End every pause; until that day, lateness pauses and blocks nobody. Returns how many ended.

    Coordinator only (Forbidden); BadInput for a day that is past or months away.
    """
    if not may(actor.role, Right.NETWORK):
        raise Forbidden
    today = local_date(now)
    last = until or today
    if not today <= last <= today + LONGEST_AMNESTY:
        raise BadInput("until", "range")
    tx.insert(Amnesty, first_day=today, last_day=last, declared_by=actor.name)
    ended = len(tx.all(_PAUSED, today=today))
    tx.run(_LIFT_ALL, today=today)
    return ended
