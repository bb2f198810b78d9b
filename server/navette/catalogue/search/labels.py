"""French words for facet values, and the words by which people ask for a kind of thing."""

from __future__ import annotations

from collections.abc import Mapping

from navette.languages import N_

TYPES: Mapping[str, str] = {
    "book": N_("Livre"),
    "comic": N_("BD"),
    "film": N_("Film"),
    "music": N_("Musique"),
    "audiobook": N_("Livre audio"),
    "large_print": N_("Gros caractères"),
    "magazine": N_("Magazine"),
    "game": N_("Jeu"),
    "score": N_("Partition"),
    "map": N_("Carte ou plan"),
    "software": N_("Logiciel"),
    "other": N_("Autre"),
}
AUDIENCES: Mapping[str, str] = {
    "adult": N_("Adultes"),
    "young": N_("Ados"),
    "child": N_("Enfants"),
    "all": N_("Tout public"),
}
LANGUAGES: Mapping[str, str] = {
    "fre": N_("Français"),
    "fra": N_("Français"),
    "eng": N_("Anglais"),
    "dut": N_("Néerlandais"),
    "nld": N_("Néerlandais"),
    "ger": N_("Allemand"),
    "deu": N_("Allemand"),
    "spa": N_("Espagnol"),
    "ita": N_("Italien"),
    "por": N_("Portugais"),
    "pol": N_("Polonais"),
    "ara": N_("Arabe"),
    "jpn": N_("Japonais"),
    "chi": N_("Chinois"),
    "rus": N_("Russe"),
    "tur": N_("Turc"),
    "lat": N_("Latin"),
    "mul": N_("Plusieurs langues"),
}
TYPE_WORDS: Mapping[str, str] = {
    "book": "livre",
    "comic": "bd bande dessinée manga album",
    "film": "film dvd blu-ray vidéo",
    "music": "cd musique disque album",
    "audiobook": "livre audio lu",
    "large_print": "livre gros caractères",
    "magazine": "magazine revue journal numéro",
    "game": "jeu",
    "score": "partition",
    "map": "carte plan",
    "software": "logiciel",
}
AUDIENCE_WORDS: Mapping[str, str] = {"child": "enfant jeunesse", "young": "ado jeunesse"}


ADAPTED: Mapping[str, str] = {
    "large_print": N_("Gros caractères"),
    "audiobook": N_("Livre audio"),
    "daisy": N_("DAISY"),
    "easy_to_read": N_("Facile à lire"),
    "braille": N_("Braille"),
    "dyslexia": N_("Pour lecteurs dyslexiques"),
    "sign_language": N_("Langue des signes"),
}
DIGITAL: Mapping[str, str] = {"online": N_("À ouvrir en ligne")}
# Before this decade one period is enough.
FIRST_DECADE = 1950
OLDER = "older"
_BEFORE = N_("Avant 1950")


def period_of(year: int) -> str:
    """Return the period of a year: its decade, or "older"."""
    return str(year // 10 * 10) if year >= FIRST_DECADE else OLDER


def _period(value: str) -> str:
    if value == OLDER:
        return _BEFORE
    return f"{value}–{int(value) + 9}" if value.isdecimal() else value


_BY_FACET: Mapping[str, Mapping[str, str]] = {
    "type": TYPES,
    "audience": AUDIENCES,
    "language": LANGUAGES,
    "adapted": ADAPTED,
    "digital": DIGITAL,
}


def label_of(facet: str, value: str) -> str:
    """Return the French label of a facet value; the value itself when there is none."""
    if facet == "period":
        return _period(value)
    return _BY_FACET.get(facet, {}).get(value, value)
