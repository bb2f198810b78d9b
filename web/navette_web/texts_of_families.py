"""What the pages about families say after each thing done."""

from collections.abc import Mapping
from types import SimpleNamespace

from navette.languages import N_, _

CONSENTS: Mapping[str, str] = {
    "push": N_("Les alertes sur le téléphone de l’enfant"),
    "history": N_("Garder la liste de ses lectures"),
}
DONE: Mapping[str, str] = {
    "titres": N_("C’est enregistré."),
    "demande": N_("C’est demandé. Un parent répond sur son téléphone, ou ensemble à l’accueil."),
    "accord": N_("C’est noté. Nous prévenons l’enfant et vous."),
    "fin": N_("C’est arrêté. Nous prévenons l’enfant et vous."),
    "reponse": N_("Merci. La carte s’ajoute dès qu’un parent, ou l’accueil, confirme."),
    "confirme": N_("C’est fait\u00a0: cette personne suit maintenant la carte."),
    "reprise": N_("L’invitation ne sert plus."),
    "code-inconnu": N_("Ce code ne sert plus. Demandez-en un nouveau."),
    "code-repris": N_("Le code ne sert plus."),
    "lien": N_("C’est fait."),
    "naissance": N_("C’est enregistré."),
}


def said_in(word: str) -> SimpleNamespace | None:
    """Return what to say for a word of the address, None for anything else."""
    return SimpleNamespace(words=_(DONE[word]), undo=None) if word in DONE else None
