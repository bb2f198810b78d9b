"""Relay connections with keyset cursors: a row inserted between two pages repeats nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import strawberry

from navette.errors import BadInput

T = TypeVar("T")
V = TypeVar("V")
MOST = 100


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="Whether there is more.")
    has_previous_page: bool = strawberry.field(
        description="Whether this page was asked for after another."
    )
    start_cursor: str | None = strawberry.field(description="Of the first edge.")
    end_cursor: str | None = strawberry.field(description="Give it as `after` to go on.")


@strawberry.type(description="A thing and its place in the list.")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="Where it stands.")
    node: T = strawberry.field(description="The thing.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Relay's connection."""

    edges: list[Edge[T]] = strawberry.field(description="The things, in order.")
    page_info: PageInfo = strawberry.field(description="Whether there is more.")


def checked(first: int | None) -> int:
    """Return how many things to give: 20 unless told, 100 at most; raises BadInput below 0."""
    if first is None:
        return 20
    if first < 0:
        raise BadInput("first", "negative")
    return min(first, MOST)


def page(
    rows: Sequence[V],
    first: int,
    after: str | None,
    node: Callable[[V], T],
    key: Callable[[V], str],
) -> Connection[T]:
    """Return a connection of `rows`, read with one more than `first` to know if there is more."""
    shown = rows[:first]
    edges = [Edge(cursor=key(row), node=node(row)) for row in shown]
    return Connection(edges=edges, page_info=info(edges, after, more=len(rows) > first))


def info(edges: Sequence[Edge[T]], after: str | None, *, more: bool) -> PageInfo:
    """Return the page information of these edges."""
    return PageInfo(
        has_next_page=more,
        has_previous_page=bool(after),
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
