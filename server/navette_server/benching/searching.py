"""Search and suggestions on a made-up French catalogue, against SQLite's FTS5 in the same run."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.tables import Item, Record, Work
from navette.clock import SystemClock
from navette.network.loading import load_network, network_of, read_toml
from navette.storage.bulk import insert_rows
from navette.storage.database import open_unit
from navette.storage.migrating import upgrade
from navette.storage.unit import Tx
from navette_server.benching.importing import NETWORK
from navette_server.benching.measuring import Figure, percentile

RECORDS = 100_000
QUERIES = 240
BATCH = 5_000
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# FTS5 does the same job: the 20 best, the count, and the values of the five facets.
RIVAL_BUDGET = 0.5
SUGGEST_BUDGET_MS = 10.0
FACETS = ("library", "type", "language", "audience", "availability")
SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "ca",
    "ce",
    "chan",
    "co",
    "da",
    "de",
    "di",
    "do",
    "fa",
    "fe",
    "fi",
    "fo",
    "ga",
    "ge",
    "gi",
    "ja",
    "je",
    "la",
    "le",
    "li",
    "lo",
    "lu",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "ni",
    "no",
    "pa",
    "pe",
    "pi",
    "po",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "va",
    "ve",
    "vi",
    "vo",
]


def search_speed() -> list[Figure]:
    """Return the figures of search and suggestions at 100,000 records."""
    chance = random.Random(59)  # noqa: S311 - a fixed seed, no secret
    words = _vocabulary(chance)
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'navette.db'}"
        upgrade(url)
        unit = open_unit(url)
        try:
            titles = _fill(unit.write, chance, words)
            with closing(IndexWriter(folder / "index", unit, SystemClock())) as writer:
                writer.rebuild(lambda _done, _total: None)
            index = SearchIndex(folder / "index", unit)
            with closing(_rival(folder / "fts.db", titles)) as rival:
                return _figures(index, rival, _queries(chance, words))
        finally:
            unit.close()


def _figures(index: SearchIndex, rival: sqlite3.Connection, queries: Sequence[str]) -> list[Figure]:
    ours: list[float] = []
    theirs: list[float] = []
    typing: list[float] = []
    for query in queries:
        ours.append(_took(partial(index.search, query, first=20)))
        theirs.append(_took(partial(_ask, rival, query)))
        typing.append(_took(partial(index.suggest, query[:3], first=8)))
    ratio = sum(ours) / sum(theirs)
    return [
        Figure(
            f"search with five facets at {RECORDS} records, against SQLite FTS5",
            ratio, RIVAL_BUDGET, "lower",
            f"p50 {percentile(ours, 0.5):.2f} ms, p95 {percentile(ours, 0.95):.2f} ms;"
            f" FTS5 p50 {percentile(theirs, 0.5):.2f} ms, p95 {percentile(theirs, 0.95):.2f} ms",
        ),
        Figure(
            "suggestions as one types: p95, against 10 ms",
            percentile(typing, 0.95) / SUGGEST_BUDGET_MS, 1.0, "lower",
            f"p50 {percentile(typing, 0.5):.2f} ms, p95 {percentile(typing, 0.95):.2f} ms",
        ),
    ]  # fmt: skip


def _took(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _vocabulary(chance: random.Random) -> Sequence[str]:
    return [
        "".join(chance.choices(SYLLABLES, k=chance.choice((2, 2, 3, 3, 4)))) for _ in range(8000)
    ]


def _said(chance: random.Random, words: Sequence[str], count: int) -> str:
    """Return words as languages use them: a few often, most of them rarely."""
    return " ".join(words[int(len(words) ** chance.random()) - 1] for _ in range(count))


def _queries(chance: random.Random, words: Sequence[str]) -> Sequence[str]:
    return [_said(chance, words, chance.choice((1, 2, 2, 3))) for _ in range(QUERIES)]


def _fill(
    write: Callable[[Callable[[Tx], Any]], Any], chance: random.Random, words: Sequence[str]
) -> list[str]:
    described = read_toml(NETWORK)
    write(lambda tx: load_network(tx, described))
    titles: list[str] = []
    for start in range(0, RECORDS, BATCH):
        batch = [
            (_said(chance, words, chance.randint(2, 6)), _said(chance, words, 2))
            for _ in range(BATCH)
        ]
        titles += [f"{title} {author}" for title, author in batch]
        write(partial(_write, start=start, batch=batch, chance=chance))
    return titles


def _write(tx: Tx, start: int, batch: Sequence[tuple[str, str]], chance: random.Random) -> None:
    ids = range(start + 1, start + 1 + len(batch))
    insert_rows(
        tx, Work, ("id", "key", "title"),
        [(i, title, title) for i, (title, _) in zip(ids, batch, strict=True)],
        {"created_at": NOW},
    )  # fmt: skip
    insert_rows(
        tx, Record, ("id", "work_id", "title", "title_sort", "authors", "author_sort", "year", "type"),
        [
            (i, i, title.capitalize(), title, [{"name": author.title(), "role": "author"}], author,
             chance.randint(1950, 2026), chance.choice(("book", "book", "book", "comic", "film")))
            for i, (title, author) in zip(ids, batch, strict=True)
        ],
        {
            "subtitle": "", "statement": "", "publisher": "", "extent": "", "edition": "",
            "audience": "adult", "languages": ["fre"], "series_title": "", "volume_label": "",
            "volume_number": None, "summary": "", "contents": "", "subjects": [], "genres": [],
            "dewey": "", "identifiers": [], "links": [], "loans": 0, "hidden": False, "version": 1,
            "created_at": NOW, "updated_at": NOW,
        },
    )  # fmt: skip
    libraries = [library.id for library in network_of(tx).libraries]
    insert_rows(
        tx, Item, ("record_id", "home_library_id", "current_library_id", "barcode", "barcode_printed", "status"),
        [
            (i, home, home, f"B{i}", f"B{i}", chance.choice(("AVAILABLE", "AVAILABLE", "ON_LOAN")))
            for i in ids for home in (chance.choice(libraries),)
        ],
        {
            "not_for_loan": False, "type": "book", "section": "", "collection": "",
            "call_number": "", "volume_key": "", "volume_label": "", "price": "", "loans": 0,
            "alert": "", "note": "", "digest": "", "version": 1, "created_at": NOW,
            "targeting_penalty": 0,
        },
    )  # fmt: skip


def _rival(path: Path, titles: Sequence[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute(
        f"CREATE VIRTUAL TABLE found USING fts5(words, {', '.join(f'{f} UNINDEXED' for f in FACETS)},"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    connection.executemany("INSERT INTO found VALUES (?, ?, ?, ?, ?, ?)", _rows(titles))
    connection.commit()
    return connection


def _rows(titles: Sequence[str]) -> Iterator[tuple[str, ...]]:
    chance = random.Random(59)  # noqa: S311 - a fixed seed, no secret
    for title in titles:
        code = chance.choice(("hem", "lannoy", "leers", "lys", "toufflers"))
        yield title, code, chance.choice(("book", "comic", "film")), "fre", "adult", code


def _ask(rival: sqlite3.Connection, query: str) -> None:
    rival.execute(
        "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT 20", (query,)
    ).fetchall()
    rival.execute("SELECT count(*) FROM found WHERE found MATCH ?", (query,)).fetchone()
    for facet in FACETS:
        counted = f"SELECT {facet}, count(*) FROM found WHERE found MATCH ? GROUP BY 1"  # noqa: S608
        rival.execute(counted, (query,)).fetchall()
