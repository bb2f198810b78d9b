"""Noticing commits of other processes: cheap enough to ask ten times a second."""

from __future__ import annotations

import sqlite3
from typing import Protocol

from navette.storage.sqlite import SqliteUnit, connect
from navette.storage.unit import Unit


class Commits(Protocol):
    """Says whether something was committed since it was last asked."""

    def happened(self) -> bool:
        """Return whether there may be something new."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...


class SqliteCommits:
    """SQLite counts the commits of other connections: one pragma, no lock."""

    def __init__(self, unit: SqliteUnit) -> None:
        """Open a connection of its own, used by one thread."""
        self._connection: sqlite3.Connection = connect(unit.path)
        self._seen: int | None = None

    def happened(self) -> bool:
        """Return whether the counter moved."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        before, self._seen = self._seen, int(version)
        return before != self._seen

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class AnyTime:
    """PostgreSQL: the two questions that follow are as cheap as asking whether to ask them."""

    def happened(self) -> bool:
        """Return that there may be."""
        return True

    def close(self) -> None:
        """Hold nothing."""


def commits_of(unit: Unit) -> Commits:
    """Return the way to notice commits in this database."""
    return SqliteCommits(unit) if isinstance(unit, SqliteUnit) else AnyTime()
