"""A loan begins, ends, and is found: the statements on loans."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, update

from navette.catalogue.tables import Item, Record
from navette.circulation.facts import ItemRow, LoanRow
from navette.circulation.rows import LOAN
from navette.circulation.tables import Loan
from navette.errors import Conflict
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.unit import Tx

_l, _i, _r = table(Loan).c, table(Item).c, table(Record).c
_GIVE_BACK = command(
    update(table(Loan))
    .where(_l.id == bindparam("loan"), _l.returned_at.is_(None))
    .values(
        returned_at=bindparam("at"),
        returned_library_id=bindparam("library"),
        version=_l.version + 1,
    )
)
_ENDED_AS = command(
    update(table(Loan)).where(_l.id == bindparam("loan")).values(ended_as=bindparam("how"))
)
_REOPEN = command(
    update(table(Loan))
    .where(_l.id == bindparam("loan"), _l.returned_at.is_not(None))
    .values(returned_at=None, returned_library_id=None, ended_as="", version=_l.version + 1)
)
_DUE = command(
    update(table(Loan)).where(_l.id == bindparam("loan")).values(due_on=bindparam("due"))
)
_COUNT_ITEM = command(
    update(table(Item)).where(_i.id == bindparam("item")).values(loans=_i.loans + 1)
)
_COUNT_RECORD = command(
    update(table(Record)).where(_r.id == bindparam("record")).values(loans=_r.loans + 1)
)


def begin_loan(
    tx: Tx,
    item: ItemRow,
    *,
    patron_id: int,
    library_id: int,
    now: datetime,
    due_on: date,
    hold_id: int | None = None,
    override_reason: str = "",
) -> int:
    """Write that an item is in a patron's hands; returns the loan's row id."""
    loan = tx.insert(
        Loan, item_id=item.id, record_id=item.record_id, patron_id=patron_id,
        library_id=library_id, lent_at=now, due_on=due_on, renewals=0, hold_id=hold_id,
        override_reason=override_reason, version=1,
    )  # fmt: skip
    tx.run(_COUNT_ITEM, item=item.id)
    tx.run(_COUNT_RECORD, record=item.record_id)
    return loan


def give_back(tx: Tx, loan: LoanRow, at: datetime, library_id: int) -> None:
    """End a loan, at the earliest when it began; raises Conflict when somebody else just did."""
    if tx.run(_GIVE_BACK, loan=loan.id, at=max(at, loan.lent_at), library=library_id) != 1:
        raise Conflict


def end_without_return(tx: Tx, loan: LoanRow, at: datetime, library_id: int, ended_as: str) -> None:
    """End a loan whose item did not come back: claimed or lost; raises Conflict."""
    give_back(tx, loan, at, library_id)
    tx.run(_ENDED_AS, loan=loan.id, how=ended_as)


def reopen(tx: Tx, loan_id: int, network: Network, today: date) -> None:
    """Undo a return (T18); raises Conflict when the loan is open.

    A closure that was entered meanwhile counts: no loan is due on a closed day (E4).
    """
    if tx.run(_REOPEN, loan=loan_id) != 1:
        raise Conflict
    loan = tx.one(LOAN, loan=loan_id)
    due = network.by_id(loan.library_id).calendar.next_open_day(loan.due_on)
    if due is not None and due != loan.due_on >= today:
        tx.run(_DUE, loan=loan_id, due=due)
