"""registerPush: be told on this device."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.ids import global_id
from navette_graphql.mutations.answering import answered
from navette_graphql.refusals import or_refusal


@strawberry.input(description="A browser's push subscription.")
class RegisterPushInput:
    """As PushSubscription.toJSON() gives it."""

    endpoint: str = strawberry.field(description="The address at the push service.")
    p256dh: str = strawberry.field(description="The browser's public key, base64url.")
    auth: str = strawberry.field(description="The browser's secret, base64url.")


@strawberry.type(description="This device will be told.")
class PushRegistered:
    """Registering again is harmless."""

    id: strawberry.ID = strawberry.field(description="The subscription.")


RegisterPushResult = or_refusal("RegisterPushResult", PushRegistered)


def register_push(info: Info, input: RegisterPushInput) -> Any:  # noqa: A002 - the contract's name
    """Register a device of the patron who is signed in."""
    context = info.context

    def act() -> Any:
        context.allow("notices")
        row = context.house.subscriptions.register(
            context.patron_id, endpoint=input.endpoint, p256dh=input.p256dh, auth=input.auth
        )
        return PushRegistered(id=global_id("PushSubscription", row))

    return answered(act)
