"""suspendHold: pause, and keep the rank."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.mutations.hold_changed import changed


@strawberry.input(description="Which hold to pause, until when.")
class SuspendHoldInput:
    """A repeated idempotency key returns the first answer."""

    hold_id: strawberry.ID = strawberry.field(description="The hold.")
    until: date | None = strawberry.field(
        default=strawberry.UNSET, description="Resumes that morning; without it, when asked to."
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


def suspend_hold(info: Info, input: SuspendHoldInput) -> Any:  # noqa: A002 - the contract's name
    """Pause a hold (T12)."""
    engine = info.context.house.circulation
    return changed(
        info,
        input.hold_id,
        lambda actor, hold: engine.suspend_hold(
            actor, hold, input.until or None, key=input.idempotency_key or None
        ),
    )
