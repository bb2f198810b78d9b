"""A series that was asked for by its name is shown in the order of its volumes.

What has exactly that title without being one of the volumes comes before them, all the rest
behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tantivy import DocAddress, Occur, Order, Query

from navette.catalogue.normalising import without_article
from navette.catalogue.search.analysis import flat
from navette.catalogue.search.asking import Asked
from navette.catalogue.search.opening import View

NAME: Final = "series_exact"
PLACE: Final = "volume"
# Of what has no number: a special, a boxed set, a guide.
LAST: Final = 1 << 31
_FEWEST: Final = 2
Hits = Sequence[tuple[Any, DocAddress]]


def called(name: str) -> str:
    """Return how a series is compared with what is typed: folded, without its article."""
    return without_article(flat(name))


def series_asked(view: View, asked: Asked) -> str:
    """Return the name of the series that was typed, and nothing else; '' when there is none."""
    name = without_article(asked.flat) if asked.flat else ""
    return name if name and view.searcher.doc_freq(NAME, name) >= _FEWEST else ""


def volumes_first(view: View, query: Query, asked: Asked, name: str, most: int) -> tuple[int, Hits]:
    """Return how many records a query finds, and the first of them in this order."""
    volume = Query.term_query(view.schema, NAME, name)
    titled = Query.term_query(view.schema, "title_exact", asked.flat)
    must, no = (Occur.Must, query), Occur.MustNot
    found: list[tuple[Any, DocAddress]] = []
    total = 0
    for part, ordered in (
        ([must, (Occur.Must, titled), (no, volume)], False),
        ([must, (Occur.Must, volume)], True),
        ([must, (no, titled), (no, volume)], False),
    ):
        left = max(1, most - len(found))
        searched = Query.boolean_query(part)
        result: Any = (
            view.searcher.search(searched, left, order_by_field=PLACE, order=Order.Asc)
            if ordered
            else view.searcher.search(searched, left, weight_by_field="weight")
        )
        found += result.hits
        total += int(result.count or 0)
    return total, found[:most]
