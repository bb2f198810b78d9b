"""placeHold: reserve anywhere, pick up anywhere."""

from __future__ import annotations

from typing import Any

import strawberry

from navette.clock import local_date
from navette.errors import BadInput, Forbidden, NotFound
from navette.patrons.reading import may_act_for, patron_by_card
from navette_graphql.context import Context, Info
from navette_graphql.holds import Hold, hold_node
from navette_graphql.ids import row_id
from navette_graphql.mutations.answering import answered
from navette_graphql.refusals import or_refusal


@strawberry.input(description="What to reserve, and where it will be collected.")
class PlaceHoldInput:
    """A repeated idempotency key returns the first answer."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    pickup_library: str = strawberry.field(description="The code of the pickup library.")
    volume_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Which volume or issue."
    )
    card: str | None = strawberry.field(
        default=strawberry.UNSET, description="A child's card; any patron's with a staff token."
    )
    any_edition: bool = strawberry.field(
        default=False, description="Whichever edition of the work is free first."
    )
    item_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="This very copy and no other."
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


@strawberry.type(description="It is reserved.")
class HoldPlaced:
    """The hold, already targeted when a copy is free."""

    hold: Hold = strawberry.field(description="The hold.")


PlaceHoldResult = or_refusal("PlaceHoldResult", HoldPlaced)


def whose(context: Context, card: str | None) -> int:
    """Return whose card is meant; raises NotSignedIn, NotFound for a card one may not use."""
    if not card:
        if context.visitor.staff is not None:
            raise BadInput("card", "missing")
        return context.patron_id
    actor = context.actor
    if actor.is_staff and not actor.knows_readers:
        raise Forbidden
    today = local_date(context.house.clock.now())
    with context.house.unit.read() as reader:
        patron = patron_by_card(reader, card)
        allowed = actor.knows_readers or may_act_for(reader, context.patron_id, patron.id, today)
    if not allowed:
        raise NotFound
    context.noted(patron.id, "act", "program")
    return patron.id


def place_hold(info: Info, input: PlaceHoldInput) -> Any:  # noqa: A002 - the contract's name
    """Place a hold for oneself, for a child, or at a desk for anybody."""
    context = info.context

    def act() -> Any:
        context.allow("holds")
        hold = context.house.circulation.place_hold(
            context.actor,
            patron_id=whose(context, input.card),
            record_id=row_id(input.record_id, "Record"),
            pickup=input.pickup_library,
            volume_key=input.volume_key or "",
            any_edition=input.any_edition,
            item_id=row_id(input.item_id, "Item") if input.item_id else None,
            idempotency_key=input.idempotency_key or None,
        )
        return HoldPlaced(hold=hold_node(context, hold))

    return answered(act)
