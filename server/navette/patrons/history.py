"""History: the list of what one has borrowed, off until asked for, erased when turned off.

Nobody else reads it: no guardian, no desk. Under 15 a child and a guardian agree first. Only what
comes back after it was turned on is kept, for as long as the network says (`history_months`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from navette.clock import local_date
from navette.errors import NotFound
from navette.network.network import Network
from navette.patrons.consents import Consents
from navette.patrons.tables import Patron, Reading
from navette.patrons.withdrawing import HISTORY
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx

PAGE = 25
TAKEN_OFF = 0


class Line(NamedTuple):
    """One document that came back."""

    id: int
    record_id: int
    title: str
    byline: str
    lent_on: date
    returned_on: date


_p, _r = table(Patron).c, table(Reading).c
_SINCE: Query[datetime | None] = Query(
    select(_p.history_since).where(_p.id == bindparam("patron"), _p.closed_at.is_(None)), scalar
)
_SET = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"), _p.closed_at.is_(None))
    .values(history_since=bindparam("since"))
)
_LINES = Query(
    select(_r.id, _r.record_id, _r.title, _r.byline, _r.lent_on, _r.returned_on)
    .where(
        _r.patron_id == bindparam("patron"),
        _r.id < bindparam("before"),
        _r.record_id != TAKEN_OFF,
    )
    .order_by(_r.id.desc())
    .limit(bindparam("most")),
    Line,
)
# The line stays, without what it said: the loan behind it would put it on the list again.
_ERASE_ONE = command(
    update(table(Reading))
    .where(
        _r.patron_id == bindparam("patron"),
        _r.id == bindparam("line"),
        _r.record_id != TAKEN_OFF,
    )
    .values(record_id=TAKEN_OFF, title="", byline="")
)
_OLD = command(delete(table(Reading)).where(_r.returned_on < bindparam("before")))
LAST = 2**31 - 1


@dataclass(frozen=True)
class History:
    """The door to histories, at one instant."""

    network: Network
    now: datetime

    def since(self, reader: Reader, patron_id: int) -> datetime | None:
        """Return since when it is kept; None: it is off."""
        return reader.first(_SINCE, patron=patron_id)

    def allowed(self, reader: Reader, patron_id: int) -> None:
        """Raise ConsentNeeded when somebody under 15 has no agreement to this yet."""
        today = local_date(self.now)
        Consents(self.network, self.now, today).check(reader, patron_id, HISTORY)

    def keep(self, tx: Tx, patron_id: int) -> None:
        """Turn it on; on already, nothing changes. ConsentNeeded, NotFound."""
        self.allowed(tx, patron_id)
        if self.since(tx, patron_id) is None and not tx.run(_SET, patron=patron_id, since=self.now):
            raise NotFound

    def lines(
        self, reader: Reader, patron_id: int, *, first: int = PAGE, before: int | None = None
    ) -> Sequence[Line]:
        """Return what came back, the latest first, from after the line `before`."""
        return reader.all(_LINES, patron=patron_id, before=before or LAST, most=first)

    def forget_line(self, tx: Tx, patron_id: int, line: int) -> None:
        """Take one document off the list; NotFound when it is not on this one."""
        if not tx.run(_ERASE_ONE, patron=patron_id, line=line):
            raise NotFound

    def forget_old(self, tx: Tx) -> int:
        """Take away what came back longer ago than the network keeps; return how many."""
        return tx.run(_OLD, before=kept_from(self.network, local_date(self.now)))


def kept_from(network: Network, today: date) -> date:
    """Return the day before which nothing stands on a list any more."""
    months = int(network.rule("history_months"))
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)
