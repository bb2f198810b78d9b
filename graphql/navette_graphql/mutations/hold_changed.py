"""What every change of a hold answers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry

from navette.ils.views import Actor, HoldView
from navette_graphql.context import Info
from navette_graphql.holds import Hold, hold_node
from navette_graphql.ids import row_id
from navette_graphql.mutations.answering import answered
from navette_graphql.refusals import or_refusal


@strawberry.type(description="The hold changed.")
class HoldChanged:
    """The hold as it is now."""

    hold: Hold = strawberry.field(description="The hold.")


HoldChangedResult = or_refusal("HoldChangedResult", HoldChanged)


def changed(info: Info, hold_id: str, act: Callable[[Actor, int], HoldView]) -> Any:
    """Do something to a hold through its door, and return it as it is now."""
    context = info.context

    def work() -> HoldChanged:
        context.allow("holds")
        hold = act(context.actor, row_id(hold_id, "Hold"))
        context.noted(hold.patron_id, "act", "program")
        return HoldChanged(hold=hold_node(context, hold))

    return answered(work)
