"""The household on one page: what everybody for whom one may act waits for and has at home."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from navette.ils.discreet import masked
from navette.ils.views import HoldView, LoanView
from navette.patrons.families import family_of
from navette.patrons.reading import PatronView
from navette_web.shell import house_of, network_for, signed_in, today_of


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the household; `who` is the first name, said only when there are several."""

    person: PatronView
    who: str = ""
    titles: bool = True
    mine: bool = True


@dataclass(frozen=True)
class Household:
    """Everybody, with what they wait for and have at home; masked titles are gone already."""

    members: Sequence[Member]
    holds: Sequence[HoldView]
    loans: Sequence[LoanView]

    def who(self, patron_id: int | None) -> str:
        """Return the first name that stands beside a title, '' when one is alone."""
        return next((one.who for one in self.members if one.person.id == patron_id), "")

    @property
    def seen(self) -> list[int]:
        """Return whose holds this page really shows, for the evidence that they were announced."""
        return [one.person.id for one in self.members if one.titles]


def members_of(request: Request) -> list[Member]:
    """Return the person who is signed in, then the children for whom they may act."""
    person, _actor = signed_in(request)
    with house_of(request).unit.read() as reader:
        children = family_of(reader, network_for(request), person.id, today_of(request))
    if not children:
        return [Member(person)]
    return [
        Member(person, person.first_name),
        *(
            Member(child.person, child.person.first_name, child.titles_shown, mine=False)
            for child in children
        ),
    ]


def household_of(request: Request) -> Household:
    """Return the household: loans by their day, holds as the engine orders them."""
    members, circulation = members_of(request), house_of(request).circulation
    holds: list[HoldView] = []
    loans: list[LoanView] = []
    for one in members:
        waits, has = circulation.holds_of(one.person.id), circulation.loans_of(one.person.id)
        holds += waits if one.titles else map(masked, waits)
        loans += has if one.titles else map(masked, has)
    loans.sort(key=lambda loan: (loan.due_on, loan.id))
    return Household(members, holds, loans)
