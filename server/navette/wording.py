"""Each sentence once: what a refusal says to a patron or a desk, in French, through gettext.

French is the language of the sources: a translation is a catalogue of these sentences. Words:
vous, one idea a sentence, what happens next, never the reader's fault. A no-break space stands
before : ; ? ! and inside « ».
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from navette import errors

_ = gettext.gettext

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def day_words(day: date, *, year: bool = False) -> str:
    """Say a day as people do: "mardi 24 novembre", "mardi 1er décembre"."""
    number = "1er" if day.day == 1 else str(day.day)
    words = f"{DAYS[day.weekday()]} {number} {MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def hour_words(minutes: int) -> str:
    """Say an hour as people do: "14 h", "14 h 30", with no-break spaces."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"


def plural(count: int, one: str, many: str) -> str:
    """Say a count with its noun; in French 0 and 1 are singular."""
    return f"{count}\u00a0{one if count < 2 else many}"  # noqa: PLR2004 - grammar


_REASONS_NOT_RESERVABLE: Mapping[str, str] = {
    "no_copy": _("Il n’y a plus de livre à prêter pour l’instant. Demandez conseil à l’accueil."),
    "on_site": _("À lire sur place\u00a0: ce document ne sort pas de la bibliothèque."),
    "on_shelf": _("Il est en rayon\u00a0: venez le prendre, il vous attend."),
    "latest_issue": _("Le dernier numéro reste sur place jusqu’au prochain."),
    "unknown_pickup": _("Choisissez l’une de nos bibliothèques pour le retrait."),
    "hidden": _("Cette fiche n’est plus proposée."),
}
_REASONS_NOT_RENEWABLE: Mapping[str, str] = {
    "limit": _("Ce prêt a déjà été prolongé. Rendez-le où vous voulez, dans le réseau."),
    "others_wait": _("Quelqu’un attend ce document. Rendez-le où vous voulez. Merci\u00a0!"),
    "late": _("La date est passée\u00a0: rendez-le où vous voulez, puis empruntez de nouveau."),
    "new": _("C’est une nouveauté\u00a0: beaucoup l’attendent. Gardez-la jusqu’à la date prévue."),
    "returned": _("Ce document est déjà rendu."),
    "blocked": _("Les prolongations reprennent dès que l’accueil a revu votre carte."),
}
_REASONS_NOT_SIGNED_IN: Mapping[str, str] = {
    "mismatch": _("Ce numéro et ce mot de passe ne vont pas ensemble. Vérifions ensemble."),
    "cancelled": _("Vous avez arrêté en chemin. Rien n’a changé."),
    "again": _("Reprenons\u00a0: cette page ne sert qu’une fois."),
    "code": _("Cette carte et ce code ne vont pas ensemble. Demandez un nouveau code à l’accueil."),
    "provider": _(
        "La bibliothèque numérique ne répond pas comme prévu."
        " Vos réservations restent là\u00a0: entrez avec votre carte."
    ),
}
_REASONS_NOT_LINKED: Mapping[str, str] = {
    "other_card": _("Une autre carte est déjà associée à ce compte. Séparez-la d’abord."),
    "card_taken": _("Cette carte a déjà son compte. L’accueil regarde cela avec vous."),
    "stale": _("Entrez de nouveau par la bibliothèque numérique, puis associez votre carte."),
}
_INPUTS: Mapping[tuple[str, str], str] = {
    ("", ""): _("Vérifions ensemble ce qui est écrit, puis réessayez."),
    ("password", "weak"): _(
        "Ce mot de passe se devine vite. Trois ou quatre mots au hasard font très bien l’affaire."
    ),
    ("password", "card"): _("Choisissez un mot de passe sans les chiffres de votre carte."),
    ("password", "birth_year"): _("Choisissez un mot de passe sans votre année de naissance."),
    ("password", "long"): _("Ce mot de passe est trop long pour nous. Quatre mots suffisent."),
}
_STATES: Mapping[str, str] = {
    "WAITING": _("en attente"),
    "TARGETED": _("bientôt préparée"),
    "IN_TRANSIT": _("en route"),
    "PROCESSING": _("arrivée, en cours de vérification"),
    "READY": _("prête"),
    "FULFILLED": _("déjà empruntée"),
    "CANCELLED": _("annulée"),
    "EXPIRED": _("remise à disposition"),
}


def _hold_limit(refusal: errors.HoldLimitReached) -> str:
    held = plural(refusal.current, _("réservation"), _("réservations"))
    return _(
        "Vous avez déjà {held}. Vous pourrez en ajouter dès que l’une sera prêtée ou annulée."
    ).format(held=held)


