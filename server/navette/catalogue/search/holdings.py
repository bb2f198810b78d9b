"""What the index has to know of a record's copies: where they belong, where they can be taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import and_, bindparam, func, select

from navette.catalogue.tables import Item
from navette.circulation.states import BOUND, HoldState, ItemStatus
from navette.circulation.tables import Hold, Loan
from navette.network.tables import Library
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

GONE = frozenset({ItemStatus.WITHDRAWN, ItemStatus.LOST})
# How long one more person of a queue is thought to keep a copy.
USUAL_LOAN: Final = timedelta(days=28)


class Copy(NamedTuple):
    """The part of an item that matters for finding it; libraries by their codes."""

    record_id: int
    home: str
    current: str
    status: str
    not_for_loan: bool
    loans: int
    volume_label: str
    due_on: date | None
    section: str = ""
    hold_id: int | None = None
    waiting: int = 0
    entered_on: date | None = None
    created_at: datetime | None = None

    @property
    def libraries(self) -> Sequence[str]:
        """Return where it belongs and stands; nothing once it is gone for good."""
        return () if self.status in GONE else (self.home, self.current)

    @property
    def arrived_on(self) -> date | None:
        """Return the day it came: as its library says, else when it was first heard of here."""
        known = self.created_at.date() if self.created_at is not None else None
        days = [day for day in (self.entered_on, known) if day is not None]
        return min(days, default=None)

    @property
    def available_at(self) -> str | None:
        """Return the library whose shelf it can be taken from now, or None: kept for nobody."""
        free = self.status == ItemStatus.AVAILABLE and not self.not_for_loan
        free = free and self.hold_id is None
        return self.current if free else None


_h, _i, _l = table(Hold).c, table(Item).c, table(Loan).c
_queue = table(Hold).alias("queue")
_home, _current = table(Library).alias("home"), table(Library).alias("current")
_OF = Query(
    select(
        _i.record_id,
        _home.c.code,
        _current.c.code,
        _i.status,
        _i.not_for_loan,
        _i.loans,
        _i.volume_label,
        _l.due_on,
        _i.section,
        _h.id,
        # Who waits for any copy comes before whoever searches now.
        select(func.count())
        .where(
            _queue.c.record_id == _i.record_id,
            _queue.c.state == HoldState.WAITING,
            _queue.c.suspended.is_(False),
        )
        .scalar_subquery(),
        _i.entered_on,
        _i.created_at,
    )
    .join_from(table(Item), _home, _home.c.id == _i.home_library_id)
    .join(_current, _current.c.id == _i.current_library_id)
    .outerjoin(table(Loan), and_(_l.item_id == _i.id, _l.returned_at.is_(None)))
    .outerjoin(table(Hold), and_(_h.item_id == _i.id, _h.state.in_(sorted(BOUND))))
    .where(_i.record_id.in_(bindparam("ids", expanding=True))),
    Copy,
)


def copies_of(reader: Reader, record_ids: Iterable[int]) -> dict[int, list[Copy]]:
    """Return the copies of these records, in one query."""
    found: dict[int, list[Copy]] = defaultdict(list)
    for copy in reader.all(_OF, ids=list(record_ids)):
        found[copy.record_id].append(copy)
    return found


def back_on(copies: Sequence[Copy]) -> date | None:
    """Return when a copy on loan is back for somebody new: those who wait are served before.

    None when nothing is on loan; then only what stands on a shelf could be had.
    """
    due = sorted(copy.due_on for copy in copies if copy.due_on is not None)
    if not due:
        return None
    rounds, place = divmod(copies[0].waiting, len(due))
    return due[place] + rounds * USUAL_LOAN
