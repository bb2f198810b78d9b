"""Searching: records with facets, suggestions as one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import cast

import strawberry

from navette.catalogue.search.results import NOTHING, SearchPage
from navette.catalogue.search.results import Facet as FacetFound
from navette.catalogue.search.results import SearchFilters as Filters
from navette.catalogue.search.results import Suggestion as SuggestionFound
from navette.catalogue.search.schema import FACETS
from navette.catalogue.search.sooner import sorting_for
from navette.errors import BadInput, UnknownLibrary
from navette_graphql.context import Context, Info
from navette_graphql.ids import cursor, cursor_keys, global_id
from navette_graphql.paging import PageInfo, checked
from navette_graphql.records import Record, record_node


@strawberry.input(description="What to keep; values of one filter add up, filters narrow.")
class SearchFilters:
    """Library codes, and the values that facets give."""

    libraries: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Holding libraries."
    )
    available_at: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Libraries where a copy is free now."
    )
    types: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="book, comic, film..."
    )
    audiences: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="adult, child..."
    )
    languages: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="fre, eng..."
    )
    adapted: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Adapted reading: large_print, audiobook, daisy, easy_to_read, braille, dyslexia, sign_language.",
    )
    periods: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Decades such as 1990; older."
    )
    series: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Titles of series, as the facet gives them."
    )
    genres: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Genres, as the facet gives them."
    )
    sections: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Shelves as libraries name them, as the facet does."
    )
    digital: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Only what opens online."
    )


@strawberry.enum(description="The order of results.")
class SearchSort(Enum):
    """Relevance first unless another order is asked for."""

    RELEVANCE = "relevance"
    SOONEST = "soonest"
    TITLE = "title"
    ARRIVALS = "arrivals"
    DATE = "date"


@strawberry.type(description="A value of a facet.")
class FacetValue:
    """How many results have it."""

    value: str = strawberry.field(description="What to send back in a filter.")
    label: str = strawberry.field(description="What to show, in French.")
    count: int = strawberry.field(description="How many results have it.")


@strawberry.type(description="A way to narrow the results.")
class Facet:
    """Its values, most frequent first."""

    name: str = strawberry.field(
        description="availability, library, type, audience, language, adapted, period, series, genre, digital, section."
    )
    values: list[FacetValue] = strawberry.field(description="Its values.")


@strawberry.type(description="A record among the results.")
class RecordEdge:
    """Its place; the cursor is only written for whoever asks for it."""

    page: strawberry.Private[SearchPage]
    place: strawberry.Private[int]

    @strawberry.field(description="Where it stands.")
    def cursor(self) -> str:
        """Return the cursor after which the next record begins a page."""
        return cursor_at(self.page, self.place)

    node: Record = strawberry.field(description="The thing.")


@strawberry.type(description="A page of results.")
class RecordConnection:
    """Results, how many there are, and how to narrow them."""

    edges: list[RecordEdge] = strawberry.field(description="The records, best first.")
    page_info: PageInfo = strawberry.field(description="Whether there is more.")
    total_count: int = strawberry.field(description="How many records match.")
    did_you_mean: str | None = strawberry.field(description="A better spelling, if any.")
    partly: bool = strawberry.field(
        description="Nothing has all the words: these have some of them."
    )
    count: strawberry.Private[Callable[[Sequence[str]], Sequence[FacetFound]]]

    @strawberry.field(description="How to narrow them; all facets, or those named.")
    def facets(self, names: list[str] | None = strawberry.UNSET) -> list[Facet]:
        """Count the facets that are asked for."""
        wanted = [name for name in FACETS if name in names] if names else FACETS
        # what the core counted has these very fields: nothing is copied
        return cast("list[Facet]", list(self.count(wanted)))


@strawberry.type(description="A way to finish what is being typed.")
class Suggestion:
    """A title, an author, a series or a subject."""

    text: str = strawberry.field(description="What to search for.")
    kind: str = strawberry.field(description="title, author, series or subject.")
    record_id: strawberry.ID | None = strawberry.field(description="The record of a title.")


def search(
    info: Info,
    query: str,
    filters: SearchFilters | None = strawberry.UNSET,
    first: int | None = 20,
    after: str | None = strawberry.UNSET,
    sort: SearchSort = SearchSort.RELEVANCE,
    near: str | None = strawberry.UNSET,
) -> RecordConnection:
    """Search the union catalogue; anything may be typed. `near`: the library to have it soonest at."""
    count, context = checked(first), info.context
    for code in (*(filters.libraries or ()), *(filters.available_at or ())) if filters else ():
        _known(context, code)
    found = context.house.search.search(
        query,
        _filters(filters),
        first=count,
        after=_after(after),
        counted=False,
        sorting=sorting_for(context.network, sort.value, near or "", context.house.clock.now()),
        titled=False,
    )
    ids = [hit.record_id for hit in found.hits]
    context.records.announce(ids)
    context.availability.announce(ids)
    edges = [
        RecordEdge(page=found, place=place, node=record_node(record))
        for place, hit in enumerate(found.hits)
        if (record := context.records.get(hit.record_id)) is not None
    ]
    return RecordConnection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=found.next_cursor is not None,
            has_previous_page=bool(after),
            start_cursor=cursor_at(found, edges[0].place) if edges else None,
            end_cursor=cursor_at(found, edges[-1].place) if edges else None,
        ),
        total_count=found.total,
        count=found.count,
        did_you_mean=found.suggestion,
        partly=found.partly,
    )


def suggest(info: Info, prefix: str, first: int | None = 8) -> list[Suggestion]:
    """Suggest ways to finish what is being typed."""
    return [
        _suggestion(found)
        for found in info.context.house.search.suggest(prefix, first=checked(first))
    ]


def _filters(given: SearchFilters | None) -> Filters:
    if not given:
        return NOTHING
    return Filters(
        library=given.libraries or (),
        availability=given.available_at or (),
        type=given.types or (),
        audience=given.audiences or (),
        language=given.languages or (),
        adapted=given.adapted or (),
        period=given.periods or (),
        series=given.series or (),
        genre=given.genres or (),
        digital=("online",) if given.digital else (),
        section=given.sections or (),
    )


def _known(context: Context, code: str) -> None:
    """Refuse the code of no library: nothing found would be a wrong answer."""
    try:
        context.network.library(code)
    except UnknownLibrary as error:
        raise BadInput("filters", str(error)) from error


def cursor_at(page: SearchPage, place: int) -> str:
    """Return the cursor of a place on a page of results."""
    return cursor(page.cursor(place))


def _after(text: str | None) -> str | None:
    keys = cursor_keys(text)
    if len(keys) > 1 or keys == [""]:
        raise BadInput("after", "not a cursor")
    return keys[0] if keys else None


def _suggestion(found: SuggestionFound) -> Suggestion:
    record = None if found.record_id is None else global_id("Record", found.record_id)
    return Suggestion(text=found.text, kind=found.kind, record_id=record)
