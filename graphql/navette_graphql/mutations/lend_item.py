"""lendItem: into somebody's hands."""

from __future__ import annotations

from typing import Any

import strawberry

from navette.ils.views import LendRequest
from navette_auth.pickup import Pickups
from navette_graphql.context import Info
from navette_graphql.ids import row_id
from navette_graphql.loans import Loan, loan_node
from navette_graphql.mutations.answering import answered
from navette_graphql.refusals import or_refusal


@strawberry.input(description="What is lent, to whom, where.")
class LendItemInput:
    """Either a barcode or an item's id; a card, or a one-time pickup code."""

    barcode: str | None = strawberry.field(
        default=strawberry.UNSET, description="As it was scanned."
    )
    item_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The item, where a barcode was ambiguous."
    )
    card: str | None = strawberry.field(default=strawberry.UNSET, description="The patron's card.")
    pickup_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="The code of somebody who collects for another."
    )
    library: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The code of the desk's library; the token's own unless told.",
    )
    override_reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="Why a rule is set aside; kept in the history."
    )


@strawberry.type(description="It is lent.")
class ItemLent:
    """The loan with its date."""

    loan: Loan = strawberry.field(description="The loan.")


LendItemResult = or_refusal("LendItemResult", ItemLent)


def lend_item(info: Info, input: LendItemInput) -> Any:  # noqa: A002 - the contract's name
    """Lend an item (section 9, staff)."""
    context = info.context

    def act() -> Any:
        context.allow("desk")
        actor = context.staff()
        request = LendRequest(
            library=input.library or actor.library,
            card=input.card or "",
            barcode=input.barcode or "",
            item_id=row_id(input.item_id, "Item") if input.item_id else None,
            pickup_marks=Pickups(context.house.sign_in).marks(input.pickup_code or ""),
            override_reason=input.override_reason or "",
        )
        loan = context.house.circulation.lend(actor, request)
        context.noted(loan.patron_id, "card", "program")
        return ItemLent(loan=loan_node(context, loan))

    return answered(act)
