"""Claimed returned: the rows of claims and searches, and what a scan says to them (section 9)."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update

from navette.circulation.facts import LoanRow
from navette.circulation.tables import ClaimSearch, Loan, ReturnClaim
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Tx

OPEN = ("SEARCHING", "UNDECIDED")
_c, _s, _l = table(ReturnClaim).c, table(ClaimSearch).c, table(Loan).c


class ClaimRow(NamedTuple):
    """A claim as it is stored."""

    id: int
    loan_id: int
    item_id: int
    patron_id: int | None
    lending_library_id: int
    claimed_at: datetime
    state: str


class SearchRow(NamedTuple):
    """One search as it is stored."""

    id: int
    claim_id: int
    library_id: int
    turn: int
    until: date
    done_at: datetime | None


CLAIM_COLUMNS = tuple(_c[name] for name in ClaimRow._fields)
SEARCH_COLUMNS = tuple(_s[name] for name in SearchRow._fields)
CLAIM = Query(select(*CLAIM_COLUMNS).where(_c.id == bindparam("claim")), ClaimRow)
OPEN_CLAIM_OF_LOAN = Query(
    select(*CLAIM_COLUMNS).where(_c.loan_id == bindparam("loan"), _c.state.in_(OPEN)), ClaimRow
)
SEARCH = Query(select(*SEARCH_COLUMNS).where(_s.id == bindparam("search")), SearchRow)
SEARCHES_OF_CLAIM = Query(
    select(*SEARCH_COLUMNS).where(_s.claim_id == bindparam("claim")).order_by(_s.id), SearchRow
)
SEARCHING = Query(select(_c.id).where(_c.state == "SEARCHING").order_by(_c.id), scalar)
CLAIMS_SINCE = Query(
    select(func.count()).where(
        _c.patron_id == bindparam("patron"), _c.claimed_at >= bindparam("since"),
        _c.state != "WITHDRAWN",
    ),
    scalar,
)  # fmt: skip
SET_CLAIMED = command(
    update(table(Loan))
    .where(_l.id == bindparam("loan"), _l.returned_at.is_(None))
    .values(claimed_at=bindparam("at"), version=_l.version + 1)
)
DONE = command(
    update(table(ClaimSearch))
    .where(_s.id == bindparam("search"), _s.done_at.is_(None))
    .values(done_at=bindparam("now"), done_by=bindparam("actor"))
)
_MOVE = command(
    update(table(ReturnClaim))
    .where(_c.id == bindparam("claim"), _c.state.in_(OPEN))
    .values(state=bindparam("to"), decided_at=bindparam("at"), decided_by=bindparam("actor"))
)
_AGAIN = command(
    update(table(ReturnClaim))
    .where(_c.loan_id == bindparam("loan"), _c.state == "FOUND")
    .values(state="SEARCHING", decided_at=None, decided_by="")
)


def move_claim(
    tx: Tx, claim_id: int, to: str, now: datetime | None = None, actor: str = ""
) -> bool:
    """Give an open claim its next state; return whether it was open."""
    return tx.run(_MOVE, claim=claim_id, to=to, at=now, actor=actor) == 1


def claim_found(tx: Tx, loan: LoanRow, now: datetime, actor: str) -> None:
    """Say of a claimed loan that its copy was found: by any scan that returns it."""
    if loan.claimed_at is None:
        return
    claim = tx.first(OPEN_CLAIM_OF_LOAN, loan=loan.id)
    if claim is not None:
        move_claim(tx, claim.id, "FOUND", now, actor)


def claim_again(tx: Tx, loan_id: int) -> None:
    """Search again: the scan that had found it is undone (T18)."""
    tx.run(_AGAIN, loan=loan_id)
