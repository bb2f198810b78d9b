"""How many more reservations: said before the button, and in its place when there is none left."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from navette.circulation.policy import Allowance
from navette.errors import HoldLimitReached
from navette.ils.views import Actor
from navette.languages import _, ngettext
from navette.patrons.reading import PatronView
from navette.wording import sentence_of
from navette_web.household import members_of
from navette_web.shell import house_of, person_for, visitor_of

SAID_FROM = 2  # more than that is no news


@dataclass(frozen=True)
class Place:
    """Somebody for whom one may reserve: their name, and what is left to them."""

    id: int
    name: str
    allowed: Allowance

    @property
    def full(self) -> bool:
        """Tell whether nothing can be added for now."""
        return not self.allowed.left

    @property
    def words(self) -> str:
        """Say what is left when it is little, '' when there is room."""
        if self.full:
            return self.full_words
        left = self.allowed.left
        if left > SAID_FROM:
            return ""
        return ngettext(
            "Encore {count}\u00a0réservation possible.",
            "Encore {count}\u00a0réservations possibles.",
            left,
        ).format(count=left)

    @property
    def full_words(self) -> str:
        """Say how many there are already (words 12)."""
        return ngettext(
            "Déjà {count}\u00a0réservation.",
            "Déjà {count}\u00a0réservations.",
            self.allowed.current,
        ).format(count=self.allowed.current)


@dataclass(frozen=True)
class Places:
    """Everybody for whom one may reserve, in the order in which it is asked."""

    people: Sequence[Place] = ()

    @property
    def full(self) -> bool:
        """Tell whether nobody has room: there is no button then."""
        return bool(self.people) and all(one.full for one in self.people)

    @property
    def chosen(self) -> int | None:
        """Return who is proposed first: the first who has room."""
        return next((one.id for one in self.people if not one.full), None)

    @property
    def words(self) -> str:
        """Say what is left to somebody who reserves for nobody else."""
        return self.people[0].words if len(self.people) == 1 else ""

    @property
    def full_words(self) -> str:
        """Say in the button's place why there is none, and what to do."""
        if len(self.people) > 1:
            return _(
                "Chacun a déjà toutes ses réservations."
                " Vous pourrez en ajouter dès que l’une sera prêtée ou annulée."
            )
        return sentence_of(HoldLimitReached(*self.people[0].allowed))


def places_of(request: Request, actor: Actor, family: Sequence[PatronView]) -> Places:
    """Return what is left to each of these people."""
    circulation = house_of(request).circulation
    return Places(
        [Place(one.id, one.name, circulation.holds_allowed(actor, one.id)) for one in family]
    )


def places_here(request: Request) -> Places:
    """Return what is left to who is signed in and their children; nobody for others."""
    if person_for(request) is None:
        return Places()
    people = [one.person for one in members_of(request)]
    return places_of(request, visitor_of(request).actor(), people)
