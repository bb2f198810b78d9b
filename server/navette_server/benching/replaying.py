"""The bare driver as a rival: the statements a service ran, run again with nothing around."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from navette.storage.sqlite import connect
from navette.storage.unit import Reader, Tx

T = TypeVar("T")
Statement = tuple[str, Any]


class Recorder:
    """A driver connection that remembers what it was asked."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Record what passes to `connection`, once `said` is a list."""
        self.connection = connection
        self.said: list[Statement] | None = None

    def execute(self, text: str, params: Any = ()) -> Any:
        """Run a statement, and remember it."""
        if self.said is not None:
            self.said.append((text, params))
        return self.connection.execute(text, params)

    def executemany(self, text: str, rows: Any) -> Any:
        """Run a statement for each row, and remember each."""
        for row in rows:
            self.execute(text, row)


class InlineUnit:
    """A unit of work in the calling thread: no thread is measured, only the work itself."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        """Open the database at `path`; with `keep` off, everything written is rolled back."""
        self.connection = connect(path)
        self.recorder = Recorder(self.connection)
        self.keep = True

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give the connection."""
        yield Reader(self.recorder, self.dialect)

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in a transaction of this thread."""
        tx = Tx(self.recorder, self.dialect)
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            done = work(tx)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT" if self.keep else "ROLLBACK")
        return done

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def record(self, act: Callable[[], object]) -> list[Statement]:
        """Do it once and return the statements it ran."""
        self.recorder.said = []
        try:
            act()
            return self.recorder.said
        finally:
            self.recorder.said = None


def replay(connection: sqlite3.Connection, said: list[Statement], *, write: bool) -> None:
    """Run recorded statements on the bare driver, reading every row; changes are rolled back."""
    if write:
        connection.execute("BEGIN IMMEDIATE")
    for text, params in said:
        connection.execute(text, params).fetchall()
    if write:
        connection.execute("ROLLBACK")
