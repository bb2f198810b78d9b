"""Images: what was true of two cards before they became one, so that it can be undone for a week.

It names people and holds a password's hash: it lies sealed, goes with the week, with an undoing,
and with either person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Column, Date, DateTime, Table, bindparam, insert, select, update
from sqlalchemy.types import TypeDecorator

from navette.patrons.tables import Patron
from navette.storage.base import metadata, table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

Row = dict[str, Any]


@dataclass
class Image:
    """Rows that moved (by column), rows that went, rows that were ended, and the two people.

    `after`: the card that stays as the merge left it.
    """

    gone: Row
    stays: Row
    moved: dict[str, list[list[Any]]] = field(default_factory=dict)
    deleted: list[tuple[str, Row]] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    consents: list[int] = field(default_factory=list)
    parted: list[int] = field(default_factory=list)
    after: Row = field(default_factory=dict)

    def text(self) -> str:
        """Return it as text, to be sealed."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def of(cls, text: str) -> Image:
        """Read it back."""
        return cls(**orjson.loads(text))


def person_row(reader: Reader, patron_id: int) -> Row:
    """Return everything that is kept of a person."""
    (row,) = rows_of(reader, table(Patron), table(Patron).c.id, patron_id)
    return row


def rows_of(reader: Reader, kept: Table, column: Column[Any], value: int) -> list[Row]:
    """Return whole rows, each as what JSON can hold."""
    names = [str(one.name) for one in kept.c]
    found: Query[Row] = Query(
        select(*kept.c).where(column == bindparam("value")),
        lambda *cells: dict(zip(names, cells, strict=True)),
    )
    return [_plain(row) for row in reader.all(found, value=value)]


def keys_of(reader: Reader, column: Column[Any], patron_id: int) -> list[list[Any]]:
    """Return the keys of the rows in which a column names a person."""
    keys = list(column.table.primary_key)
    found: Query[list[Any]] = Query(
        select(*keys).where(column == bindparam("value")), lambda *cells: list(cells)
    )
    return reader.all(found, value=patron_id)


def move_back(tx: Tx, image: Image, gone: int, stays: int) -> int:
    """Give the rows that moved back to the card that went; return how many still were there."""
    done = 0
    for column in _columns(image.moved):
        keys = list(column.table.primary_key)
        where = [
            column == bindparam("stays"),
            *(key == bindparam(f"k{n}") for n, key in enumerate(keys) if key is not column),
        ]
        statement = command(
            update(column.table).where(*where).values({column.name: bindparam("gone")})
        )
        went = [
            [row[str(key.name)] for key in keys]
            for name, row in image.deleted
            if name == column.table.name
        ]
        for row in image.moved[str(column)]:
            if row in went:  # it was taken away, not moved: what stands there is another's
                continue
            given = {f"k{n}": row[n] for n, key in enumerate(keys) if key is not column}
            done += tx.run(statement, stays=stays, gone=gone, **given)
    return done


def put_back(tx: Tx, image: Image) -> int:
    """Write the rows anew that had to go; return how many."""
    for name, row in image.deleted:
        kept = metadata.tables[name]
        statement = insert(kept).values({n: bindparam(n) for n in row})
        tx.run(command(statement), **_typed(kept, row))
    return len(image.deleted)


def restore_person(tx: Tx, row: Mapping[str, Any], only: Sequence[str] = ()) -> None:
    """Write a person's columns as they were: all of them, or `only` some."""
    kept = table(Patron)
    values = {n: v for n, v in _typed(kept, row).items() if n in (only or row) and n != "id"}
    values.pop("version", None)
    changed = update(kept).where(kept.c.id == bindparam("patron"))
    named: dict[str, Any] = {n: bindparam(f"v_{n}") for n in values}
    tx.run(
        command(changed.values({**named, "version": kept.c.version + 1})), patron=row["id"],
        **{f"v_{n}": v for n, v in values.items()},
    )  # fmt: skip


def _columns(names: Mapping[str, Any]) -> Iterator[Column[Any]]:
    for name in names:
        of, _, column = name.partition(".")
        yield metadata.tables[of].c[column]


def _plain(row: Row) -> Row:
    return {n: v.isoformat() if isinstance(v, date | datetime) else v for n, v in row.items()}


def _typed(kept: Table, row: Mapping[str, Any]) -> Row:
    return {n: _value(kept.c[n], v) for n, v in row.items()}


def _value(column: Column[Any], value: Any) -> Any:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if value is None or not isinstance(value, str):
        return value
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
