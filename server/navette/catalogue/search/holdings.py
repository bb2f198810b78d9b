"""What the index has to know of a record's copies: where they belong, where they can be taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select

from navette.catalogue.tables import Item
from navette.circulation.states import ItemStatus
from navette.circulation.tables import Loan
from navette.network.tables import Library
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

GONE = frozenset({ItemStatus.WITHDRAWN, ItemStatus.LOST})


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

    @property
    def libraries(self) -> Sequence[str]:
        """Return where it belongs and stands; nothing once it is gone for good."""
        return () if self.status in GONE else (self.home, self.current)

    @property
    def available_at(self) -> str | None:
        """Return the library whose shelf it can be taken from now, or None."""
        free = self.status == ItemStatus.AVAILABLE and not self.not_for_loan
        return self.current if free else None


_i, _l = table(Item).c, table(Loan).c
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
    )
    .join_from(table(Item), _home, _home.c.id == _i.home_library_id)
    .join(_current, _current.c.id == _i.current_library_id)
    .outerjoin(table(Loan), and_(_l.item_id == _i.id, _l.returned_at.is_(None)))
    .where(_i.record_id.in_(bindparam("ids", expanding=True))),
    Copy,
)


def copies_of(reader: Reader, record_ids: Iterable[int]) -> dict[int, list[Copy]]:
    """Return the copies of these records, in one query."""
    found: dict[int, list[Copy]] = defaultdict(list)
    for copy in reader.all(_OF, ids=list(record_ids)):
        found[copy.record_id].append(copy)
    return found
