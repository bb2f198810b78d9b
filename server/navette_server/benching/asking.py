"""The questions of the bench, of each kind, and how long they take against the bare engine."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tantivy import Query

from navette.catalogue.search.asking import understood
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.opening import Opening, View
from navette.catalogue.search.querying import filtered, forgiving, wanted
from navette.catalogue.search.results import NOTHING, SearchFilters
from navette.catalogue.search.schema import FACETS, field_of
from navette_server.benching.making import FREQUENT, SEED, Made
from navette_server.benching.measuring import Figure, percentile

EACH: Final = 60
FIVE: Final = ("library", "type", "language", "audience", "availability")
HERE: Final = SearchFilters(availability=("hem",))
_RARE: Final = range(2, 20)


@dataclass(frozen=True)
class Kind:
    """One kind of question: some of them, and how they are asked."""

    name: str
    queries: Sequence[str]
    filters: SearchFilters = NOTHING
    unfinished: bool = False
    counted: Sequence[str] = ()
    mistyped: bool = False


def kinds(made: Made, view: View) -> Sequence[Kind]:
    """Return questions of every kind that this catalogue can answer."""
    chance = random.Random(SEED)  # noqa: S311 - a fixed seed, no secret
    titles = [title for title, _author in made.samples]
    rare = [
        word for word in made.words.words if view.searcher.doc_freq("title_words", word) in _RARE
    ]
    chance.shuffle(rare)
    usual = [made.words.words[rank] for rank in range(EACH)]
    three = [" ".join(chance.sample(t.lower().split(), 3)) for t in titles if t.count(" ") > 2]  # noqa: PLR2004 - three words
    return (
        Kind("rare word", rare[:EACH]),
        Kind("frequent word (a fifth of all)", [FREQUENT] * (EACH // 2)),
        Kind("three words", three[:EACH]),
        Kind("typo", [_mistyped(word, chance) for word in rare[:EACH]], mistyped=True),
        Kind("prefix", [word[:4] for word in rare[:EACH]], unfinished=True),
        Kind("five facets", [f"{FREQUENT} {w}" for w in usual] + usual, counted=FIVE),
        Kind("all facets of a frequent word", [FREQUENT] * 5, counted=FACETS),
        Kind("free now here", [FREQUENT] * (EACH // 4) + usual, filters=HERE),
    )


def _mistyped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + chance.choice("bcdfgm") + word[at + 1 :]


def figures(index: SearchIndex, opening: Opening, made: Made, size: str) -> list[Figure]:
    """Measure every kind in turns with the bare engine, which is handed the query ready made."""
    view = opening.view()
    if view is None:
        raise RuntimeError("the index of the bench cannot be read")
    return [_figure(kind, index, view, size) for kind in kinds(made, view) if kind.queries]


def _figure(kind: Kind, index: SearchIndex, view: View, size: str) -> Figure:
    ours: list[float] = []
    bare: list[float] = []
    found: Counter[bool] = Counter()
    for query in kind.queries:
        raw = _bare(kind, query, view)
        index.forget()
        start = time.perf_counter()
        page = index.search(
            query, kind.filters, 20, unfinished=kind.unfinished, counted=kind.counted or False
        )
        ours.append((time.perf_counter() - start) * 1000)
        start = time.perf_counter()
        raw()
        bare.append((time.perf_counter() - start) * 1000)
        found[page.total > 0] += 1
    p50, p95 = percentile(ours, 0.5), percentile(ours, 0.95)
    return Figure(
        f"{size} records, {kind.name}: p50 against the bare engine", p50 / percentile(bare, 0.5),
        0.0, "shown",
        f"p50 {p50:.2f} ms, p95 {p95:.2f} ms; engine p50 {percentile(bare, 0.5):.2f} ms,"
        f" p95 {percentile(bare, 0.95):.2f} ms; {found[True]} of {len(kind.queries)} found",
    )  # fmt: skip


def _bare(kind: Kind, text: str, view: View) -> Callable[[], object]:
    """Return the engine's own part: the same clauses, built beforehand, 20 hits and the count."""
    asked = understood(text, unfinished=kind.unfinished)
    query: Query = (
        forgiving(view, asked, {word.whole for word in asked.required})
        if kind.mistyped
        else wanted(view, asked)
    )
    query = filtered(query, kind.filters, view.schema)
    counts = {name: {"terms": {"field": field_of(name), "size": 40}} for name in kind.counted}

    def ask() -> None:
        view.searcher.search(query, 20, weight_by_field="weight")
        if counts:
            view.searcher.aggregate(query, counts)

    return ask
