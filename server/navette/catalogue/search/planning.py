"""How records are found: what was typed first, then with typos forgiven, one page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tantivy import DocAddress, FieldType, Occur, Order, Query

from navette.catalogue.search.asking import Asked, understood
from navette.catalogue.search.correcting import corrected, narrower, rare
from navette.catalogue.search.opening import View
from navette.catalogue.search.paging import ANCHORS, SLACK, Cursor, Mode
from navette.catalogue.search.querying import (
    as_said,
    before,
    filtered,
    first_of,
    forgiving,
    named,
    partly,
    wanted,
)
from navette.catalogue.search.results import SearchFilters
from navette.errors import BadInput

LITTLE: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How the records are found: the query, what to show as found in titles, what to try."""

    mode: Mode
    text: str
    query: Query
    shown: Sequence[Asked] = ()
    suggestion: str | None = None
    partly: bool = False

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


def planned(
    view: View, text: str, asked: Asked, filters: SearchFilters, first: int, cursor: Cursor | None
) -> tuple[Plan, Found]:
    """Look for what was typed; when that gives little, look again and forgive typos."""
    plan = Plan("exact", text, wanted(view, asked), [asked])
    if cursor is None or cursor.mode != "near":
        found = _ranked(view, plan, filters, first, cursor)
        forgiving = view.ranking.forgiving
        if found.total >= LITTLE or cursor is not None or asked.numbers or not forgiving:
            return plan, found
        everywhere = found.total if filters.none else _total(view, plan.query)
        if everywhere >= LITTLE:
            return plan, found
    plan = _near(view, text, asked, exact=_total(view, as_said(view, asked)))
    return plan, _ranked(view, plan, filters, first, cursor)


def _near(view: View, text: str, asked: Asked, *, exact: int) -> Plan:
    """Forgive typos in the words that are rare; when that gives nothing, in every word."""
    every = {word.whole for word in asked.required}
    scattered = not exact and _total(view, wanted(view, asked)) > 0
    mistyped = rare(view, asked)
    query = forgiving(view, asked, mistyped)
    if not exact and not _total(view, query):
        mistyped, query = every, named(view, asked)
    elif not exact and mistyped != every:
        mistyped, query = every, forgiving(view, asked, every)
    growing = {asked.words[-1].whole} if asked.unfinished and asked.words else set()
    better = corrected(view, text, mistyped - growing, query, even_right=exact > 0 or scattered)
    again = understood(better, unfinished=asked.unfinished) if better else None
    if exact:
        # What was typed exists: it stays first, and another spelling has to give far more.
        more = _total(view, wanted(view, again)) if again else 0
        proposed = better if more > LITTLE * exact else None
        return Plan("near", text, first_of(view, asked, query), [asked], proposed)
    if again is None:
        if _total(view, query):
            return Plan("near", text, query, [asked])
        return _partly(view, text, asked)
    return Plan("near", text, before(view, query, again), [asked, again], better)


def _partly(view: View, text: str, asked: Asked) -> Plan:
    """Be content with half of the words when nothing has them all; propose the words that go."""
    proposed = narrower(view, text, asked)
    parts = len(asked.required) + len(asked.phrases) + bool(asked.field_numbers)
    telling = parts > 1 and view.ranking.partly
    query = partly(view, asked) if telling else Query.empty_query()
    return Plan("near", text, query, [asked], proposed, partly=telling)


def _ranked(
    view: View, plan: Plan, filters: SearchFilters, first: int, cursor: Cursor | None
) -> Found:
    query = filtered(plan.query, filters, view.schema)
    limit = first if cursor is None else cursor.offset + first + SLACK
    result = view.searcher.search(query, limit, weight_by_field="weight")
    hits = _with_ids(view, result.hits)
    start = 0 if cursor is None else cursor.start_in([record for _, _, record in hits])
    return Found(_count(result), start, hits[start : start + first])


def browsed(view: View, filters: SearchFilters, first: int, cursor: Cursor | None) -> Found:
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
    total = _count(result) if cursor is None else _total(view, everything)
    return Found(total, start, _with_ids(view, result.hits))


def _with_ids(
    view: View, hits: Sequence[tuple[Any, DocAddress]]
) -> list[tuple[float, DocAddress, int]]:
    ids = view.searcher.fast_field_values("record", [address for _, address in hits])
    return [
        (score, address, int(record or 0))
        for (score, address), record in zip(hits, ids, strict=True)
    ]


def _total(view: View, query: Query) -> int:
    return _count(view.searcher.search(query, 1))


def _count(result: Any) -> int:
    return int(result.count or 0)
