"""Doors to holds and loans: "not found" and "not yours" are the same NotFound."""

from __future__ import annotations

from datetime import datetime

from navette.circulation.facts import HoldRow, LoanRow
from navette.circulation.rows import HOLD, LOAN, LOCKED_HOLD, WORK_OF_HOLD
from navette.circulation.transitions import lock_work
from navette.clock import local_date
from navette.errors import NotFound
from navette.ils.views import Actor
from navette.patrons.reading import may_act_for
from navette.storage.unit import Reader, Tx


def may_act(reader: Reader, actor: Actor, patron_id: int, now: datetime) -> bool:
    """Return whether the actor may act on this card: an agent, the person, or a guardian."""
    if actor.knows_readers or actor.kind == "system":
        return True
    adult = actor.patron_id
    return adult is not None and may_act_for(reader, adult, patron_id, local_date(now))


def may_see(reader: Reader, actor: Actor, patron_id: int, now: datetime) -> bool:
    """Return whether the actor may see what is on this card: any desk hands it over."""
    return actor.is_staff or may_act(reader, actor, patron_id, now)


def hold_for(reader: Reader, actor: Actor, hold_id: int, now: datetime) -> HoldRow:
    """Return a hold the actor may see; raises NotFound."""
    hold = reader.first(HOLD, hold=hold_id)
    if hold is None or not may_see(reader, actor, hold.patron_id, now):
        raise NotFound
    return hold


def locked_hold_for(tx: Tx, actor: Actor, hold_id: int, now: datetime) -> HoldRow:
    """Return a hold the actor may change, its work and then itself locked; raises NotFound."""
    work = tx.first(WORK_OF_HOLD, hold=hold_id)
    if work is None:
        raise NotFound
    lock_work(tx, work)
    hold = tx.first(LOCKED_HOLD, hold=hold_id)
    if hold is None or not may_act(tx, actor, hold.patron_id, now):
        raise NotFound
    return hold


def loan_for(reader: Reader, actor: Actor, loan_id: int, now: datetime) -> LoanRow:
    """Return a loan the actor may see; raises NotFound.

    A desk sees what is out; what came back is history, which a volunteer does not read.
    """
    loan = reader.first(LOAN, loan=loan_id)
    if loan is None:
        raise NotFound
    if loan.returned_at is not None or loan.patron_id is None:
        if actor.knows_readers or actor.kind == "system":
            return loan
        if loan.patron_id is None or not may_act(reader, actor, loan.patron_id, now):
            raise NotFound
    elif not may_see(reader, actor, loan.patron_id, now):
        raise NotFound
    return loan
