"""changePickup: collect it at another library."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.mutations.hold_changed import changed


@strawberry.input(description="Which hold, and where instead.")
class ChangePickupInput:
    """A repeated idempotency key returns the first answer."""

    hold_id: strawberry.ID = strawberry.field(description="The hold.")
    pickup_library: str = strawberry.field(description="The code of the new pickup library.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


def change_pickup(info: Info, input: ChangePickupInput) -> Any:  # noqa: A002 - the contract's name
    """Change where a hold is collected (T15)."""
    engine = info.context.house.circulation
    return changed(
        info,
        input.hold_id,
        lambda actor, hold: engine.change_pickup(
            actor, hold, input.pickup_library, key=input.idempotency_key or None
        ),
    )
