"""Holds: a place in a queue, and where the book is."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

import strawberry

from navette.ils.views import HoldView
from navette_graphql.context import Context, Info
from navette_graphql.ids import global_id
from navette_graphql.items import ItemReference, item_reference
from navette_graphql.libraries import Library, library_node
from navette_graphql.nodes import Node
from navette_graphql.paging import Connection
from navette_graphql.promises import Promise, promise_node
from navette_graphql.records import Record, record_by_id


@strawberry.enum(description="Where a hold is in its life.")
class HoldState(Enum):
    """Active states first, then the ends."""

    WAITING = "WAITING"
    TARGETED = "TARGETED"
    IN_TRANSIT = "IN_TRANSIT"
    PROCESSING = "PROCESSING"
    READY = "READY"
    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


@strawberry.type(description="A place in a queue.")
class Hold(Node):
    """What its patron, or a desk, may know of it."""

    view: strawberry.Private[HoldView]
    state: HoldState = strawberry.field(description="Where it is in its life.")
    rank: int | None = strawberry.field(description="From 1; null once a copy is set aside for it.")
    copies: int = strawberry.field(description="Copies that can serve this queue.")
    volume_key: str = strawberry.field(description="Which volume or issue; empty if none.")
    volume_label: str = strawberry.field(
        description="The same as people say it; empty if none, or when masked."
    )
    item: ItemReference | None = strawberry.field(description="The copy that was chosen.")
    placed_at: datetime = strawberry.field(description="Since when.")
    ready_at: datetime | None = strawberry.field(description="When it arrived.")
    pickup_deadline: datetime | None = strawberry.field(description="Kept until then.")
    suspended_until: date | None = strawberry.field(description="Paused until that morning.")
    suspended: bool = strawberry.field(description="Whether it is paused.")
    passes_used: int = strawberry.field(description="How often the turn was passed.")
    why: str = strawberry.field(description="Why not yet, in one French sentence.")
    shelf_place: str = strawberry.field(description="Where it waits, once ready.")
    level: str = strawberry.field(description="record, volume, work (any edition) or item.")
    series: strawberry.ID | None = strawberry.field(
        description="The first hold of its series in order; null when it is in none."
    )

    @strawberry.field(
        description="What was reserved; null when a young person masks titles from you."
    )
    def record(self, info: Info) -> Record | None:
        """Return the record, read once for a whole page of holds; null when it is masked."""
        if self.view.hidden:
            return None
        return record_by_id(info.context, self.view.record_id)

    @strawberry.field(description="Where it will be collected.")
    def pickup_library(self, info: Info) -> Library:
        """Return the pickup library."""
        return library_node(info.context.network.library(self.view.pickup))

    @strawberry.field(description="When it should be there; null once it is.")
    def promise(self, info: Info) -> Promise | None:
        """Return the present promise."""
        promise = self.view.promise
        return None if promise is None else promise_node(info.context, promise)


HoldConnection = Connection[Hold]


def hold_node(_context: Context, hold: HoldView) -> Hold:
    """Return the node of a hold."""
    return Hold(
        id=global_id("Hold", hold.id),
        view=hold,
        state=HoldState(hold.state),
        rank=hold.rank,
        copies=hold.copies,
        volume_key=hold.volume_key,
        volume_label=hold.volume_label,
        item=item_reference(hold.item_id, hold.barcode),
        placed_at=hold.placed_at,
        ready_at=hold.ready_at,
        pickup_deadline=hold.pickup_deadline,
        suspended_until=hold.suspended_until,
        suspended=hold.suspended,
        passes_used=hold.passes_used,
        why=hold.why,
        shelf_place=hold.shelf_place,
        level=hold.level,
        series=global_id("Hold", hold.chain_id) if hold.chain_id else None,
    )
