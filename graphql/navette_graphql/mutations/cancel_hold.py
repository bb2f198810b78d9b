"""cancelHold: give up a place; the book stays where it is until a scan."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.mutations.hold_changed import changed


@strawberry.input(description="Which hold to cancel.")
class CancelHoldInput:
    """A repeated idempotency key returns the first answer."""

    hold_id: strawberry.ID = strawberry.field(description="The hold.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


def cancel_hold(info: Info, input: CancelHoldInput) -> Any:  # noqa: A002 - the contract's name
    """Cancel a hold (T14)."""
    engine = info.context.house.circulation
    return changed(
        info,
        input.hold_id,
        lambda actor, hold: engine.cancel_hold(actor, hold, key=input.idempotency_key or None),
    )
