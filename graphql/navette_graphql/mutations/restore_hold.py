"""restoreHold: what was cancelled or has expired comes back, within its time."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.mutations.hold_changed import changed


@strawberry.input(description="Which hold to bring back.")
class RestoreHoldInput:
    """Ten minutes for a patron, seven days for staff; the old rank within ten minutes."""

    hold_id: strawberry.ID = strawberry.field(description="The hold.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


def restore_hold(info: Info, input: RestoreHoldInput) -> Any:  # noqa: A002 - the contract's name
    """Bring a hold back (T17)."""
    engine = info.context.house.circulation
    return changed(
        info,
        input.hold_id,
        lambda actor, hold: engine.restore_hold(actor, hold, key=input.idempotency_key or None),
    )
