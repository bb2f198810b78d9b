"""The desk: what is to fetch from the shelves."""

from __future__ import annotations

from datetime import datetime

import strawberry

from navette.ils.views import PullLineView
from navette_graphql.context import Context
from navette_graphql.ids import global_id
from navette_graphql.items import Item, item_node
from navette_graphql.libraries import Library, library_node


@strawberry.type(description="Fetch this from the shelf, for that hold.")
class PullLine:
    """A line of the pull list, in shelf order; no patron is named."""

    hold_id: strawberry.ID = strawberry.field(description="The hold it serves.")
    item: Item = strawberry.field(description="What to fetch.")
    pickup_library: Library = strawberry.field(description="Where it will go.")
    targeted_at: datetime = strawberry.field(description="Since when it is asked for.")
    until: datetime | None = strawberry.field(description="Another copy is chosen after this.")
    note: str = strawberry.field(description="'', in_crate or to_send.")


def pull_line(context: Context, line: PullLineView) -> PullLine:
    """Return the node of a pull line."""
    return PullLine(
        hold_id=global_id("Hold", line.hold_id),
        item=item_node(context, line.item),
        pickup_library=library_node(context.network.library(line.pickup)),
        targeted_at=line.targeted_at,
        until=line.until,
        note=line.note,
    )
