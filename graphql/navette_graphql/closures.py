"""The one question that a closure asks a person: collect elsewhere meanwhile, or wait (E4)."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from navette.ils.closure_views import QuestionView
from navette_graphql.context import Context
from navette_graphql.ids import global_id
from navette_graphql.libraries import Library, library_node


@strawberry.type(description="A library closes: would you collect elsewhere meanwhile?")
class ClosureQuestion:
    """Asked once; without an answer everything stays where it is."""

    id: strawberry.ID = strawberry.field(description="For answerClosure.")
    library: Library = strawberry.field(description="Which closes.")
    proposed: Library = strawberry.field(description="Where it could be collected instead.")
    first_day: date = strawberry.field(description="The first day on which it is closed.")
    last_day: date = strawberry.field(description="The last one.")
    hold_ids: list[strawberry.ID] = strawberry.field(description="The holds concerned.")
    likely_at: datetime | None = strawberry.field(description="When all would be there.")


def question_node(context: Context, question: QuestionView) -> ClosureQuestion:
    """Return the question as it is asked."""
    return ClosureQuestion(
        id=global_id("ClosureQuestion", question.id),
        library=library_node(context.network.library(question.library)),
        proposed=library_node(context.network.library(question.proposed)),
        first_day=question.first_day,
        last_day=question.last_day,
        hold_ids=[global_id("Hold", number) for number in question.hold_ids],
        likely_at=question.likely_at,
    )


def questions_for(context: Context, patron_id: int) -> list[ClosureQuestion]:
    """Return what somebody was asked and has not answered."""
    asked = context.house.circulation.closure_questions(context.actor, patron_id)
    return [question_node(context, one) for one in asked]
