"""passMyTurn: let the next person have it, keep the rank."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.mutations.hold_changed import changed


@strawberry.input(description="Which hold.")
class PassMyTurnInput:
    """A repeated idempotency key returns the first answer."""

    hold_id: strawberry.ID = strawberry.field(description="The hold.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


def pass_my_turn(info: Info, input: PassMyTurnInput) -> Any:  # noqa: A002 - the contract's name
    """Pass one's turn (T11)."""
    engine = info.context.house.circulation
    return changed(
        info,
        input.hold_id,
        lambda actor, hold: engine.pass_my_turn(actor, hold, key=input.idempotency_key or None),
    )
