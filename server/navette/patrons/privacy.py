"""What is known of a person: seen, taken away as a file, erased, and cut off in time.

Every floor keeps rows about people. `navette_server.privacy` alone sees them all: it hands in one
`Room` a table, and a test asserts that no table with people in it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Table, bindparam, delete, select, update

from navette.clock import instant_at, local_date
from navette.errors import NotFound
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

KEPT_MONTHS = 4
DELETE, CUT, KEEP = "delete", "cut", "keep"
Row = Mapping[str, Any]
_p = table(Patron).c
_ERASED = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"))
    .values(
        card=bindparam("no_card"), first_name="", last_name="", name_key="", birth_year=None,
        email="", phone="", blocked_reason="", password_hash="", channels=[], hold_rhythm=None,
        language="fr", closed_at=bindparam("now"), last_used_at=None, of_age_on=None,
        history_since=None,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Room:
    """Rows of one table about a person: what is shown of them, and what erasing does to them.

    `act`: "delete" takes the rows away, "cut" leaves them without the person, "keep" leaves them
    for the end of the fourth month. Secrets are never shown.
    """

    name: str
    table: Table
    column: Column[Any]
    act: str = DELETE
    secrets: frozenset[str] = frozenset()

    @property
    def shown(self) -> Sequence[Column[Any]]:
        """Return the columns that a person reads about themselves."""
        return [column for column in self.table.c if column.name not in self.secrets]

    def rows(self, reader: Reader, patron_id: int) -> list[Row]:
        """Return what is kept here of a person."""
        names = [str(column.name) for column in self.shown]
        asked = select(*self.shown).where(self.column == bindparam("patron"))
        found: Query[Row] = Query(
            asked.order_by(*self.table.primary_key),
            lambda *cells: dict(zip(names, cells, strict=True)),
        )
        return reader.all(found, patron=patron_id)

    def erase(self, tx: Tx, patron_id: int) -> int:
        """Take the rows, or the person in them, away; return how many."""
        if self.act == KEEP:
            return 0
        if self.act == DELETE:
            return tx.execute(
                delete(self.table).where(self.column == bindparam("patron")), patron=patron_id
            )
        cut = update(self.table).where(self.column == bindparam("patron"))
        return tx.execute(cut.values({self.column.name: None}), patron=patron_id)


def nothing(*_given: object) -> int:
    """Do nothing: a house without rooms."""
    return 0


@dataclass(frozen=True)
class Privacy:
    """Every room of the house, what leaving needs first, and what stands in the way of it."""

    rooms: Sequence[Room] = ()
    open_loans: Callable[[Reader, int], int] = nothing
    leave: Callable[[Tx, int, datetime], object] = nothing
    retained: Sequence[Callable[[Tx, datetime], int]] = ()

    def export(self, reader: Reader, patron_id: int) -> dict[str, list[Row]]:
        """Return everything that is known of a person, a list a table, without secrets."""
        found: dict[str, list[Row]] = {}
        for room in self.rooms:
            rows = room.rows(reader, patron_id)
            if rows:
                found[room.name] = [*found.get(room.name, []), *rows]
        if "patron" not in found:
            raise NotFound
        return found

    def erase(self, tx: Tx, patron_id: int, now: datetime) -> int:
        """Erase a person for good; returns the loans that must come back first, 0 when done.

        Holds are cancelled (E23), the card opens nothing any more, sessions end, names and contacts
        go. What is left is a row without a person, until its loans and holds are cut off in time.
        """
        standing = self.open_loans(tx, patron_id)
        if standing:
            return standing
        self.leave(tx, patron_id, now)
        for room in self.rooms:
            if room.name != "patron":
                room.erase(tx, patron_id)
        tx.run(_ERASED, patron=patron_id, no_card=f"-{patron_id}", now=now)
        return 0

    def retain(self, tx: Tx, now: datetime) -> int:
        """Cut what ended before the fourth month back off from its people; return how many."""
        before = cut_before(local_date(now))
        return sum(cut(tx, before) for cut in self.retained)


def cut_before(today: date) -> datetime:
    """Return the instant before which nothing ended still names anybody.

    What ends in March is cut when July is over: on 1 August, everything before 1 April.
    """
    months = today.year * 12 + today.month - 1 - KEPT_MONTHS
    return instant_at(date(months // 12, months % 12 + 1, 1), 0)
