"""Lists about claims: what a library searches its shelves for, what its head decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select

from navette.catalogue.tables import Item, Record
from navette.circulation.claims import CLAIMS_SINCE
from navette.circulation.item_views import SEEN_ITEM_COLUMNS, SeenItem, item_view
from navette.circulation.tables import ClaimSearch, ReturnClaim
from navette.ils.claim_views import ClaimView, SearchView
from navette.network.network import Network
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

A_YEAR = timedelta(days=365)
OFTEN = 3  # claims a year that are shown to the desk
_c, _s, _i = table(ReturnClaim).c, table(ClaimSearch).c, table(Item).c
_r, _p = table(Record).c, table(Patron).c


def _row(*cells: Any) -> tuple[Any, ...]:
    return cells


_TO_SEARCH = Query(
    select(_s.id, _s.turn, _s.until, _c.claimed_at, *SEEN_ITEM_COLUMNS)
    .join_from(table(ClaimSearch), table(ReturnClaim), _c.id == _s.claim_id)
    .join(table(Item), _i.id == _c.item_id)
    .join(table(Record), _r.id == _i.record_id)
    .where(_s.library_id == bindparam("library"), _s.done_at.is_(None), _c.state == "SEARCHING")
    .order_by(_i.section, _i.call_number, _r.title_sort, _s.id),
    _row,
)
_TO_DECIDE = Query(
    select(
        _c.id, _c.loan_id, _c.claimed_at, _c.patron_id, _p.first_name, _p.last_name,
        *SEEN_ITEM_COLUMNS,
    )
    .join_from(table(ReturnClaim), table(Item), _i.id == _c.item_id)
    .join(table(Record), _r.id == _i.record_id)
    .outerjoin(table(Patron), _p.id == _c.patron_id)
    .where(
        _c.state == "UNDECIDED",
        or_(
            _c.lending_library_id == bindparam("library"),
            _i.home_library_id == bindparam("library"),
        ),
    )
    .order_by(_c.claimed_at, _c.id),
    _row,
)  # fmt: skip


def to_search(reader: Reader, network: Network, library: str) -> Sequence[SearchView]:
    """Return what a library looks for on its shelves, in shelf order; nobody is named."""
    rows = reader.all(_TO_SEARCH, library=network.library(library).id)
    return [
        SearchView(number, turn, until, claimed_at, item_view(network, SeenItem(*cells)))
        for number, turn, until, claimed_at, *cells in rows
    ]


def to_decide(reader: Reader, network: Network, library: str) -> Sequence[ClaimView]:
    """Return what was searched for in vain and awaits the head of the library."""
    rows = reader.all(_TO_DECIDE, library=network.library(library).id)
    return [
        ClaimView(
            number, loan, claimed_at, patron, " ".join(filter(None, (first, last))),
            item_view(network, SeenItem(*cells)),
        )
        for number, loan, claimed_at, patron, first, last, *cells in rows
    ]  # fmt: skip


def claims_this_year(reader: Reader, now: datetime, patron_id: int) -> int:
    """Return how many claims a card has made within a year: shown to a desk from three on."""
    return int(reader.one(CLAIMS_SINCE, patron=patron_id, since=now - A_YEAR))
