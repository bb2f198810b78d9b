"""Past loans: the list that somebody asked to keep; nobody else reads it."""

from __future__ import annotations

from datetime import date

import strawberry

from navette.circulation.remembering import remember_returns
from navette.patrons.history import History, Line
from navette_graphql.context import Context
from navette_graphql.ids import cursor, cursor_keys, global_id
from navette_graphql.paging import Connection, checked, page


@strawberry.type(description="A past loan, on the list of who asked for one.")
class PastLoan:
    """Title and authors as they were then."""

    id: strawberry.ID = strawberry.field(description="The line of the list.")
    record_id: strawberry.ID = strawberry.field(description="The record, if it is still there.")
    title: str = strawberry.field(description="The title.")
    byline: str = strawberry.field(description="Who made it.")
    lent_on: date = strawberry.field(description="The day it was lent.")
    returned_on: date = strawberry.field(description="The day it came back.")


def history_of(context: Context) -> History:
    """Return the door to histories, now."""
    return History(context.network, context.house.clock.now())


def past_loans(
    context: Context, patron_id: int, first: int | None, after: str | None
) -> Connection[PastLoan]:
    """Return a page of one's own list, the latest first; empty while it is not kept."""
    count, history, keys = checked(first), history_of(context), cursor_keys(after)
    before = int(keys[0]) if keys and keys[0].isdigit() else None
    unit = context.house.unit
    with unit.read() as reader:
        kept = history.since(reader, patron_id) is not None
    if kept:
        unit.write(lambda tx: remember_returns(tx, context.network, history.now, patron_id))
    with unit.read() as reader:
        lines = history.lines(reader, patron_id, first=count + 1, before=before)
    return page(lines, count, after, _node, lambda line: cursor(line.id))


def _node(line: Line) -> PastLoan:
    return PastLoan(
        id=global_id("PastLoan", line.id), record_id=global_id("Record", line.record_id),
        title=line.title, byline=line.byline, lent_on=line.lent_on, returned_on=line.returned_on,
    )  # fmt: skip