def _loan_limit(refusal: errors.LoanLimitReached) -> str:
    lent = plural(refusal.current, _("document"), _("documents"))
    return _("{lent} sont déjà chez vous. Vous pourrez emprunter dès le prochain retour.").format(
        lent=lent
    )


def _expired(refusal: errors.CardExpired) -> str:
    if refusal.since is None:
        return _("Votre inscription se renouvelle à l’accueil, en cinq minutes.")
    return _(
        "Votre inscription a pris fin le {day}."
        " Renouvelez-la à l’accueil\u00a0: vos réservations gardent leur place."
    ).format(day=day_words(refusal.since, year=True))


_AT_THE_VAN: Mapping[str, str] = {
    "load": _("Ce document n’attend pas la navette ici. Scannez-le au bureau."),
    "load_closed": _("La navette ne s’arrête pas ici ce jour-là."),
    "undo_van": _("Il n’y a plus rien à annuler\u00a0: tout a bougé depuis."),
    "alter_run": _("Cette tournée est déjà faite."),
}


def _wrong_state(refusal: errors.WrongState) -> str:
    if refusal.event == "undo_scan":
        return _("Trop tard pour annuler\u00a0: ce document a déjà suivi son chemin.")
    if refusal.event in {"suspend", "resume"}:
        return _("Elle est déjà en chemin. Vous pouvez passer votre tour.")
    if refusal.event in _AT_THE_VAN:
        return _AT_THE_VAN[refusal.event]
    state = _STATES.get(refusal.state)
    if state is None:  # of an item, not of a reservation
        return _("Ce document a déjà suivi son chemin\u00a0: ce choix n’existe plus.")
    return _("Cette réservation est {state}\u00a0: ce choix n’existe plus.").format(state=state)


def _attempts(refusal: errors.TooManyAttempts) -> str:
    minutes = max(1, round(refusal.retry_after / 60))
    wait = plural(minutes, _("minute"), _("minutes"))
    return _("Faisons une pause. Réessayez dans {wait}.").format(wait=wait)


def _reason(reasons: Mapping[str, str], refusal: Any) -> str:
    return reasons.get(refusal.reason) or next(iter(reasons.values()))


SENTENCES: Mapping[type[errors.Refusal], str | Callable[[Any], str]] = {
    errors.NotFound: _("Nous ne trouvons pas ce que vous cherchez ici."),
    errors.NotSignedIn: _(
        "Reconnectez-vous pour continuer. Vous revenez juste après à cette page."
    ),
    errors.Forbidden: _("Cette page est réservée à l’équipe des bibliothèques."),
    errors.HoldLimitReached: _hold_limit,
    errors.DuplicateHold: _("Vous l’avez déjà réservé\u00a0: votre place est gardée."),
    errors.NotReservable: lambda r: _reason(_REASONS_NOT_RESERVABLE, r),
    errors.VolumeRequired: _("Choisissez d’abord le tome ou le numéro."),
    errors.PatronBlocked: _(
        "Vos emprunts sont en pause. Passez à l’accueil\u00a0: nous regardons cela ensemble."
    ),
    errors.CardExpired: _expired,
    errors.WrongState: _wrong_state,
    errors.LoanLimitReached: _loan_limit,
    errors.ItemHeldForAnother: _("Réservé à quelqu’un d’autre\u00a0: gardez-le à l’accueil."),
    errors.ItemOnLoan: _("Ce document est encore prêté. Rendez-le d’abord."),
    errors.RenewalRefused: lambda r: _reason(_REASONS_NOT_RENEWABLE, r),
    errors.AmbiguousBarcode: _("Deux livres portent ce numéro. Lequel avez-vous en main\u00a0?"),
    errors.UnknownBarcode: lambda r: _(
        "Aucun document ne porte le numéro {barcode}. Relisez l’étiquette."
    ).format(barcode=r.barcode),
    errors.PushHostRefused: _(
        "Ce navigateur passe par un service d’alertes inconnu. Choisissez l’e-mail."
    ),
    errors.TooManyAttempts: _attempts,
    errors.SignInRefused: lambda r: _reason(_REASONS_NOT_SIGNED_IN, r),
    errors.LinkRefused: lambda r: _reason(_REASONS_NOT_LINKED, r),
    errors.BadInput: lambda r: _INPUTS.get((r.field, r.reason), _INPUTS["", ""]),
}


def sentence_of(refusal: errors.Refusal) -> str:
    """Return what a refusal says, in French; every kind of refusal has a sentence."""
    for kind in type(refusal).__mro__:
        found = SENTENCES.get(kind)
        if found is not None:
            return found if isinstance(found, str) else found(refusal)
    return SENTENCES[errors.NotFound]  # type: ignore[return-value]
