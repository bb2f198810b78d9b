"""One page of what was found, in the order that was asked for, and where the next one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tantivy import DocAddress, FieldType, Occur, Order, Query

from navette.catalogue.search.asking import Asked
from navette.catalogue.search.opening import View
from navette.catalogue.search.paging import ANCHORS, SLACK, Cursor, Mode
from navette.catalogue.search.querying import filtered
from navette.catalogue.search.results import SearchFilters, Sort, Sorting
from navette.catalogue.search.volumes import PLACE, Hits, volumes_first
from navette.errors import BadInput

_BY_FIELD: Final[dict[Sort, tuple[str, Order]]] = {
    "title": ("title_order", Order.Asc),
    "arrivals": ("arrival", Order.Desc),
    "date": ("year", Order.Desc),
}
# Higher than any score, so that what is at hand sooner comes first and relevance decides the rest.
STEP: Final = 4096.0
BACK_WITHIN: Final = (3, 7, 14, 28)
# How far back the arrivals of one library are told apart by day, and before by week.
NEW_DAYS, NEW_WEEKS = 56, 104
# Years of publication decide among what came together: all of them less than one step.
YEAR_STEP: Final = 256.0
NEW_YEARS: Final = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """How the records are found: the query, what to show as found in titles, what to try.

    `newest`: by date, `series`: the volumes of this one in their order, if no other order is asked
    for.
    """

    mode: Mode
    text: str
    query: Query
    shown: Sequence[Asked] = ()
    suggestion: str | None = None
    partly: bool = False
    newest: bool = False
    series: str = ""

    @property
    def key(self) -> tuple[str, str, bool]:
        """Return what tells this query from others on the same state of the index."""
        return self.mode, self.text, any(asked.unfinished for asked in self.shown)


@dataclass(frozen=True, slots=True)
class Found:
    """The part of the ranking that one page shows: (score, where, record id)."""

    total: int
    start: int
    hits: Sequence[tuple[float, DocAddress, int]]

    def cursor(self, mode: Mode, place: int) -> Cursor:
        """Return the cursor of the hit at `place` of this page."""
        shown = self.hits[max(0, place + 1 - ANCHORS) : place + 1]
        if mode == "browse":
            return Cursor(mode, self.start + place + 1, [int(shown[-1][0])])
        return Cursor(mode, self.start + place + 1, [record for _, _, record in reversed(shown)])


def ranked(
    view: View,
    plan: Plan,
    filters: SearchFilters,
    first: int,
    cursor: Cursor | None,
    sorting: Sorting,
) -> Found:
    """Return a page of a plan's ranking, or of its records in another order."""
    query = filtered(plan.query, filters, view.schema)
    limit = first if cursor is None else cursor.offset + first + SLACK
    by: Sort = "date" if plan.newest and sorting.by == "relevance" else sorting.by
    if plan.series and by == "relevance":
        total, first_hits = volumes_first(view, query, plan.shown[0], plan.series, limit)
        return _turned(view, total, first_hits, first, cursor)
    if arrived_at := at_one(filters, sorting):
        result = view.searcher.search(arrived_first(view, query, arrived_at, sorting), limit)
    elif by in _BY_FIELD:
        field, order = _BY_FIELD[by]
        result = view.searcher.search(query, limit, order_by_field=field, order=order)
    elif by == "soonest":
        result = view.searcher.search(sooner_first(view, query, sorting), limit)
    else:
        result = view.searcher.search(query, limit, weight_by_field="weight")
    return _turned(view, count_of(result), result.hits, first, cursor)


def _turned(view: View, total: int, found: Hits, first: int, cursor: Cursor | None) -> Found:
    hits = _with_ids(view, found)
    start = 0 if cursor is None else cursor.start_in([record for _, _, record in hits])
    return Found(total, start, hits[start : start + first])


