"""Units of work: one transaction a request or job, committed on a clean exit and only there.

`unit.read()` gives a read-only connection of the calling thread. `unit.write(work)` takes a
function and runs it whole: in the one writer thread on SQLite, on a pool connection on
PostgreSQL. Services take the transaction and never commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Executable
from sqlmodel import SQLModel

from navette.storage.base import table
from navette.storage.statements import Query, command, inserting

T = TypeVar("T")


class Cursor(Protocol):
    """The part of a driver's cursor that is used."""

    rowcount: int

    def fetchone(self) -> Any:
        """Return the next row or None."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        ...


class Driver(Protocol):
    """A bare driver connection: SQLite's or psycopg's."""

    def execute(self, text: str, params: Any = ...) -> Any:
        """Run one statement and return its cursor."""
        ...


class Reader:
    """Statements that only look."""

    def __init__(self, driver: Driver, dialect: str) -> None:
        """Wrap a driver connection; `dialect` is `sqlite` or `postgresql`."""
        self.driver = driver
        self.dialect = dialect

    def all(self, query: Query[T], **params: Any) -> list[T]:
        """Return every row."""
        ready = query.compiled(self.dialect)
        rows = self.driver.execute(ready.text, ready.values(params)).fetchall()
        return ready.rows(rows, query.into)

    def first(self, query: Query[T], **params: Any) -> T | None:
        """Return the first row, or None."""
        ready = query.compiled(self.dialect)
        row = self.driver.execute(ready.text, ready.values(params)).fetchone()
        return None if row is None else ready.rows([row], query.into)[0]

    def one(self, query: Query[T], **params: Any) -> T:
        """Return the first row; there must be one (a count, an aggregate)."""
        ready = query.compiled(self.dialect)
        row = self.driver.execute(ready.text, ready.values(params)).fetchone()
        if row is None:
            message = "a statement that must give a row gave none"
            raise LookupError(message)
        return ready.rows([row], query.into)[0]


class Tx(Reader):
    """A transaction: statements that look and statements that change."""

    def __init__(self, driver: Driver, dialect: str) -> None:
        """Wrap a driver connection inside an open transaction."""
        super().__init__(driver, dialect)
        self.after: list[Callable[[], None]] = []
        self.noted: set[tuple[str, int]] = set()  # by storage.changes: once a transaction

    def run(self, statement: Query[Any], /, **params: Any) -> int:
        """Run for its effect; return how many rows it touched."""
        ready = statement.compiled(self.dialect)
        touched: int = self.driver.execute(ready.text, ready.values(params)).rowcount
        return touched

    def execute(self, construct: Executable, **params: Any) -> int:
        """Run a statement that is not worth keeping compiled; return the rows touched."""
        return self.run(command(construct), **params)

    def insert(self, model: type[SQLModel], **values: Any) -> int:
        """Insert one row and return its `id` (0 where the table has none)."""
        has_id = "id" in table(model).c
        statement = inserting(model, tuple(values), returning=has_id)
        if not has_id:
            self.run(statement, **values)
            return 0
        new_id: int = self.one(statement, **values)
        return new_id

    def insert_many(self, model: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same columns; their ids are not given back."""
        for row in rows:
            self.run(inserting(model, tuple(row), returning=False), **row)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Do this once the facts are kept; dropped when the transaction rolls back."""
        self.after.append(act)


class Unit(Protocol):
    """The door to the database. One a process."""

    dialect: str

    def read(self) -> AbstractContextManager[Reader]:
        """Open the calling thread's read-only connection."""
        ...

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in one transaction; raises Busy, Duplicate or what `work` raises."""
        ...

    def close(self) -> None:
        """Close every connection and end the writer thread."""
        ...
