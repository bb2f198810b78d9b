"""An offer as somebody sees it: open or why not, where it leads, and what leaves us with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from navette.eresources.access import Reader, WhyNot, age_band, why_not
from navette.eresources.offers import Offer
from navette.languages import N_, _
from navette.patrons.reading import PatronView
from navette_web import french

WHY: Mapping[WhyNot, str] = {
    WhyNot.SIGN_IN: N_("S’ouvre avec votre carte."),
    WhyNot.ADULTS: N_("Pour les adultes."),
    WhyNot.TOO_YOUNG: N_("Un peu plus tard : cette offre a un âge minimal."),
    WhyNot.YOUNG: N_("Pour les moins de 18 ans."),
    WhyNot.PROFESSIONALS: N_("Pour les professionnels : enseignants, crèches, associations."),
}
SENT: Mapping[str, str] = {
    "login_hint": N_("votre identifiant à la bibliothèque numérique"),
    "library": N_("votre bibliothèque d’inscription"),
    "age_band": N_("votre tranche d’âge"),
}


@dataclass(frozen=True)
class Known:
    """Who looks: nobody, or a person with what may leave us when an offer asks for it."""

    person: PatronView | None = None
    library: str = ""
    login_hint: str = ""

    def reader(self) -> Reader | None:
        """Return what decides."""
        one = self.person
        return None if one is None else Reader(one.valid_until, one.birth_year, one.category)

    def sendable(self, today: date) -> Mapping[str, str]:
        """Return what could leave us; only what an offer lists does."""
        reader = self.reader()
        if reader is None:
            return {}
        return {
            "login_hint": self.login_hint,
            "library": self.library,
            "age_band": age_band(reader, today),
        }


@dataclass(frozen=True)
class Shown:
    """An offer for a page or a program."""

    offer: Offer
    href: str  # '' when it does not open
    why: str

    @property
    def sent(self) -> str:
        """Say what leaves us, in words; '' when nothing does."""
        return ", ".join(_(SENT[name]) for name in self.offer.sends)

    @property
    def in_browser(self) -> str:
        """Return the address that leaves an installed app on an iPhone for the browser."""
        return f"x-safari-{self.href}" if self.href else ""


def shown(offer: Offer, known: Known, today: date) -> Shown:
    """Return an offer as this person sees it today."""
    reason = why_not(offer, known.reader(), today)
    if reason is not None:
        return Shown(offer, "", why_words(reason, known.person))
    return Shown(offer, offer.address(known.sendable(today)), "")


def why_words(reason: WhyNot, person: PatronView | None) -> str:
    """Say why it does not open; a registration that ended says when, and what to do."""
    if reason is WhyNot.EXPIRED and person is not None:
        return _(
            "Votre inscription a pris fin le %(day)s. Renouvelez-la à l’accueil, en cinq minutes."
        ) % {"day": french.full_date(person.valid_until)}
    return _(WHY[reason])
