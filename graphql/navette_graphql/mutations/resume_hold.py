"""resumeHold: take part in the queue again."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.mutations.hold_changed import changed


@strawberry.input(description="Which hold to resume.")
class ResumeHoldInput:
    """A repeated idempotency key returns the first answer."""

    hold_id: strawberry.ID = strawberry.field(description="The hold.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


def resume_hold(info: Info, input: ResumeHoldInput) -> Any:  # noqa: A002 - the contract's name
    """Resume a paused hold (T12)."""
    engine = info.context.house.circulation
    return changed(
        info,
        input.hold_id,
        lambda actor, hold: engine.resume_hold(actor, hold, key=input.idempotency_key or None),
    )
