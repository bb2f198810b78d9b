"""The same job done by SQLite's FTS5: the 20 best, the count, and the values of five facets."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from navette.catalogue.search.index import SearchIndex
from navette_server.benching.asking import FIVE
from navette_server.benching.making import FREQUENT, Made
from navette_server.benching.measuring import Figure, percentile

BUDGET: Final = 0.5
QUERIES: Final = 160
_SAID = """
    SELECT r.title || ' ' || r.author_sort || ' ' || r.summary, l.code, r.type, 'fre', r.audience,
    CASE WHEN i.status = 'AVAILABLE' THEN l.code ELSE '' END
    FROM record r JOIN item i ON i.record_id = r.id JOIN library l ON l.id = i.home_library_id
    GROUP BY r.id
"""


def against_fts5(index: SearchIndex, database: Path, made: Made, said: str) -> Figure:
    """Ask both the same questions in turns, facets counted anew each time."""
    questions = [_question(title, place) for place, (title, _author) in enumerate(made.samples)]
    with closing(_stocked(database)) as rival:
        ours, theirs = [], []
        for query in questions[:QUERIES]:
            index.forget()
            start = time.perf_counter()
            index.search(query, first=20, counted=FIVE)
            between = time.perf_counter()
            _ask(rival, query)
            ours.append((between - start) * 1000)
            theirs.append((time.perf_counter() - between) * 1000)
    return Figure(
        f"{said} records, search with five facets against SQLite FTS5", sum(ours) / sum(theirs),
        BUDGET, "lower",
        f"p50 {percentile(ours, 0.5):.2f} ms, p95 {percentile(ours, 0.95):.2f} ms;"
        f" FTS5 p50 {percentile(theirs, 0.5):.2f} ms, p95 {percentile(theirs, 0.95):.2f} ms",
    )  # fmt: skip


def _question(title: str, place: int) -> str:
    words = title.lower().split()
    return (words[-1], " ".join(words[-2:]), " ".join(words[:2]), FREQUENT)[place % 4]


def _stocked(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("ATTACH ? AS kept", (str(database),))
    columns = ", ".join(f"{name} UNINDEXED" for name in FIVE)
    connection.execute(
        f"CREATE VIRTUAL TABLE found USING fts5(words, {columns},"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    connection.executemany("INSERT INTO found VALUES (?, ?, ?, ?, ?, ?)", _rows(connection))
    return connection


def _rows(connection: sqlite3.Connection) -> Iterator[Sequence[str]]:
    yield from connection.execute(_SAID).fetchall()


def _ask(rival: sqlite3.Connection, query: str) -> None:
    rival.execute(
        "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT 20", (query,)
    ).fetchall()
    rival.execute("SELECT count(*) FROM found WHERE found MATCH ?", (query,)).fetchone()
    for facet in FIVE:
        counted = f"SELECT {facet}, count(*) FROM found WHERE found MATCH ? GROUP BY 1"  # noqa: S608 - our own names
        rival.execute(counted, (query,)).fetchall()