def sooner_first(view: View, query: Query, sorting: Sorting) -> Query:
    """Return a query that ranks by how soon a copy would be at hand.

    First what stands on one's own shelf, then what stands where the van comes from soonest, then
    what is due back soonest, then the rest.
    """
    least = len(BACK_WITHIN) + 1
    ways = [
        _worth(Query.term_query(view.schema, "availability", code), least + place)
        for place, code in enumerate(reversed(sorting.libraries), 1)
    ]
    ways.append(_worth(Query.exists_query("availability"), least))
    if sorting.today is not None:
        day = sorting.today.toordinal()
        ways += [
            _worth(_back_until(view, day + days), least - place)
            for place, days in enumerate(BACK_WITHIN, 1)
        ]
    return Query.boolean_query(
        [(Occur.Must, query), (Occur.Should, Query.disjunction_max_query(ways))]
    )


def at_one(filters: SearchFilters, sorting: Sorting) -> str:
    """Return the one library whose own new arrivals are asked for, or an empty text."""
    libraries = filters.of("library") if sorting.by == "arrivals" and sorting.today else ()
    return libraries[0] if len(libraries) == 1 else ""


def arrived_first(view: View, query: Query, library: str, sorting: Sorting) -> Query:
    """Return a query that ranks by when a library had its newest copy: by day, then by week.

    What came together is in the order of publication, the newest year first.
    """
    day = sorting.today or date.min
    today = day.toordinal()
    recent = [f"{library}:{today - ago}" for ago in range(NEW_DAYS)]
    earlier = [f"{library}:w{(today - NEW_DAYS) // 7 - ago}" for ago in range(NEW_WEEKS)]
    steps = [*reversed(earlier), *reversed(recent)]
    ways = [
        _worth(Query.term_query(view.schema, "arrived", term), place)
        for place, term in enumerate(steps, 1)
    ]
    years = [
        Query.const_score_query(
            Query.term_query(view.schema, "year", day.year - ago), YEAR_STEP * (NEW_YEARS - ago)
        )
        for ago in range(-1, NEW_YEARS)  # a book of autumn may say next year already
    ]
    return Query.boolean_query(
        [
            (Occur.Must, query),
            (Occur.Should, Query.disjunction_max_query(ways)),
            (Occur.Should, Query.disjunction_max_query(years)),
        ]
    )


def _worth(query: Query, steps: int) -> Query:
    return Query.const_score_query(query, STEP * steps)


def _back_until(view: View, day: int) -> Query:
    return Query.range_query(view.schema, "back", FieldType.Integer, upper_bound=day)


def by_volume(view: View, filters: SearchFilters, first: int, cursor: Cursor | None) -> Found:
    """Go through a series in the order of its volumes."""
    everything = filtered(Query.all_query(), filters, view.schema)
    limit = first if cursor is None else cursor.offset + first + SLACK
    result = view.searcher.search(everything, limit, order_by_field=PLACE, order=Order.Asc)
    return _turned(view, count_of(result), result.hits, first, cursor)


def by_arrival(view: View, filters: SearchFilters, first: int, cursor: Cursor | None) -> Found:
    """Go through everything by arrival; a page begins exactly after the last of the one before."""
    everything = filtered(Query.all_query(), filters, view.schema)
    query = everything
    start = 0
    if cursor is not None:
        if cursor.mode != "browse":
            raise BadInput("after", "not a cursor of this list")
        start = cursor.offset
        older = Query.range_query(
            view.schema,
            "arrival",
            FieldType.Integer,
            upper_bound=cursor.anchors[0],
            include_upper=False,
        )
        query = Query.boolean_query([(Occur.Must, everything), (Occur.Must, older)])
    result = view.searcher.search(query, first, order_by_field="arrival", order=Order.Desc)
    total = count_of(result) if cursor is None else count_of(view.searcher.search(everything, 1))
    return Found(total, start, _with_ids(view, result.hits))


def _with_ids(view: View, hits: Hits) -> list[tuple[Any, DocAddress, int]]:
    ids = view.searcher.fast_field_values("record", [address for _, address in hits])
    return [
        (score, address, int(record or 0))
        for (score, address), record in zip(hits, ids, strict=True)
    ]


def count_of(result: Any) -> int:
    """Return how many records a result has in all."""
    return int(result.count or 0)
