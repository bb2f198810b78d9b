"""answerClosure: collect at the other library while this one is closed, or wait."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.ids import row_id
from navette_graphql.mutations.answering import answered
from navette_graphql.refusals import or_refusal


@strawberry.input(description="The answer to one question.")
class AnswerClosureInput:
    """The first answer counts; a second one changes nothing."""

    question_id: strawberry.ID = strawberry.field(description="Of Patron.closureQuestions.")
    move: bool = strawberry.field(description="Collect at the proposed library.")


@strawberry.type(description="What became of the holds.")
class ClosureAnswered:
    """What was lent, or moved once already, stays where it is."""

    moved: int = strawberry.field(description="How many are collected at the other library.")
    kept: int = strawberry.field(description="How many stay where they were.")


AnswerClosureResult = or_refusal("AnswerClosureResult", ClosureAnswered)


def answer_closure(info: Info, input: AnswerClosureInput) -> Any:  # noqa: A002 - the contract's name
    """Answer once (E4)."""
    context = info.context

    def act() -> Any:
        context.allow("holds")
        circulation, actor = context.house.circulation, context.actor
        number = row_id(input.question_id, "ClosureQuestion")
        patron = circulation.closure_question(actor, number).patron_id
        done = circulation.answer_closure(actor, number, move=input.move)
        context.noted(patron, "act", "program")
        return ClosureAnswered(moved=done.moved, kept=done.kept)

    return answered(act)
