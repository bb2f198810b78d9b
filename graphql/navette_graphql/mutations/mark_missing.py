"""markMissing: looked for and not found."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.ids import row_id
from navette_graphql.items import Item, item_node
from navette_graphql.mutations.answering import answered
from navette_graphql.refusals import or_refusal


@strawberry.input(description="What was not found, and where.")
class MarkMissingInput:
    """Either a barcode or an item's id."""

    barcode: str | None = strawberry.field(
        default=strawberry.UNSET, description="As it is printed."
    )
    item_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The item."
    )
    library: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The code of the desk's library; the token's own unless told.",
    )


@strawberry.type(description="It is missing; another copy is looked for.")
class ItemMarked:
    """The item as it is now."""

    item: Item = strawberry.field(description="The item.")


MarkMissingResult = or_refusal("MarkMissingResult", ItemMarked)


def mark_missing(info: Info, input: MarkMissingInput) -> Any:  # noqa: A002 - the contract's name
    """Declare an item missing (T3, T8, staff)."""
    context = info.context

    def act() -> Any:
        context.allow("desk")
        actor = context.staff()
        item = context.house.circulation.mark_missing(
            actor,
            input.library or actor.library,
            barcode=input.barcode or "",
            item_id=row_id(input.item_id, "Item") if input.item_id else None,
        )
        return ItemMarked(item=item_node(context, item))

    return answered(act)
