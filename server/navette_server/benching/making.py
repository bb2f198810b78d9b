"""A made-up French catalogue of any size: words as often as languages use them (Zipf), fixed seed.

Fictitious throughout. The same size always gives the same catalogue.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, Final

from navette.catalogue.tables import Item, Record, Series, Work
from navette.network.loading import load_network, network_of, read_toml
from navette.storage.bulk import insert_rows
from navette.storage.unit import Tx, Unit
from navette_server.benching.importing import NETWORK

NOW: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SEED: Final = 59
BATCH: Final = 5_000
# In a fifth of all titles, whatever the size.
FREQUENT, FREQUENT_SHARE = "legende", 0.2
SYLLABLES: Final = [
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
GENRES: Final = ("Romans", "Contes", "Bandes dessinées", "Albums", "Biographie", "Guides pratiques")
TYPES: Final = ("book",) * 12 + ("comic",) * 3 + ("film", "film", "music", "music", "audiobook")
_RECORD: Final = (
    "id", "work_id", "title", "title_sort", "authors", "author_sort", "publisher", "year", "type",
    "audience", "languages", "series_title", "series_id", "volume_label", "volume_number",
    "subjects", "genres", "summary", "loans", "created_at", "adapted", "identifiers",
)  # fmt: skip
_ALIKE: Final[dict[str, Any]] = {
    "subtitle": "", "statement": "", "extent": "240 p.", "edition": "", "contents": "", "dewey": "",
    "links": [], "hidden": False, "version": 1, "updated_at": NOW,
}  # fmt: skip
_ITEM: Final = ("record_id", "home_library_id", "current_library_id", "barcode", "status", "loans")
_ITEM_ALIKE: Final[dict[str, Any]] = {
    "barcode_printed": "", "not_for_loan": False, "type": "book", "section": "", "collection": "",
    "call_number": "R ABC", "volume_key": "", "volume_label": "", "price": "", "alert": "",
    "note": "", "digest": "", "version": 1, "created_at": NOW, "targeting_penalty": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """A vocabulary in which the word of rank r comes with a weight of 1 / (r + 2.7)."""

    words: Sequence[str]
    weights: Sequence[float]

    @classmethod
    def of(cls, size: int, chance: random.Random) -> Words:
        """Make a vocabulary of about `size` words."""
        made = dict.fromkeys(
            "".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4, 4))))
            for _ in range(size)
        )
        made.pop(FREQUENT, None)
        return cls(list(made), list(accumulate(1 / (rank + 2.7) for rank in range(len(made)))))

    def word(self, chance: random.Random) -> str:
        """Return a word, a few often and most of them rarely."""
        return self.words[bisect(self.weights, chance.random() * self.weights[-1])]

    def said(self, chance: random.Random, count: int) -> str:
        """Return some words."""
        return " ".join(self.word(chance) for _ in range(count))


@dataclass(frozen=True)
class Made:
    """What there is to ask for: the vocabulary, and some records as (title, author, year)."""

    words: Words
    samples: Sequence[tuple[str, str]]


def a_catalogue(unit: Unit, size: int) -> Made:
    """Fill an empty, migrated database with the network and `size` records with their copies."""
    chance = random.Random(SEED)  # noqa: S311 - a fixed seed, no secret
    words = Words.of(20_000 + size // 20, chance)
    names = Words.of(5_000 + size // 20, chance)
    described = read_toml(NETWORK)
    unit.write(lambda tx: load_network(tx, described))
    series = max(1, size // 25)
    unit.write(lambda tx: _series(tx, words, chance, series))
    samples: list[tuple[str, str]] = []
    for start in range(0, size, BATCH):
        rows = [
            _record(1 + start + n, words, names, chance, series)
            for n in range(min(BATCH, size - start))
        ]
        samples += [(row[2], row[4][0]["name"]) for row in rows[:: BATCH // 20]]
        unit.write(lambda tx, rows=rows: _write(tx, rows, chance))  # type: ignore[misc]
    return Made(words, samples)


def _series(tx: Tx, words: Words, chance: random.Random, count: int) -> None:
    rows = [(n, str(n), words.said(chance, 2).title()) for n in range(1, count + 1)]
    insert_rows(tx, Series, ("id", "key", "title"), rows, {"created_at": NOW})


def _record(
    number: int, words: Words, names: Words, chance: random.Random, series: int
) -> Sequence[Any]:
    title = words.said(chance, chance.randint(2, 6))
    if chance.random() < FREQUENT_SHARE:
        title = f"{FREQUENT} {title}"
    author = names.said(chance, 2)
    in_series = chance.randint(1, series) if chance.random() < 0.2 else None  # noqa: PLR2004 - a fifth
    volume = chance.randint(1, 30) if in_series else None
    return (
        number, number, title.capitalize(), title, [{"name": author.title(), "role": "author"}],
        author, names.word(chance).title(), chance.randint(1930, 2026), chance.choice(TYPES),
        chance.choice(("adult", "adult", "child", "young")),
        [chance.choice(("fre", "fre", "fre", "fre", "eng", "dut"))],
        f"Suite {in_series}" if in_series else "", in_series, str(volume or ""), volume,
        [words.word(chance).capitalize() for _ in range(chance.randint(0, 3))],
        [chance.choice(GENRES)] if chance.random() < 0.5 else [],  # noqa: PLR2004 - half of them
        words.said(chance, 12), int(chance.paretovariate(1.2)) - 1,
        NOW - timedelta(days=chance.randint(0, 4000)),
        ["large_print"] if chance.random() < 0.02 else [],  # noqa: PLR2004 - one in fifty
        [{"kind": "isbn", "value": f"978{number:010d}", "valid": True}],
    )  # fmt: skip


def _write(tx: Tx, rows: Sequence[Sequence[Any]], chance: random.Random) -> None:
    works = [(row[0], str(row[0]), row[2]) for row in rows]
    insert_rows(tx, Work, ("id", "key", "title"), works, {"created_at": NOW})
    insert_rows(tx, Record, _RECORD, rows, _ALIKE)
    libraries = [library.id for library in network_of(tx).libraries]
    copies = [copy for row in rows for copy in _copies(row[0], libraries, chance)]
    insert_rows(tx, Item, _ITEM, copies, _ITEM_ALIKE)


def _copies(
    record: int, libraries: Sequence[int], chance: random.Random
) -> Iterator[tuple[Any, ...]]:
    for copy in range(chance.choice((1, 1, 1, 2, 3))):
        home = chance.choice(libraries)
        status = "AVAILABLE" if chance.random() < 0.77 else "ON_LOAN"  # noqa: PLR2004 - 23 % are out
        yield record, home, home, f"B{record}-{copy}", status, chance.randint(0, 40)
