"""The heaviest of many records: found among those of the highest ranks, without looking at all.

The engine looks at every record that a query finds before it knows which are the heaviest. What
one has typed of a word begins words of a third of all records, but its best are among few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Final, NamedTuple

from tantivy import Document, Occur, Query

from navette.catalogue.search.opening import View

LOOKED_AT: Final = 24


class Way(NamedTuple):
    """A query, and among how many of the heaviest records it is asked; None is among all."""

    query: Query
    among: int | None = None


def heaviest(view: View, ways: Iterable[Way]) -> list[tuple[Document, int]]:
    """Return the best of the first way that finds enough, or of the last: documents and ids."""
    found: list[tuple[Document, int]] = []
    hits = []
    for query, among in ways:
        narrowed = query if among is None else _narrowed(view, query, among)
        hits = view.searcher.search(narrowed, LOOKED_AT, count=False, weight_by_field="weight").hits
        if len(hits) == LOOKED_AT:
            break
    addresses = [address for _, address in hits]
    records = view.searcher.fast_field_values("record", addresses)
    for address, record in zip(addresses, records, strict=True):
        found.append((view.searcher.doc(address), int(record or 0)))
    return found


def _narrowed(view: View, query: Query, among: int) -> Query:
    """Narrow a query to the records of the highest ranks, about so many of them."""
    ranks = sorted(view.searcher.terms_with_prefix("rank", ""), reverse=True)
    sizes = list(accumulate(size for _, size in ranks))
    highest = [rank for rank, _ in ranks[: bisect_left(sizes, among) + 1]]
    ranked = Query.const_score_query(Query.term_set_query(view.schema, "rank", highest), 0.0)
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, ranked)])
