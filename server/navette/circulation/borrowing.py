"""Loans as their patron sees them, and their renewal (E20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select, update

from navette.catalogue.tables import Item, Record
from navette.circulation.causes import QUEUE, Cause
from navette.circulation.doors import loan_for
from navette.circulation.facts import ItemRow, LoanRow
from navette.circulation.item_views import VOLUME_SAID, only_language
from navette.circulation.refreshing import Event, refresh_work
from navette.circulation.renewal import others_wait, refusal_of, renewed_until
from navette.circulation.repeating import once
from navette.circulation.rows import (
    ITEMS_OF_WORKS,
    LOAN_COLUMNS,
    LOCKED_LOAN,
    WORK_OF_RECORD,
)
from navette.circulation.surroundings import OUT_OF_ITEMS
from navette.circulation.tables import Loan
from navette.circulation.transitions import lock_work, touch
from navette.circulation.waiting import load_queues
from navette.clock import local_date
from navette.errors import Conflict, NotFound, RenewalRefused
from navette.ils.views import Actor, LoanView
from navette.network.network import Network
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

_l, _i, _r, _p = table(Loan).c, table(Item).c, table(Record).c, table(Patron).c
_WIDTH = len(LOAN_COLUMNS)


class ShownLoan(NamedTuple):
    """A loan with the words around it."""

    loan: LoanRow
    barcode: str
    item_type: str
    title: str
    authors: Any
    type: str
    work_id: int
    category: str | None
    blocked_reason: str | None
    languages: Any
    volume_label: str


def _shown(*cells: Any) -> ShownLoan:
    return ShownLoan(LoanRow(*cells[:_WIDTH]), *cells[_WIDTH:])


_SHOWN: Select[Any] = (
    select(
        *LOAN_COLUMNS, _i.barcode, _i.type, _r.title, _r.authors, _r.type, _r.work_id,
        _p.category, _p.blocked_reason, _r.languages, VOLUME_SAID,
    )
    .join_from(table(Loan), table(Item), _i.id == _l.item_id)
    .join(table(Record), _r.id == _l.record_id)
    .outerjoin(table(Patron), _p.id == _l.patron_id)
)  # fmt: skip
_BY_ID = Query(_SHOWN.where(_l.id == bindparam("loan")), _shown)
_OPEN_OF_PATRON = Query(
    _SHOWN.where(_l.patron_id == bindparam("patron"), _l.returned_at.is_(None)).order_by(
        _l.due_on, _l.id
    ),
    _shown,
)
_RENEW = command(
    update(table(Loan))
    .where(
        _l.id == bindparam("loan"),
        _l.version == bindparam("seen"),
        _l.returned_at.is_(None),
    )
    .values(due_on=bindparam("due"), renewals=_l.renewals + 1, version=_l.version + 1)
)


def loans_of(
    reader: Reader,
    network: Network,
    now: datetime,
    patron_id: int,
    *,
    first: int = 100,
    after: int | None = None,
) -> list[LoanView]:
    """Return the open loans of a patron, first due first, after the loan id `after`."""
    rows = reader.all(_OPEN_OF_PATRON, patron=patron_id)
    if after is not None:
        ids = [r.loan.id for r in rows]
        rows = rows[ids.index(after) + 1 :] if after in ids else []
    return _views(reader, network, now, rows[:first])


def loan_view(reader: Reader, network: Network, now: datetime, loan_id: int) -> LoanView:
    """Return one loan; raises NotFound."""
    found = reader.first(_BY_ID, loan=loan_id)
    if found is None:
        raise NotFound
    return _views(reader, network, now, [found])[0]


def renew(
    tx: Tx, network: Network, now: datetime, actor: Actor, loan_id: int, key: str | None = None
) -> int:
    """Renew a loan from its due date; raises RenewalRefused, NotFound."""
    loan = loan_for(tx, actor, loan_id, now)
    work_id = tx.first(WORK_OF_RECORD, record=loan.record_id)
    if work_id is None:
        raise NotFound
    lock_work(tx, work_id)

    def work() -> int:
        fresh = tx.first(LOCKED_LOAN, loan=loan_id)
        shown = tx.first(_BY_ID, loan=loan_id)
        if fresh is None or shown is None:
            raise NotFound
        refusal = _refusals(tx, network, now, [shown])[0]
        if refusal:
            raise RenewalRefused(reason=refusal, due_on=fresh.due_on)
        due = renewed_until(fresh, shown.category or "", shown.item_type, network)
        if tx.run(_RENEW, loan=loan_id, seen=fresh.version, due=due) != 1:
            raise Conflict
        touch(tx, [fresh.item_id], now)
        refresh_work(tx, network, now, work_id, Event(Cause(QUEUE)))
        return loan_id

    return once(tx, actor, key, "renew_loan", {"loan": loan_id}, now, work)


def renewable_of(reader: Reader, patron_ids: Sequence[int]) -> list[int]:
    """Return the open loans of several people, first due first."""
    rows = [row for patron in patron_ids for row in reader.all(_OPEN_OF_PATRON, patron=patron)]
    return [row.loan.id for row in sorted(rows, key=lambda r: (r.loan.due_on, r.loan.id))]


def _refusals(
    reader: Reader, network: Network, now: datetime, rows: Sequence[ShownLoan]
) -> list[str]:
    """Return for each loan why it cannot be renewed; at most seven statements for any number."""
    if not rows:
        return []
    works = sorted({r.work_id for r in rows})
    queues = load_queues(reader, works)
    items: dict[int, list[ItemRow]] = {work: [] for work in works}
    for item in reader.all(ITEMS_OF_WORKS, works=works):
        items[item.work_id].append(item)
    wanted = [i.id for work, copies in items.items() if queues.get(work) for i in copies]
    due = {o.item_id: o.due_on for o in reader.all(OUT_OF_ITEMS, items=wanted)} if wanted else {}
    today = local_date(now)
    refusals = []
    for row in rows:
        copies, queue = items[row.work_id], queues.get(row.work_id, [])
        item = next(i for i in copies if i.id == row.loan.item_id)
        waits = bool(queue) and others_wait(row.loan, copies, queue, due, network, today)
        found = refusal_of(row.loan, item, row.category or "", waits, network, today)
        refusals.append(found or ("blocked" if row.blocked_reason else ""))
    return refusals


def _is_late(loan: LoanRow, today: date) -> bool:
    """Return whether it should be back: what was claimed returned counts no more (section 9)."""
    return loan.returned_at is None and loan.claimed_at is None and loan.due_on < today


def _views(
    reader: Reader, network: Network, now: datetime, rows: Sequence[ShownLoan]
) -> list[LoanView]:
    refusals = _refusals(reader, network, now, rows)
    today = local_date(now)
    return [
        LoanView(
            id=row.loan.id,
            patron_id=row.loan.patron_id,
            item_id=row.loan.item_id,
            barcode=row.barcode,
            record_id=row.loan.record_id,
            title=row.title,
            authors=[a["name"] for a in row.authors],
            type=row.type,
            library=network.by_id(row.loan.library_id).code,
            lent_at=row.loan.lent_at,
            due_on=row.loan.due_on,
            renewals=row.loan.renewals,
            returned_at=row.loan.returned_at,
            late=_is_late(row.loan, today),
            renewable=not refusal,
            renewal_refusal=refusal,
            claimed_at=row.loan.claimed_at,
            language=only_language(row.languages),
            volume_label=row.volume_label,
        )
        for row, refusal in zip(rows, refusals, strict=True)
    ]
