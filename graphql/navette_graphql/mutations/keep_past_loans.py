"""keepPastLoans: begin the list of one's past loans, or stop it and erase it."""

from __future__ import annotations

from typing import Any

import strawberry

from navette.patrons.withdrawing import stop_history
from navette.storage.unit import Tx
from navette_graphql.context import Info
from navette_graphql.mutations.answering import answered
from navette_graphql.readings import history_of
from navette_graphql.refusals import or_refusal


@strawberry.input(description="Whether one's past loans are listed from now on.")
class KeepPastLoansInput:
    """Stopping erases the list; nobody brings it back."""

    keep: bool = strawberry.field(description="Begin, or stop and erase.")


@strawberry.type(description="As it is now.")
class PastLoansKept:
    """What was chosen."""

    keep: bool = strawberry.field(description="Whether a list is kept.")


KeepPastLoansResult = or_refusal("KeepPastLoansResult", PastLoansKept)


def keep_past_loans(info: Info, input: KeepPastLoansInput) -> Any:  # noqa: A002 - the contract's name
    """Choose for oneself alone."""
    context = info.context

    def act() -> Any:
        context.allow("loans")
        patron = context.patron_id

        def work(tx: Tx) -> None:
            if input.keep:
                history_of(context).keep(tx, patron)
            else:
                stop_history(tx, patron)

        context.house.unit.write(work)
        return PastLoansKept(keep=input.keep)

    return answered(act)
