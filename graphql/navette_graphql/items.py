"""Items: copies that are held in the hand."""

from __future__ import annotations

import strawberry

from navette.ils.views import ItemView
from navette_graphql.context import Context
from navette_graphql.ids import global_id
from navette_graphql.libraries import Library, library_node
from navette_graphql.nodes import Node


@strawberry.type(description="A copy.")
class Item(Node):
    """(home library, barcode) is its identity."""

    barcode: str = strawberry.field(description="As it is scanned.")
    status: str | None = strawberry.field(description="Where it is in its life.")
    home_library: Library | None = strawberry.field(description="Whose it is.")
    current_library: Library | None = strawberry.field(description="Where it was last scanned.")
    call_number: str = strawberry.field(description="Where it stands on the shelf.")
    title: str = strawberry.field(description="What it is.")
    volume_label: str = strawberry.field(description="Which volume or issue.")


def item_node(context: Context, item: ItemView) -> Item:
    """Return the node of an item."""
    return Item(
        id=global_id("Item", item.id),
        barcode=item.barcode,
        status=item.status,
        home_library=library_node(context.network.library(item.home)),
        current_library=library_node(context.network.library(item.current)),
        call_number=item.call_number,
        title=item.title,
        volume_label=item.volume_label,
    )


@strawberry.type(description="The copy that a hold or a loan is about.")
class ItemReference:
    """No more than a patron needs."""

    id: strawberry.ID = strawberry.field(description="The item.")
    barcode: str = strawberry.field(description="As it is printed.")


def item_reference(item_id: int | None, barcode: str | None) -> ItemReference | None:
    """Return the reference of a bound item, or None."""
    if item_id is None or barcode is None:
        return None
    return ItemReference(id=global_id("Item", item_id), barcode=barcode)
