"""What can be asked: the query root. Thin: context, door, value."""

from __future__ import annotations

import strawberry

from navette.errors import BadInput, NotFound, Refusal, UnknownLibrary
from navette.patrons.reading import patron_of
from navette_graphql.context import Context, Info
from navette_graphql.desk import PullLine, pull_line
from navette_graphql.eresources import EResource, e_resources, offer_node, title_node
from navette_graphql.holds import Hold, hold_node
from navette_graphql.ids import parse, row_id
from navette_graphql.libraries import Library, library_node
from navette_graphql.loans import loan_node
from navette_graphql.nodes import Node
from navette_graphql.paging import Connection
from navette_graphql.patrons import Patron, family, family_member, patron_node
from navette_graphql.promises import Promise, promise_node
from navette_graphql.records import Record, record_by_id
from navette_graphql.searching import RecordConnection, Suggestion, search, suggest


def me(info: Info) -> Patron | None:
    """Return who is signed in, or nothing."""
    context = info.context
    if context.visitor.patron_id is None:
        return None
    context.allow("read")
    with context.house.unit.read() as reader:
        return patron_node(context, patron_of(reader, context.visitor.patron_id))


def libraries(info: Info) -> list[Library]:
    """Return the stops in line order."""
    return [library_node(library) for library in info.context.network.libraries]


def record(info: Info, id: strawberry.ID) -> Record | None:  # noqa: A002 - the contract's name
    """Return one record, or nothing."""
    try:
        return record_by_id(info.context, row_id(id, "Record"))
    except NotFound:
        return None


def promise(
    info: Info, record_id: strawberry.ID, pickup_library: str | None = strawberry.UNSET
) -> list[Promise]:
    """Return one promise a pickup library, or the one of the library named.

    A record that is none is refused: no promise at all would be a wrong answer.
    """
    context = info.context
    if pickup_library and pickup_library.strip().lower() not in context.network.codes:
        raise BadInput("pickupLibrary", "unknown")
    found = context.house.circulation.promise(row_id(record_id, "Record"), pickup_library or None)
    return [promise_node(context, one) for one in found]


def node(info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 - Relay's name
    """Return the thing of a global id; nothing when it is not yours to see."""
    try:
        kind, row = parse(id)
        find = _NODES.get(kind)
        return find(info.context, row) if find else None
    except (Refusal, UnknownLibrary, KeyError):
        return None


def _library(context: Context, row: int) -> Node:
    return library_node(context.network.by_id(row))


def _record(context: Context, row: int) -> Node:
    return record_by_id(context, row)


def _hold(context: Context, row: int) -> Node:
    context.allow("read")
    found = context.house.circulation.hold(context.actor, row)
    context.noted(found.patron_id, "opened", "program")
    return hold_node(context, found)


def _loan(context: Context, row: int) -> Node:
    context.allow("read")
    found = context.house.circulation.loan(context.actor, row)
    context.noted(found.patron_id, "opened", "program")
    return loan_node(context, found)


def _patron(context: Context, row: int) -> Node:
    context.allow("read")
    if row != context.patron_id:
        raise NotFound
    with context.house.unit.read() as reader:
        return patron_node(context, patron_of(reader, row))


def _family_member(context: Context, row: int) -> Node:
    context.allow("read")
    found = next((one for one in family(context, context.patron_id) if one.id == row), None)
    if found is None:
        raise NotFound
    return family_member(found)


_NODES = {
    "Library": _library, "Record": _record, "Hold": _hold, "Loan": _loan, "Patron": _patron,
    "FamilyMember": _family_member, "EResource": offer_node, "EResourceTitle": title_node,
}  # fmt: skip


def pull_list(info: Info, library: str | None = strawberry.UNSET) -> list[PullLine]:
    """Return what a desk fetches from its shelves (staff)."""
    context = info.context
    context.allow("read")
    actor = context.staff()
    lines = context.house.circulation.pull_list(_code(context, library or actor.library))
    return [pull_line(context, line) for line in lines]


def shelf(info: Info, library: str | None = strawberry.UNSET) -> list[Hold]:
    """Return what waits on a hold shelf, by place (staff)."""
    context = info.context
    context.allow("read")
    actor = context.staff()
    found = context.house.circulation.shelf(_code(context, library or actor.library))
    context.records.announce([hold.record_id for hold in found])
    return [hold_node(context, hold) for hold in found]


def _code(context: Context, text: str) -> str:
    try:
        return context.network.library(text).code
    except UnknownLibrary as error:
        raise BadInput("library", "unknown") from error


@strawberry.type(description="What can be asked.")
class Query:
    """Reading; mutations are apart."""

    me: Patron | None = strawberry.field(resolver=me, description="Who is signed in, or nothing.")
    node: Node | None = strawberry.field(resolver=node, description="The thing of a global id.")
    libraries: list[Library] = strawberry.field(
        resolver=libraries, description="The stops of the line, in order."
    )
    record: Record | None = strawberry.field(resolver=record, description="One record.")
    search: RecordConnection = strawberry.field(
        resolver=search, description="Search the union catalogue; anything may be typed."
    )
    suggest: list[Suggestion] = strawberry.field(
        resolver=suggest, description="Ways to finish what is being typed."
    )
    promise: list[Promise] = strawberry.field(
        resolver=promise, description="When each pickup library would have it."
    )
    e_resources: Connection[EResource] = strawberry.field(
        resolver=e_resources, description="What the metropolitan digital library offers."
    )
    pull_list: list[PullLine] = strawberry.field(
        resolver=pull_list, description="What a desk fetches from its shelves (staff)."
    )
    shelf: list[Hold] = strawberry.field(
        resolver=shelf, description="What waits on a hold shelf, by place (staff)."
    )
