"""setPickupPace: no more than some ready at once; everything collected together."""

from __future__ import annotations

from typing import Any

import strawberry

from navette.circulation.pacing import Pace
from navette_graphql.context import Info
from navette_graphql.mutations.answering import answered
from navette_graphql.mutations.place_hold import whose
from navette_graphql.refusals import or_refusal


@strawberry.input(description="How fast what was reserved may come.")
class SetPickupPaceInput:
    """The others keep their place."""

    rhythm: int | None = strawberry.field(
        default=None,
        description="At most so many on their way or ready at once; null: as they come.",
    )
    together: bool = strawberry.field(
        default=False, description="Whether everything is collected in one go."
    )
    card: str | None = strawberry.field(
        default=strawberry.UNSET, description="A child's card; any patron's with a staff token."
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


@strawberry.type(description="The pace as it is now.")
class PickupPaceSet:
    """What was chosen."""

    rhythm: int | None = strawberry.field(description="At most so many at once.")
    together: bool = strawberry.field(description="Collected in one go.")


SetPickupPaceResult = or_refusal("SetPickupPaceResult", PickupPaceSet)


def set_pickup_pace(info: Info, input: SetPickupPaceInput) -> Any:  # noqa: A002 - the contract's name
    """Choose the pace of a card."""
    context = info.context

    def act() -> Any:
        context.allow("holds")
        pace = context.house.circulation.set_pace(
            context.actor,
            whose(context, input.card),
            Pace(input.rhythm, input.together),
            input.idempotency_key or None,
        )
        return PickupPaceSet(rhythm=pace.rhythm, together=pace.grouped)

    return answered(act)
