"""placeSeries: the volumes of a series in order, as one chain."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.holds import Hold, hold_node
from navette_graphql.ids import row_id
from navette_graphql.mutations.answering import answered
from navette_graphql.mutations.place_hold import whose
from navette_graphql.refusals import or_refusal


@strawberry.input(description="One volume of the series.")
class SeriesVolumeInput:
    """A record, and its volume where it has several."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    volume_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Which of its volumes."
    )


@strawberry.input(description="Two to thirty volumes, in the order in which they are read.")
class PlaceSeriesInput:
    """All of them or none; they count as one hold."""

    volumes: list[SeriesVolumeInput] = strawberry.field(description="First to last.")
    pickup_library: str = strawberry.field(description="The code of the pickup library.")
    card: str | None = strawberry.field(
        default=strawberry.UNSET, description="A child's card; any patron's with a staff token."
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


@strawberry.type(description="The series is reserved.")
class SeriesPlaced:
    """Each volume leaves once the one before it was lent."""

    holds: list[Hold] = strawberry.field(description="In order.")


PlaceSeriesResult = or_refusal("PlaceSeriesResult", SeriesPlaced)


def place_series(info: Info, input: PlaceSeriesInput) -> Any:  # noqa: A002 - the contract's name
    """Place a series for oneself, for a child, or at a desk for anybody."""
    context = info.context

    def act() -> Any:
        context.allow("holds")
        holds = context.house.circulation.place_series(
            context.actor,
            patron_id=whose(context, input.card),
            links=[(row_id(v.record_id, "Record"), v.volume_key or "") for v in input.volumes],
            pickup=input.pickup_library,
            idempotency_key=input.idempotency_key or None,
        )
        return SeriesPlaced(holds=[hold_node(context, hold) for hold in holds])

    return answered(act)
