"""claimReturned, withdrawClaim, renewAllLoans: what a borrower says of loans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry

from navette.errors import RenewalRefused
from navette.ils.views import Actor, LoanView
from navette.wording import sentence_of
from navette_graphql.context import Info
from navette_graphql.ids import row_id
from navette_graphql.loans import Loan, loan_node
from navette_graphql.mutations.answering import answered
from navette_graphql.mutations.place_hold import whose
from navette_graphql.refusals import or_refusal


@strawberry.input(description="A loan that its borrower says to have returned.")
class ClaimReturnedInput:
    """A repeated key returns the first answer."""

    loan_id: strawberry.ID = strawberry.field(description="The loan.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Makes the request safe to repeat."
    )


@strawberry.type(description="It is noted; nothing is held against anybody meanwhile.")
class LoanClaimed:
    """The loan as it is now."""

    loan: Loan = strawberry.field(description="The loan.")


@strawberry.input(description="Whose loans are renewed.")
class RenewAllLoansInput:
    """One's own, or a child's card; with the household those of every child too."""

    household: bool = strawberry.field(default=False, description="The children's loans too.")
    card: str | None = strawberry.field(
        default=strawberry.UNSET, description="A child's card; any patron's with a staff token."
    )


@strawberry.type(description="One loan after renewing all: kept longer, or why not.")
class RenewedLoan:
    """The loan and, when it was not renewed, the sentence that says why."""

    loan: Loan = strawberry.field(description="As it is now.")
    renewed: bool = strawberry.field(description="Whether it is kept longer.")
    message: str = strawberry.field(description="Why not, in French; empty when renewed.")


@strawberry.type(description="All that could be renewed was.")
class LoansRenewed:
    """Each loan for itself."""

    loans: list[RenewedLoan] = strawberry.field(description="First due first.")


ClaimReturnedResult = or_refusal("ClaimReturnedResult", LoanClaimed)
RenewAllLoansResult = or_refusal("RenewAllLoansResult", LoansRenewed)


def _claimed(
    info: Info, asked: ClaimReturnedInput, act: Callable[[Actor, int, str | None], LoanView]
) -> Any:
    context = info.context

    def work() -> Any:
        context.allow("loans")
        loan = act(context.actor, row_id(asked.loan_id, "Loan"), asked.idempotency_key or None)
        context.noted(loan.patron_id, "act", "program")
        return LoanClaimed(loan=loan_node(context, loan))

    return answered(work)


def claim_returned(info: Info, input: ClaimReturnedInput) -> Any:  # noqa: A002 - the contract's name
    """Say that it was returned already: both libraries search their shelves."""
    return _claimed(info, input, info.context.house.circulation.claim_returned)


def withdraw_claim(info: Info, input: ClaimReturnedInput) -> Any:  # noqa: A002 - the contract's name
    """Say that it was at home after all."""
    return _claimed(info, input, info.context.house.circulation.withdraw_claim)


def renew_all_loans(info: Info, input: RenewAllLoansInput) -> Any:  # noqa: A002 - the contract's name
    """Renew every loan that can be."""
    context = info.context

    def act() -> Any:
        context.allow("loans")
        done = context.house.circulation.renew_all(
            context.actor, whose(context, input.card), household=input.household
        )
        return LoansRenewed(
            loans=[
                RenewedLoan(
                    loan=loan_node(context, one.loan),
                    renewed=not one.refusal,
                    message=sentence_of(RenewalRefused(one.refusal)) if one.refusal else "",
                )
                for one in done
            ]
        )

    return answered(act)
