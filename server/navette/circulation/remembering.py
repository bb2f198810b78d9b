"""Remembering: what came back is written on the list of who asked for one, before it is cut off.

A return can be undone for ten minutes, so it is written after that: when the list is looked at, and
each night before loans lose their people.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select

from navette.catalogue.reading import records_of
from navette.circulation.tables import Loan
from navette.clock import instant_at, local_date
from navette.network.network import Network
from navette.patrons.history import kept_from
from navette.patrons.tables import Patron, Reading
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Tx

UNDONE_WITHIN = timedelta(minutes=10)
AT_ONCE = 200


class Returned(NamedTuple):
    """A loan that is over, and not on its borrower's list yet."""

    id: int
    patron_id: int
    record_id: int
    lent_at: datetime
    returned_at: datetime


_l, _p, _r = table(Loan).c, table(Patron).c, table(Reading).c
_RETURNED = Query(
    select(_l.id, _l.patron_id, _l.record_id, _l.lent_at, _l.returned_at)
    .join_from(table(Loan), table(Patron), _p.id == _l.patron_id)
    .where(
        _p.history_since.is_not(None),
        _l.returned_at >= _p.history_since,
        _l.returned_at >= bindparam("oldest"),
        _l.returned_at <= bindparam("until"),
        or_(_p.id == bindparam("patron"), bindparam("everybody") == 1),
        ~select(_r.id).where(_r.loan_id == _l.id).exists(),
    )
    .order_by(_l.returned_at, _l.id)
    .limit(AT_ONCE),
    Returned,
)


def remember_returns(tx: Tx, network: Network, now: datetime, patron_id: int | None = None) -> int:
    """Write what came back, of one person or of all; return how many lines, at most 200."""
    oldest = instant_at(kept_from(network, local_date(now)), 0)
    found = tx.all(
        _RETURNED, until=now - UNDONE_WITHIN, oldest=oldest, patron=patron_id or 0,
        everybody=int(patron_id is None),
    )  # fmt: skip
    records = records_of(tx, {loan.record_id for loan in found})
    tx.insert_many(
        Reading,
        (
            {
                "patron_id": loan.patron_id, "loan_id": loan.id, "record_id": loan.record_id,
                "title": records[loan.record_id].title if loan.record_id in records else "",
                "byline": records[loan.record_id].byline if loan.record_id in records else "",
                "lent_on": local_date(loan.lent_at), "returned_on": local_date(loan.returned_at),
            }
            for loan in found
        ),
    )  # fmt: skip
    return len(found)
