"""What an import remembers of its earlier batches, in a file that nobody sees: memory stays flat."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

import orjson

Place = tuple[int, str]
_TABLES = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -1000",
    "CREATE TABLE record (name TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID",
    "CREATE TABLE item (name TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID",
)
_FIND = "SELECT name, said FROM {} WHERE name IN (SELECT value FROM json_each(?))"
_KEEP = "INSERT OR IGNORE INTO {} VALUES (?, ?)"


class Memory:
    """The records of a run by 001, with their digest; in a dry run the places of its copies too.

    Else the database knows the copies, and the digest here is empty. A temporary SQLite file: a
    set of a million names would be a hundred megabytes.
    """

    def __init__(self) -> None:
        """Remember nothing; the file is made with the first thing to remember."""
        self._file: sqlite3.Connection | None = None

    def __contains__(self, local_id: object) -> bool:
        """Tell whether a record came before."""
        return bool(self.records([str(local_id)]))

    def records(self, local_ids: Collection[str]) -> dict[str, str]:
        """Give the digests of those of these records that came before."""
        return self._found("record", local_ids)

    def items(self, places: Collection[Place]) -> dict[Place, str]:
        """Give the 001 beside which each of these places was taken before."""
        if self._file is None:
            return {}
        named = {f"{library}/{barcode}": (library, barcode) for library, barcode in places}
        found = self._found("item", named)
        return {named[name]: said for name, said in found.items()}

    def remember(
        self, records: Iterable[tuple[str, str]], items: Iterable[tuple[Place, str]] = ()
    ) -> None:
        """Keep in mind what came first under each name."""
        kept = self._opened()
        kept.execute("BEGIN")
        kept.executemany(_KEEP.format("record"), records)
        named = ((f"{library}/{barcode}", said) for (library, barcode), said in items)
        kept.executemany(_KEEP.format("item"), named)
        kept.execute("COMMIT")

    def forget(self) -> None:
        """Drop the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _found(self, what: str, names: Collection[str]) -> dict[str, str]:
        if self._file is None or not names:
            return {}
        asked = orjson.dumps(list(names)).decode()
        return dict(self._file.execute(_FIND.format(what), (asked,)).fetchall())

    def _opened(self) -> sqlite3.Connection:
        if self._file is None:
            self._file = sqlite3.connect("", isolation_level=None)
            for statement in _TABLES:
                self._file.execute(statement)
        return self._file
