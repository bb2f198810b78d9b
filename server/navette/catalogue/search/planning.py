"""How records are found: what was typed first, then with typos forgiven, one page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tantivy import DocAddress, Query

from navette.catalogue.search.asking import Asked, understood
from navette.catalogue.search.correcting import corrected, first_found, narrower, rare
from navette.catalogue.search.naming import nearly_named
from navette.catalogue.search.opening import View
from navette.catalogue.search.paging import Cursor
from navette.catalogue.search.querying import (
    as_said,
    asks_for_the_newest,
    before,
    first_of,
    forgiving,
    named,
    partly,
    preferring,
    told_plainly,
    wanted,
)
from navette.catalogue.search.results import SearchFilters, Sorting
from navette.catalogue.search.turning import (
    Found,
    Plan,
    at_one,
    by_arrival,
    by_volume,
    count_of,
    ranked,
)
from navette.catalogue.search.volumes import series_asked

LITTLE: Final = 3


def planned(
    view: View,
    text: str,
    asked: Asked,
    filters: SearchFilters,
    first: int,
    cursor: Cursor | None,
    sorting: Sorting,
) -> tuple[Plan, Found]:
    """Look for what was typed; when that gives little, look again and forgive typos."""
    series = series_asked(view, asked)
    plan = Plan("exact", text, wanted(view, asked), [asked], series=series)
    if cursor is None or cursor.mode != "near":
        found = ranked(view, plan, filters, first, cursor, sorting)
        forgiving = view.ranking.forgiving
        if found.total >= LITTLE or cursor or series or asked.numbers or not forgiving:
            return plan, found
        everywhere = found.total if filters.none else _total(view, plan.query)
        if everywhere >= LITTLE:
            return plan, found
        if everywhere and not rare(view, asked) and _total(view, as_said(view, asked)):
            return plan, found  # every word is known, and they are found as one says them
    plan = _near(view, text, asked, exact=_total(view, as_said(view, asked)))
    return plan, ranked(view, plan, filters, first, cursor, sorting)


def _near(view: View, text: str, asked: Asked, *, exact: int) -> Plan:
    """Forgive typos in the words that are rare; when that gives nothing, in every word."""
    every = {word.whole for word in asked.required}
    typed = exact or _total(view, wanted(view, asked))
    scattered = not exact and typed > 0
    mistyped = unknown = rare(view, asked)
    query = forgiving(view, asked, mistyped)
    nothing = False
    if not exact and not _total(view, query):
        # Where typos were forgiven in every word already, asking once more is as vain as slow.
        query = Query.empty_query() if mistyped == every else named(view, asked)
        mistyped = every
        if nothing := not _total(view, query):
            query = Query.empty_query()
    elif not exact and mistyped != every:
        mistyped, query = every, forgiving(view, asked, every)
    growing = {asked.words[-1].whole} if asked.unfinished and asked.words else set()
    better = corrected(
        view, text, mistyped, query, even_right=exact > 0 or scattered, growing=growing
    )
    if not exact and (scattered or better is None):
        better = _nearly_named(view, text, asked) or better
    again = understood(better, unfinished=asked.unfinished) if better else None
    if again and not _better(view, asked, again, unknown, 0 if exact else typed):
        again = better = None
    if exact:
        # What was typed exists: it stays first, and another spelling has to give far more.
        more = _total(view, wanted(view, again)) if again else 0
        proposed = better if more > LITTLE * exact else None
        return Plan("near", text, first_of(view, asked, query), [asked], proposed)
    if again is None:
        return _partly(view, text, asked) if nothing else Plan("near", text, query, [asked])
    return Plan("near", text, before(view, query, again), [asked, again], better)


def _better(view: View, asked: Asked, again: Asked, unknown: set[str], typed: int) -> bool:
    """Tell whether another spelling finds more than the `typed` records, and is said somewhere.

    One that only changes unknown words need not be said: its words may stand far apart.
    """
    changed = {word.whole for word in asked.required} - {word.whole for word in again.required}
    if changed - unknown and not _total(view, as_said(view, again)):
        return False
    return not typed or _total(view, wanted(view, again)) > typed


def _nearly_named(view: View, text: str, asked: Asked) -> str | None:
    """Return the text with a name as somebody bears it, if nobody is named so and that helps."""
    if _total(view, as_said(view, asked)):
        return None
    better = nearly_named(view, text, asked)
    return better if better and _total(view, wanted(view, understood(better))) else None


def _partly(view: View, text: str, asked: Asked) -> Plan:
    """Be content with the words that tell something, or with half of them; propose those that go."""
    if view.ranking.partly and (plain := told_plainly(asked)):
        if (better := _nearly_named(view, plain.flat, plain)) is not None:
            plain = understood(better)
        preferred = preferring(view, plain, asked)
        if _total(view, preferred):
            proposed = plain.flat or better or narrower(view, text, asked, _half(view, asked)[1])
            newest = asks_for_the_newest(asked)
            said = [asked, plain]
            return Plan("near", text, preferred, said, proposed, partly=True, newest=newest)
    parts = len(asked.required) + len(asked.phrases) + bool(asked.field_numbers)
    telling = parts > 1 and view.ranking.partly
    query, best = _half(view, asked) if telling else (Query.empty_query(), ())
    return Plan("near", text, query, [asked], narrower(view, text, asked, best), partly=telling)


def _half(view: View, asked: Asked) -> tuple[Query, Sequence[DocAddress]]:
    """Return what finds half of the words, nothing if none does, and where its best answer stands.

    With many words that is the slowest question of all: it is not asked again in vain.
    """
    query = partly(view, asked)
    best = first_found(view, query)
    return (query if best else Query.empty_query()), best


def browsed(
    view: View, filters: SearchFilters, first: int, cursor: Cursor | None, sorting: Sorting
) -> tuple[Plan, Found]:
    """Go through everything, by arrival or as asked; through one series in its order."""
    if sorting.by == "relevance" and len(filters.of("series")) == 1:
        plan = Plan("exact", "", Query.all_query())
        return plan, by_volume(view, filters, first, cursor)
    if sorting.by in {"relevance", "arrivals"} and not at_one(filters, sorting):
        plan = Plan("browse", "", Query.all_query())
        return plan, by_arrival(view, filters, first, cursor)
    plan = Plan("exact", "", Query.all_query())
    return plan, ranked(view, plan, filters, first, cursor, sorting)


def _total(view: View, query: Query) -> int:
    return count_of(view.searcher.search(query, 1))
