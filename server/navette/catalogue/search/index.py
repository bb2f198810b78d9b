"""Searching: what pages, GraphQL and the command line ask. It only reads.

Answers from the newest committed state of the node's index; from the one before while it is
rebuilt; from the database when there is none at all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tantivy import DocAddress

from navette.catalogue.reading import RecordView
from navette.catalogue.remembering import Remembered
from navette.catalogue.search import fallback
from navette.catalogue.search.asking import understood
from navette.catalogue.search.counting import facets
from navette.catalogue.search.highlighting import places
from navette.catalogue.search.opening import Opening, View
from navette.catalogue.search.paging import DEEPEST, read_cursor
from navette.catalogue.search.planning import browsed, planned
from navette.catalogue.search.ranking import RANKING, Ranking
from navette.catalogue.search.results import (
    NOTHING,
    Facet,
    Hit,
    SearchFilters,
    SearchPage,
    Sorting,
    Suggestion,
)
from navette.catalogue.search.schema import FACETS
from navette.catalogue.search.similar import similar_to
from navette.catalogue.search.suggesting import suggestions
from navette.catalogue.search.turning import Found, Plan
from navette.network.loading import network_of
from navette.storage.unit import Unit

MOST: Final = 100
REMEMBERED: Final = 500
EVERYTHING = NOTHING
BY_RELEVANCE = Sorting()


class SearchIndex:
    """The door to search; one a process, any number of threads."""

    def __init__(self, folder: Path, unit: Unit, ranking: Ranking = RANKING) -> None:
        """Search the index in `folder`, which may not exist yet, over the database of `unit`."""
        self._opening = Opening(folder, ranking)
        self._unit = unit
        self._libraries: Mapping[str, str] = {}
        self._counted: dict[Hashable, Sequence[Facet]] = {}
        self._remembered = Remembered()

    @property
    def ready(self) -> bool:
        """Say whether there is an index that can be read."""
        return self._opening.view() is not None

    def search(
        self,
        query: str = "",
        filters: SearchFilters = EVERYTHING,
        first: int = 20,
        after: str | None = None,
        *,
        unfinished: bool = False,
        counted: bool | Sequence[str] = True,
        sorting: Sorting = BY_RELEVANCE,
        titled: bool = True,
    ) -> SearchPage:
        """Return one page; an empty query browses, newest and most lent first.

        `unfinished`: the last word is still being typed. `counted`: with facets, all or those
        named. `titled`: each hit with its title and where the words stand in it. `after` is the
        cursor of the page before, in the same order; raises BadInput for one that is not ours. No
        text is refused.
        """
        first = max(1, min(first, MOST))
        view = self._opening.view()
        if view is None:
            with self._unit.read() as reader:
                return fallback.searched(reader, query, filters, first, after, sorting)
        cursor = read_cursor(after)
        asked = understood(query, unfinished=unfinished)
        if asked.empty:
            if query.strip():
                return SearchPage(0, [])
            plan, found = browsed(view, filters, first, cursor, sorting)
        else:
            plan, found = planned(view, query, asked, filters, first, cursor, sorting)
        names = FACETS if counted is True else tuple(counted or ())
        count = partial(self._facets, view, plan, filters)
        return self._page(view, plan, found, count, names, titled=titled)

    def records(self, ids: Sequence[int]) -> Mapping[int, RecordView]:
        """Return the records of these ids as the database has them now, hidden ones too."""
        with self._unit.read() as reader:
            return self._remembered.records(reader, ids)

    def suggest(self, prefix: str, first: int = 8) -> list[Suggestion]:
        """Return titles, series, authors and subjects that begin as `prefix`, the likely first."""
        view = self._opening.view()
        if view is None:
            with self._unit.read() as reader:
                return fallback.suggested(reader, prefix, first)
        return suggestions(view, prefix, first)

    def similar(self, record: RecordView, first: int = 6) -> list[int]:
        """Return the ids of titles like this one; nothing without an index."""
        view = self._opening.view()
        return similar_to(view, record, first) if view else []

    def forget(self) -> None:
        """Drop the counts that are remembered, as when the index changes."""
        self._counted.clear()

    def _page(
        self,
        view: View,
        plan: Plan,
        found: Found,
        count: Callable[[Sequence[str]], Sequence[Facet]],
        counted: Sequence[str],
        *,
        titled: bool,
    ) -> SearchPage:
        ranked = plan.mode != "browse"
        hits = []
        for score, address, record in found.hits:
            title, marks = _titled(view, plan, address) if titled else ("", ())
            shown = float(score) if ranked and isinstance(score, float) else 0.0
            hits.append(Hit(record, title, shown, marks))

        def cursor(place: int) -> str:
            return found.cursor(plan.mode, place).written()

        more = bool(hits) and found.start + len(hits) < min(found.total, DEEPEST)
        return SearchPage(
            total=found.total,
            hits=hits,
            facets=count(counted) if counted else (),
            next_cursor=cursor(len(hits) - 1) if more else None,
            suggestion=plan.suggestion,
            partly=plan.partly,
            count=count,
            cursor=cursor,
        )

    def _facets(
        self, view: View, plan: Plan, filters: SearchFilters, names: Sequence[str]
    ) -> Sequence[Facet]:
        """Count the facets, once for all pages of a query, until the index changes."""
        chosen = () if filters.none else tuple(tuple(filters.of(facet)) for facet in FACETS)
        key = (view.commit, plan.key, chosen, tuple(names))
        known = self._counted.get(key)
        if known is None:
            if len(self._counted) >= REMEMBERED:
                self._counted.clear()
            known = facets(view, plan.query, filters, self._names(), names)
            self._counted[key] = known
        return known

    def _names(self) -> Mapping[str, str]:
        """Return the short names of the libraries by code, in the order of the line."""
        if not self._libraries:
            with self._unit.read() as reader:
                libraries = network_of(reader).libraries
            self._libraries = {library.code: library.short_name for library in libraries}
        return self._libraries


def _titled(view: View, plan: Plan, address: DocAddress) -> tuple[str, Sequence[tuple[int, int]]]:
    """Return the title of a hit, and where the words stand in it."""
    title = str(view.searcher.doc(address).get_first("title") or "")
    return title, places(title, plan.shown)
