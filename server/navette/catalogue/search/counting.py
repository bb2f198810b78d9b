"""How many records have each value of a facet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tantivy import Occur, Query

from navette.catalogue.search.labels import label_of
from navette.catalogue.search.opening import View
from navette.catalogue.search.querying import filtered
from navette.catalogue.search.results import Facet, FacetValue, SearchFilters
from navette.catalogue.search.schema import FACETS, field_of
from navette.catalogue.search.turning import count_of

MOST_VALUES: Final = 40
BY_LIBRARY: Final = frozenset({"library", "availability"})


def facets(
    view: View,
    query: Query,
    filters: SearchFilters,
    libraries: Mapping[str, str],
    names: Sequence[str] = FACETS,
) -> Sequence[Facet]:
    """Count these facets; one with a choice in it is counted as if nothing were chosen there."""
    free = [facet for facet in names if filters.none or not filters.of(facet)]
    counts = _count(view, filtered(query, filters, view.schema), free)
    for facet in names:
        if facet not in free:
            narrowed = filtered(query, filters, view.schema, but=facet)
            counts |= _count(view, narrowed, [facet])
            _add_chosen(view, narrowed, facet, filters.of(facet), counts[facet])
    return [
        Facet(facet, _values(facet, counts[facet], filters.of(facet), libraries)) for facet in names
    ]


def _count(view: View, query: Query, names: Sequence[str]) -> dict[str, dict[str, int]]:
    if not names:
        return {}
    found = view.searcher.aggregate(
        query, {name: {"terms": {"field": field_of(name), "size": MOST_VALUES}} for name in names}
    )
    return {
        name: {str(b["key"]): int(b["doc_count"]) for b in found[name]["buckets"]} for name in names
    }


def _add_chosen(
    view: View, query: Query, facet: str, chosen: Sequence[str], counts: dict[str, int]
) -> None:
    """Count chosen values that are not among the most frequent ones."""
    if len(counts) < MOST_VALUES:
        return
    for value in chosen:
        if value not in counts:
            having = Query.term_query(view.schema, field_of(facet), value)
            both = Query.boolean_query([(Occur.Must, query), (Occur.Must, having)])
            counts[value] = count_of(view.searcher.search(both, 1))


def _values(
    facet: str, counts: Mapping[str, int], chosen: Sequence[str], libraries: Mapping[str, str]
) -> Sequence[FacetValue]:
    """Return libraries in the order of the line, the rest by count; a chosen value always."""
    all_counts = {**dict.fromkeys(chosen, 0), **counts}
    if facet in BY_LIBRARY:
        line = list(libraries)
        ordered = sorted(all_counts, key=lambda v: line.index(v) if v in line else len(line))
        return [FacetValue(v, libraries.get(v, v), all_counts[v]) for v in ordered]
    if facet == "period":
        ordered = sorted(all_counts, key=lambda v: (v.isdecimal(), v), reverse=True)
    else:
        ordered = sorted(all_counts, key=lambda v: (-all_counts[v], v))
    return [FacetValue(v, label_of(facet, v), all_counts[v]) for v in ordered]
