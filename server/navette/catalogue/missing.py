"""Records that a library's newest full file no longer holds: kept, and marked once it is sure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import bindparam, select, update

from navette.catalogue.tables import SourceRecord
from navette.storage.base import table
from navette.storage.bulk import run_many
from navette.storage.statements import Query, command
from navette.storage.unit import Tx, Unit

# A file cut short or filtered looks like a library that gave half its books away.
DOUBTFUL_SHARE: Final = 0.05
_AT_ONCE: Final = 500
_source = table(SourceRecord)

_KEPT = Query(
    select(_source.c.id, _source.c.local_id)
    .where(
        _source.c.library_id == bindparam("library"),
        _source.c.local_id > bindparam("after"),
        _source.c.gone_at.is_(None),
    )
    .order_by(_source.c.local_id)
    .limit(_AT_ONCE),
    lambda row_id, local_id: (row_id, local_id),
)
_MARK = command(
    update(_source)
    .where(_source.c.id == bindparam("source"), _source.c.gone_at.is_(None))
    .values(gone_at=bindparam("now"))
)


@dataclass(frozen=True)
class Missing:
    """How many records a library is known for, how many of them its full file lacks.

    `unread` counts records of the file that could not be told apart from the missing ones.
    """

    known: int
    lacking: int
    unread: int
    confirmed: bool

    @property
    def is_sure(self) -> bool:
        """Tell whether what is lacking may be taken as gone."""
        few = self.lacking <= self.known * DOUBTFUL_SHARE
        return not self.unread and (few or self.confirmed)


def mark_missing(
    unit: Unit,
    library_id: int,
    seen: Callable[[str], bool],
    now: datetime,
    *,
    unread: int,
    confirmed: bool,
    dry_run: bool,
) -> Missing:
    """Count a library's records that a whole file did not hold; mark them when that is sure.

    Nothing is deleted: records, copies, holds and loans stay, and a record that comes back is as
    it was. Marked records are no longer exported as the library's own.
    """
    known, lacking = 0, []
    for row_id, local_id in _kept(unit, library_id):
        known += 1
        if not seen(local_id):
            lacking.append(row_id)
    found = Missing(known, len(lacking), unread, confirmed)
    if found.is_sure and not dry_run:
        lacking.sort()
        for start in range(0, len(lacking), _AT_ONCE):
            unit.write(partial(_mark, lacking[start : start + _AT_ONCE], now))
    return found


def _kept(unit: Unit, library_id: int) -> Iterator[tuple[int, str]]:
    after = ""
    while True:
        with unit.read() as reader:
            rows = reader.all(_KEPT, library=library_id, after=after)
        if not rows:
            return
        yield from rows
        after = rows[-1][1]


def _mark(sources: list[int], now: datetime, tx: Tx) -> None:
    run_many(tx, _MARK, [{"source": source, "now": now} for source in sources])
