"""The statements that fetch the rows of circulation, compiled once (their values: facts.py).

`LOCKED_...` take the row's lock on PostgreSQL; take locks in this order: work, record, item,
hold, patron, each by id. They lock for update without the key, so that a foreign key that
points to the row never waits.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Item, Record, Work
from navette.circulation.facts import (
    HoldRow,
    ItemRow,
    LoanRow,
    PatronRow,
    RecordRow,
    TransitRow,
)
from navette.circulation.states import ACTIVE, BOUND, OPEN_TRANSIT
from navette.circulation.tables import Hold, Loan, Transit
from navette.errors import NotFound
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

_h, _i, _t, _l = table(Hold).c, table(Item).c, table(Transit).c, table(Loan).c
_r, _p, _w = table(Record).c, table(Patron).c, table(Work).c
_ACTIVE, _BOUND, _OPEN = sorted(ACTIVE), sorted(BOUND), sorted(OPEN_TRANSIT)


HOLD_COLUMNS = tuple(_h[name] for name in HoldRow._fields)
ITEM_COLUMNS = tuple(_r.work_id if n == "work_id" else _i[n] for n in ItemRow._fields)
TRANSIT_COLUMNS = tuple(_t[name] for name in TransitRow._fields)
LOAN_COLUMNS = tuple(_l[name] for name in LoanRow._fields)
PATRON_COLUMNS = tuple(_p[name] for name in PatronRow._fields)
RECORD_COLUMNS = tuple(_r[name] for name in RecordRow._fields)

_ITEMS = select(*ITEM_COLUMNS).join_from(table(Item), table(Record), _r.id == _i.record_id)
_ONE_HOLD = select(*HOLD_COLUMNS).where(_h.id == bindparam("hold"))

LOCKED_WORK = Query(
    select(_w.id).where(_w.id == bindparam("work")).with_for_update(key_share=True), scalar
)
LOCKED_WORKS = Query(
    select(_w.id)
    .where(_w.id.in_(bindparam("works", expanding=True)))
    .order_by(_w.id)
    .with_for_update(key_share=True),
    scalar,
)
WORK_OF_RECORD = Query(select(_r.work_id).where(_r.id == bindparam("record")), scalar)
WORK_OF_HOLD = Query(select(_h.work_id).where(_h.id == bindparam("hold")), scalar)
WORK_OF_ITEM = Query(
    select(_r.work_id)
    .join_from(table(Item), table(Record), _r.id == _i.record_id)
    .where(_i.id == bindparam("item")),
    scalar,
)
RECORD = Query(select(*RECORD_COLUMNS).where(_r.id == bindparam("record")), RecordRow)

HOLD = Query(_ONE_HOLD, HoldRow)
LOCKED_HOLD = Query(_ONE_HOLD.with_for_update(key_share=True), HoldRow)
BOUND_HOLD = Query(
    select(*HOLD_COLUMNS).where(_h.item_id == bindparam("item"), _h.state.in_(_BOUND)), HoldRow
)
LOCKED_BOUND_HOLD = Query(
    select(*HOLD_COLUMNS)
    .where(_h.item_id == bindparam("item"), _h.state.in_(_BOUND))
    .with_for_update(key_share=True),
    HoldRow,
)
_QUEUE = (
    select(*HOLD_COLUMNS)
    .where(_h.work_id == bindparam("work"), _h.state.in_(_ACTIVE))
    .order_by(_h.rank_class, _h.placed_at, _h.id)
)
ACTIVE_OF_WORK = Query(_QUEUE, HoldRow)
LOCKED_ACTIVE_OF_WORK = Query(_QUEUE.with_for_update(key_share=True), HoldRow)
ACTIVE_OF_PATRON = Query(
    select(*HOLD_COLUMNS)
    .where(_h.patron_id == bindparam("patron"), _h.state.in_(_ACTIVE))
    .order_by(_h.placed_at, _h.id),
    HoldRow,
)

WAITING_WORKS_OF_PATRON = Query(
    select(_h.work_id)
    .where(_h.patron_id == bindparam("patron"), _h.state == "WAITING")
    .distinct()
    .order_by(_h.work_id),
    scalar,
)

ITEM = Query(_ITEMS.where(_i.id == bindparam("item")), ItemRow)
LOCKED_ITEM = Query(
    _ITEMS.where(_i.id == bindparam("item")).with_for_update(of=table(Item), key_share=True),
    ItemRow,
)
ITEMS_OF_WORK = Query(_ITEMS.where(_r.work_id == bindparam("work")).order_by(_i.id), ItemRow)
ITEMS_OF_WORKS = Query(
    _ITEMS.where(_r.work_id.in_(bindparam("works", expanding=True))).order_by(_i.id), ItemRow
)
LOCKED_ITEMS_OF_WORK = Query(
    _ITEMS.where(_r.work_id == bindparam("work"))
    .order_by(_i.id)
    .with_for_update(of=table(Item), key_share=True),
    ItemRow,
)
ITEMS_OF_BARCODE = Query(_ITEMS.where(_i.barcode == bindparam("code")).order_by(_i.id), ItemRow)

OPEN_TRANSIT_OF_ITEM = Query(
    select(*TRANSIT_COLUMNS).where(_t.item_id == bindparam("item"), _t.state.in_(_OPEN)),
    TransitRow,
)
OPEN_TRANSITS_OF_WORK = Query(
    select(*TRANSIT_COLUMNS)
    .join_from(table(Transit), table(Item), _i.id == _t.item_id)
    .join(table(Record), _r.id == _i.record_id)
    .where(_r.work_id == bindparam("work"), _t.state.in_(_OPEN)),
    TransitRow,
)
TRANSIT = Query(select(*TRANSIT_COLUMNS).where(_t.id == bindparam("transit")), TransitRow)

LOAN = Query(select(*LOAN_COLUMNS).where(_l.id == bindparam("loan")), LoanRow)
LOCKED_LOAN = Query(
    select(*LOAN_COLUMNS).where(_l.id == bindparam("loan")).with_for_update(key_share=True), LoanRow
)
OPEN_LOAN_OF_ITEM = Query(
    select(*LOAN_COLUMNS).where(_l.item_id == bindparam("item"), _l.returned_at.is_(None)),
    LoanRow,
)
OPEN_LOANS_OF_WORK = Query(
    select(*LOAN_COLUMNS)
    .join_from(table(Loan), table(Record), _r.id == _l.record_id)
    .where(_r.work_id == bindparam("work"), _l.returned_at.is_(None)),
    LoanRow,
)
OPEN_LOANS_OF_PATRON = Query(
    select(*LOAN_COLUMNS)
    .where(_l.patron_id == bindparam("patron"), _l.returned_at.is_(None))
    .order_by(_l.due_on, _l.id),
    LoanRow,
)

PATRON = Query(select(*PATRON_COLUMNS).where(_p.id == bindparam("patron")), PatronRow)
LOCKED_PATRON = Query(
    select(*PATRON_COLUMNS).where(_p.id == bindparam("patron")).with_for_update(key_share=True),
    PatronRow,
)
PATRONS = Query(
    select(*PATRON_COLUMNS).where(_p.id.in_(bindparam("ids", expanding=True))), PatronRow
)


def hold_row(reader: Reader, hold_id: int) -> HoldRow:
    """Return one hold; raises NotFound."""
    found = reader.first(HOLD, hold=hold_id)
    if found is None:
        raise NotFound
    return found


def item_row(reader: Reader, item_id: int) -> ItemRow:
    """Return one item; raises NotFound."""
    found = reader.first(ITEM, item=item_id)
    if found is None:
        raise NotFound
    return found
