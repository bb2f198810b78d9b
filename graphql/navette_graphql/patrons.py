"""Patrons: a person, their holds and loans, their children."""

from __future__ import annotations

from collections.abc import Callable

import strawberry

from navette.clock import local_date
from navette.ils.discreet import Told, masked
from navette.ils.views import HoldView, LoanView
from navette.patrons.families import Child, family_of
from navette.patrons.reading import PatronView
from navette_graphql.closures import ClosureQuestion, questions_for
from navette_graphql.context import Context, Info
from navette_graphql.holds import Hold, hold_node
from navette_graphql.ids import cursor, cursor_row, global_id
from navette_graphql.libraries import Library, library_node
from navette_graphql.loans import Loan, loan_node
from navette_graphql.nodes import Node
from navette_graphql.paging import Connection, checked, page
from navette_graphql.readings import PastLoan, past_loans


@strawberry.type(description="How fast what was reserved may come.")
class PickupPace:
    """See setPickupPace."""

    rhythm: int | None = strawberry.field(description="At most so many at once; null: any.")
    together: bool = strawberry.field(description="Collected in one go.")


@strawberry.type(description="A child or another card that one may act for.")
class FamilyMember(Node):
    """What a guardian needs to choose for whom, and what that person waits for and has."""

    view: strawberry.Private[PatronView]
    card: str = strawberry.field(description="The number of the card.")
    name: str = strawberry.field(description="First and last name.")
    titles_shown: bool = strawberry.field(
        description="Whether you read titles: from 15 the young person decides."
    )

    @strawberry.field(description="Active holds, oldest first; titles may be masked.")
    def holds(
        self, info: Info, first: int | None = 20, after: str | None = strawberry.UNSET
    ) -> Connection[Hold]:
        """Return a page of holds."""
        return _holds(info.context, self.view.id, first, after, self._told)

    @strawberry.field(description="Open loans, first due first; titles may be masked.")
    def loans(
        self, info: Info, first: int | None = 20, after: str | None = strawberry.UNSET
    ) -> Connection[Loan]:
        """Return a page of loans."""
        return _loans(info.context, self.view.id, first, after, self._told)

    @strawberry.field(description="What a closure asks about this card.")
    def closure_questions(self, info: Info) -> list[ClosureQuestion]:
        """Return the questions, the soonest closure first."""
        return questions_for(info.context, self.view.id)

    def _told(self, view: Told) -> Told:
        return view if self.titles_shown else masked(view)


@strawberry.type(description="A person with a card of the network.")
class Patron(Node):
    """Only ever the one who is signed in."""

    view: strawberry.Private[PatronView]
    card: str = strawberry.field(description="The number of the card.")
    name: str = strawberry.field(description="First and last name.")

    @strawberry.field(description="Where they registered.")
    def home_library(self, info: Info) -> Library:
        """Return the home library."""
        return library_node(info.context.network.by_id(self.view.home_library_id))

    @strawberry.field(description="Active holds, oldest first.")
    def holds(
        self, info: Info, first: int | None = 20, after: str | None = strawberry.UNSET
    ) -> Connection[Hold]:
        """Return a page of holds."""
        return _holds(info.context, self.view.id, first, after, _as_it_is)

    @strawberry.field(description="Open loans, first due first.")
    def loans(
        self, info: Info, first: int | None = 20, after: str | None = strawberry.UNSET
    ) -> Connection[Loan]:
        """Return a page of loans."""
        return _loans(info.context, self.view.id, first, after, _as_it_is)

    @strawberry.field(description="What a closure asks, and is not answered yet.")
    def closure_questions(self, info: Info) -> list[ClosureQuestion]:
        """Return the questions, the soonest closure first."""
        return questions_for(info.context, self.view.id)

    @strawberry.field(description="No more than some at once; everything together.")
    def pickup_pace(self, info: Info) -> PickupPace:
        """Return the pace that was chosen."""
        pace = info.context.house.circulation.pace(info.context.actor, self.view.id)
        return PickupPace(rhythm=pace.rhythm, together=pace.grouped)

    @strawberry.field(description="Past loans, the latest first; empty unless asked to be kept.")
    def past_loans(
        self, info: Info, first: int | None = 20, after: str | None = strawberry.UNSET
    ) -> Connection[PastLoan]:
        """Return a page of one's own list."""
        return past_loans(info.context, self.view.id, first, after or None)

    @strawberry.field(description="Children one may act for.")
    def family(self, info: Info) -> list[FamilyMember]:
        """Return the children of this person."""
        return [family_member(child) for child in family(info.context, self.view.id)]


def family(context: Context, patron_id: int) -> list[Child]:
    """Return the children of a person, with what may be read of each."""
    today = local_date(context.house.clock.now())
    with context.house.unit.read() as reader:
        return family_of(reader, context.network, patron_id, today)


def family_member(child: Child) -> FamilyMember:
    """Return the node of a child."""
    person = child.person
    return FamilyMember(
        id=global_id("FamilyMember", person.id), view=person, card=person.card, name=person.name,
        titles_shown=child.titles_shown,
    )  # fmt: skip


def patron_node(_context: Context, patron: PatronView) -> Patron:
    """Return the node of a person."""
    return Patron(
        id=global_id("Patron", patron.id), view=patron, card=patron.card, name=patron.name
    )


def _holds(
    context: Context, patron_id: int, first: int | None, after: str | None,
    told: Callable[[HoldView], HoldView],
) -> Connection[Hold]:  # fmt: skip
    count = checked(first)
    rows = context.house.circulation.holds_of(patron_id, first=count + 1, after=cursor_row(after))
    return page(rows, count, after, lambda h: hold_node(context, told(h)), lambda h: cursor(h.id))


def _loans(
    context: Context, patron_id: int, first: int | None, after: str | None,
    told: Callable[[LoanView], LoanView],
) -> Connection[Loan]:  # fmt: skip
    count = checked(first)
    rows = context.house.circulation.loans_of(patron_id, first=count + 1, after=cursor_row(after))
    return page(
        rows, count, after, lambda ln: loan_node(context, told(ln)), lambda ln: cursor(ln.id)
    )


def _as_it_is(view: Told) -> Told:
    return view
