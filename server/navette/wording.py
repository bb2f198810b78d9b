"""Each sentence once: what a refusal says to a patron or a desk, through gettext.

French is the language of the sources: a translation is a catalogue of these sentences. Words:
vous, one idea a sentence, what happens next, never the reader's fault. A no-break space stands
before : ; ? ! and inside « ».
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from navette import errors
from navette.languages import N_, _, ngettext
from navette.saying import day_words, hour_words, plural

__all__ = ["N_", "_", "day_words", "hour_words", "ngettext", "plural", "sentence_of"]
HIDDEN_TITLE = N_("Titre non affiché")
_REASONS_NOT_RESERVABLE: Mapping[str, str] = {
    "no_copy": N_("Il n’y a plus de livre à prêter pour l’instant. Demandez conseil à l’accueil."),
    "on_site": N_("À lire sur place\u00a0: ce document ne sort pas de la bibliothèque."),
    "on_shelf": N_("Il est en rayon\u00a0: venez le prendre, il vous attend."),
    "not_all_out": N_(
        "Il est en rayon dans une autre bibliothèque\u00a0: vous pouvez l’y prendre dès aujourd’hui."
    ),
    "latest_issue": N_("Le dernier numéro reste sur place jusqu’au prochain."),
    "hidden": N_("Cette fiche n’est plus proposée."),
}
_REASONS_NOT_RENEWABLE: Mapping[str, str] = {
    "limit": N_("Ce prêt a déjà été prolongé. Rendez-le où vous voulez, dans le réseau."),
    "others_wait": N_("Quelqu’un attend ce document. Rendez-le où vous voulez. Merci\u00a0!"),
    "late": N_("La date est passée\u00a0: rendez-le où vous voulez, puis empruntez de nouveau."),
    "new": N_("C’est une nouveauté\u00a0: beaucoup l’attendent. Gardez-la jusqu’à la date prévue."),
    "returned": N_("Ce document est déjà rendu."),
    "claimed": N_("Nous le cherchons en rayon. D’ici là, rien n’est retenu contre vous."),
    "blocked": N_("Les prolongations reprennent dès que l’accueil a revu votre carte."),
}
_REASONS_NOT_SIGNED_IN: Mapping[str, str] = {
    "mismatch": N_("Ce numéro et ce mot de passe ne vont pas ensemble. Vérifions ensemble."),
    "badge": N_("Ce badge n’ouvre rien ici. Entrez avec votre identifiant."),
    "badge_role": N_("Votre fonction demande plus qu’un badge. Entrez avec votre identifiant."),
    "factor": N_("Ce code ne va pas. Attendez le suivant, puis réessayez."),
    "prove": N_("Montrez-nous d’abord que c’est vous, puis réessayez."),
    "key_only": N_("Votre fonction demande deux preuves. Entrez avec votre clé d’accès."),
    "cancelled": N_("Vous avez arrêté en chemin. Rien n’a changé."),
    "again": N_("Reprenons\u00a0: cette page ne sert qu’une fois."),
    "app": N_("Ce code a déjà servi, ou ses dix minutes sont passées. Faites-en un nouveau."),
    "passkey": N_("Cette clé n’est pas reconnue ici. Entrez avec votre carte."),
    "code": N_(
        "Cette carte et ce code ne vont pas ensemble. Demandez un nouveau code à l’accueil."
    ),
    "provider": N_(
        "La bibliothèque numérique ne répond pas comme prévu."
        " Vos réservations restent là\u00a0: entrez avec votre carte."
    ),
}
_REASONS_NOT_LINKED: Mapping[str, str] = {
    "other_card": N_("Une autre carte est déjà associée à ce compte. Séparez-la d’abord."),
    "card_taken": N_("Cette carte a déjà son compte. L’accueil regarde cela avec vous."),
    "whose": N_("Cette carte est celle d’un enfant. À qui est ce compte\u00a0?"),
    "guardian": N_(
        "Associez d’abord votre propre carte. Celle de l’enfant s’y ajoute à l’accueil."
    ),
    "stale": N_("Entrez de nouveau par la bibliothèque numérique, puis associez votre carte."),
}
_REASONS_NOT_GUARDIAN: Mapping[str, str] = {
    "own_card": N_("C’est votre propre carte. Choisissez celle de l’enfant."),
    "not_adult": N_("Seul un adulte peut suivre la carte d’un enfant."),
    "of_age": N_("Dès 18 ans, chacun suit sa carte lui-même."),
    "already": N_("Cette carte est déjà dans votre famille."),
    "too_many": N_("Quatre adultes suivent déjà cette carte. L’accueil regarde cela avec vous."),
    "invitations": N_("Trois invitations attendent déjà une réponse. Reprenez-en une d’abord."),
    "speaks_alone": N_("Dès 15 ans, chacun choisit pour soi."),
}
_REASONS_NO_PICKUP: Mapping[str, str] = {
    "unknown": N_("Ce code a déjà servi, ou sa date est passée. Demandez-en un nouveau."),
    "not_waiting": N_("Ce document n’attend pas cette personne. Le code ne sert pas pour lui."),
}
_INPUTS: Mapping[tuple[str, str], str] = {
    ("", ""): N_("Vérifions ensemble ce qui est écrit, puis réessayez."),
    ("library", "unknown"): N_("Choisissez une des bibliothèques du réseau."),
    ("pickupLibrary", "unknown"): N_("Choisissez une des bibliothèques du réseau."),
    ("volumeKey", "unknown"): N_("Il n’y a pas de tome à choisir ici. Réservez sans le préciser."),
    ("until", ""): N_("Choisissez un jour à partir de demain, dans l’année."),
    ("card", "missing"): N_("Donnez le numéro de la carte."),
    ("barcode", "missing"): N_("Donnez le numéro du document, ou scannez-le."),
    ("idempotencyKey", ""): N_("Cette demande a déjà servi pour autre chose. Recommencez-la."),
    ("scannedAt", ""): N_("L’heure de ce scan ne va pas. Scannez le document de nouveau."),
    ("scanId", ""): N_("Ce scan a déjà servi pour un autre document. Scannez de nouveau."),
    ("first", ""): N_("Demandez au moins une ligne."),
    ("after", ""): N_("Cette suite n’existe plus. Reprenez la liste au début."),
    ("category", ""): N_("Choisissez une des catégories de lecteurs du réseau."),
    ("rule", ""): N_("Choisissez une des règles de la liste."),
    ("weekday", ""): N_("Choisissez un jour de la semaine."),
    ("decision", ""): N_("Choisissez une des deux réponses."),
    ("reason", ""): N_("Dites pourquoi, en quelques mots."),
    ("login", "taken"): N_("Cet identifiant est déjà pris. Choisissez-en un autre."),
    ("login", "missing"): N_("Donnez un identifiant, sans espace."),
    ("name", "missing"): N_("Donnez le nom que les collègues liront."),
    ("role", "last_coordinator"): N_("Il faut toujours quelqu’un à la coordination du réseau."),
    ("nom", "missing"): N_("Donnez un nom à cette clé."),
    ("scopes", "none"): N_("Cochez ce que la clé peut faire, et sa durée."),
    ("label", "too_many"): N_("Dix clés sont déjà ouvertes. Retirez-en une d’abord."),
    ("oui", "unticked"): N_("Cochez d’abord la case qui confirme."),
    ("badge", "inactive"): N_("Cette personne ne fait plus partie de l’équipe."),
    ("reason", "missing"): N_("Dites pourquoi, en quelques mots."),
    ("hours", "hours"): N_("Écrivez les heures ainsi\u00a0: 10:00-12:30, 14:00-18:30."),
    ("last_day", "closure"): N_("Le dernier jour vient après le premier, un an plus tard au plus."),
    ("value", "rule"): N_("Cette règle attend une autre sorte de valeur."),
    ("volumes", "count"): N_("Choisissez de deux à trente tomes, chacun une fois."),
    ("rhythm", "range"): N_("Choisissez un nombre de 1 à 20, ou aucun."),
    ("until", "range"): N_("Choisissez un jour d’ici trois mois."),
    ("passkey", "too_many"): N_("Dix clés, c’est déjà beaucoup. Retirez-en une d’abord."),
    ("password", "weak"): N_(
        "Ce mot de passe se devine vite. Trois ou quatre mots au hasard font très bien l’affaire."
    ),
    ("password", "card"): N_("Choisissez un mot de passe sans les chiffres de votre carte."),
    ("password", "birth_year"): N_("Choisissez un mot de passe sans votre année de naissance."),
    ("password", "long"): N_("Ce mot de passe est trop long pour nous. Quatre mots suffisent."),
}
_STATES: Mapping[str, str] = {
    "WAITING": N_("en attente"),
    "TARGETED": N_("bientôt préparée"),
    "IN_TRANSIT": N_("en route"),
    "PROCESSING": N_("arrivée, en cours de vérification"),
    "READY": N_("prête"),
    "FULFILLED": N_("déjà empruntée"),
    "CANCELLED": N_("annulée"),
    "EXPIRED": N_("remise à disposition"),
}


def _hold_limit(refusal: errors.HoldLimitReached) -> str:
    return ngettext(
        "Vous avez déjà {count}\u00a0réservation."
        " Vous pourrez en ajouter dès qu’elle sera prêtée ou annulée.",
        "Vous avez déjà {count}\u00a0réservations."
        " Vous pourrez en ajouter dès que l’une sera prêtée ou annulée.",
        refusal.current,
    ).format(count=refusal.current)


def _loan_limit(refusal: errors.LoanLimitReached) -> str:
    return ngettext(
        "{count}\u00a0document est déjà chez vous. Vous pourrez emprunter dès son retour.",
        "{count}\u00a0documents sont déjà chez vous."
        " Vous pourrez emprunter dès le prochain retour.",
        refusal.current,
    ).format(count=refusal.current)


def _expired(refusal: errors.CardExpired) -> str:
    if refusal.since is None:
        return _("Votre inscription se renouvelle à l’accueil, en cinq minutes.")
    return _(
        "Votre inscription a pris fin le {day}."
        " Renouvelez-la à l’accueil\u00a0: vos réservations gardent leur place."
    ).format(day=day_words(refusal.since, year=True))


def _blocked(refusal: errors.PatronBlocked) -> str:
    if refusal.reason == "paused" and refusal.until is not None:
        return _("Vos emprunts reprennent le {day}.").format(day=day_words(refusal.until))
    if refusal.reason == "late":
        return _("Vos emprunts reprennent dès le retour de vos documents.")
    return _("Vos emprunts sont en pause. Passez à l’accueil\u00a0: nous regardons cela ensemble.")


_AT_THE_DESK: Mapping[str, str] = {
    "replay": N_("Ce document a été scanné ailleurs depuis\u00a0: rien n’a changé."),
    "replay_unanswered": N_("Ce scan demandait une réponse\u00a0: scannez de nouveau le document."),
    "mark_missing": N_("Ce document a quitté les rayons\u00a0: il ne peut pas y manquer."),
    "claim": N_("Ce prêt est déjà terminé\u00a0: il n’y a rien à chercher."),
    "withdraw_claim": N_("Nous ne cherchons pas ce document."),
    "search": N_("Cette recherche est déjà faite."),
    "settle_claim": N_("Cette demande est déjà réglée."),
    "declare_lost": N_("Ce prêt est déjà terminé."),
}
_AT_THE_VAN: Mapping[str, str] = {
    "load": N_("Ce document n’attend pas la navette ici. Scannez-le au bureau."),
    "load_closed": N_("La navette ne s’arrête pas ici ce jour-là."),
    "undo_van": N_("Il n’y a plus rien à annuler\u00a0: tout a bougé depuis."),
    "alter_run": N_("Cette tournée est déjà faite."),
}


_NOT_PAUSED = N_("Elle n’est pas en pause\u00a0: il n’y a rien à reprendre.")
_PAUSING: Mapping[str, Mapping[str, str]] = {
    "suspend": {
        "IN_TRANSIT": N_("Elle est déjà en route. Vous pouvez passer votre tour."),
        "PROCESSING": N_("Elle est déjà arrivée. Vous pouvez passer votre tour."),
        "READY": N_("Elle est déjà prête. Vous pouvez passer votre tour."),
    },
    "resume": dict.fromkeys(
        ("WAITING", "TARGETED", "IN_TRANSIT", "PROCESSING", "READY"), _NOT_PAUSED
    ),
}


def _wrong_state(refusal: errors.WrongState) -> str:
    if refusal.event == "undo_scan":
        return _("Trop tard pour annuler\u00a0: ce document a déjà suivi son chemin.")
    if refusal.event in _PAUSING and refusal.state in _PAUSING[refusal.event]:
        return _(_PAUSING[refusal.event][refusal.state])
    if refusal.event in _AT_THE_DESK:
        return _(_AT_THE_DESK[refusal.event])
    if refusal.event in _AT_THE_VAN:
        return _(_AT_THE_VAN[refusal.event])
    state = _STATES.get(refusal.state)
    if state is None:  # of an item, not of a reservation
        return _("Ce document a déjà suivi son chemin\u00a0: ce choix n’existe plus.")
    return _("Cette réservation est {state}\u00a0: ce choix n’existe plus.").format(state=_(state))


def _attempts(refusal: errors.TooManyAttempts) -> str:
    minutes = max(1, round(refusal.retry_after / 60))
    return ngettext(
        "Faisons une pause. Réessayez dans {count}\u00a0minute.",
        "Faisons une pause. Réessayez dans {count}\u00a0minutes.",
        minutes,
    ).format(count=minutes)


_ON_LOAN = N_("Ce document est encore prêté. Rendez-le d’abord.")
_ALREADY_THEIRS = N_("Ce document est déjà sur cette carte. Prolongez-le, ou rendez-le.")
_LONGEST_SHOWN = 24


def _shown(scanned: str) -> str:
    """Return what was scanned as it can be read again: no control character, no endless number."""
    text = " ".join("".join(c if c.isprintable() else " " for c in scanned).split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _reason(reasons: Mapping[str, str], refusal: Any) -> str:
    return _(reasons.get(refusal.reason) or next(iter(reasons.values())))


SENTENCES: Mapping[type[errors.Refusal], str | Callable[[Any], str]] = {
    errors.NotFound: N_("Nous ne trouvons pas ce que vous cherchez ici."),
    errors.NotSignedIn: N_(
        "Reconnectez-vous pour continuer. Vous revenez juste après à cette page."
    ),
    errors.Forbidden: N_("Cette page est réservée à l’équipe des bibliothèques."),
    errors.HoldLimitReached: _hold_limit,
    errors.DuplicateHold: N_("Vous l’avez déjà réservé\u00a0: votre place est gardée."),
    errors.NotReservable: lambda r: _reason(_REASONS_NOT_RESERVABLE, r),
    errors.VolumeRequired: N_("Choisissez d’abord le tome ou le numéro."),
    errors.PatronBlocked: _blocked,
    errors.CardExpired: _expired,
    errors.WrongState: _wrong_state,
    errors.LoanLimitReached: _loan_limit,
    errors.ItemHeldForAnother: N_("Réservé à quelqu’un d’autre\u00a0: gardez-le à l’accueil."),
    errors.ItemOnLoan: lambda r: _(_ON_LOAN if r.loan_id is None else _ALREADY_THEIRS),
    errors.RenewalRefused: lambda r: _reason(_REASONS_NOT_RENEWABLE, r),
    errors.AmbiguousBarcode: N_("Deux livres portent ce numéro. Lequel avez-vous en main\u00a0?"),
    errors.UnknownBarcode: lambda r: _(
        "Aucun document ne porte le numéro {barcode}. Relisez l’étiquette."
    ).format(barcode=_shown(r.barcode)),
    errors.PushHostRefused: N_(
        "Ce navigateur passe par un service d’alertes inconnu. Choisissez l’e-mail."
    ),
    errors.TooManyAttempts: _attempts,
    errors.SignInRefused: lambda r: _reason(_REASONS_NOT_SIGNED_IN, r),
    errors.LinkRefused: lambda r: _reason(_REASONS_NOT_LINKED, r),
    errors.GuardianRefused: lambda r: _reason(_REASONS_NOT_GUARDIAN, r),
    errors.ConsentNeeded: N_(
        "Demandons l’accord d’un parent. Il répond sur son téléphone, ou ensemble à l’accueil."
    ),
    errors.PickupCodeRefused: lambda r: _reason(_REASONS_NO_PICKUP, r),
    errors.BadInput: lambda r: _(_about(r)),
}


def _about(wrong: errors.BadInput) -> str:
    """Return what is said of a value: of this mistake, of this value, or of any."""
    asked = ((wrong.field, wrong.reason), (wrong.field, ""), ("", ""))
    return next(_INPUTS[one] for one in asked if one in _INPUTS)


def sentence_of(refusal: errors.Refusal) -> str:
    """Return what a refusal says, in the language of the moment; every kind has a sentence."""
    for kind in type(refusal).__mro__:
        found = SENTENCES.get(kind)
        if found is not None:
            return _(found) if isinstance(found, str) else found(refusal)
    return _(SENTENCES[errors.NotFound])  # type: ignore[arg-type]
