"""renewLoan: keep it longer, unless somebody waits."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.ids import row_id
from navette_graphql.loans import Loan, loan_node
from navette_graphql.mutations.answering import answered
from navette_graphql.refusals import or_refusal


@strawberry.input(description="Which loan to renew.")
class RenewLoanInput:
    """A repeated idempotency key returns the first answer."""

    loan_id: strawberry.ID = strawberry.field(description="The loan.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


@strawberry.type(description="It may stay longer.")
class LoanRenewed:
    """The loan with its new date."""

    loan: Loan = strawberry.field(description="The loan.")


RenewLoanResult = or_refusal("RenewLoanResult", LoanRenewed)


def renew_loan(info: Info, input: RenewLoanInput) -> Any:  # noqa: A002 - the contract's name
    """Renew from the due date (E20)."""
    context = info.context

    def act() -> Any:
        context.allow("loans")
        loan = context.house.circulation.renew_loan(
            context.actor, row_id(input.loan_id, "Loan"), key=input.idempotency_key or None
        )
        context.noted(loan.patron_id, "act", "program")
        return LoanRenewed(loan=loan_node(context, loan))

    return answered(act)
