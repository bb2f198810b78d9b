"""French words for facet values, and the words by which people ask for a kind of thing."""

from __future__ import annotations

from collections.abc import Mapping

TYPES: Mapping[str, str] = {
    "book": "Livre",
    "comic": "BD",
    "film": "Film",
    "music": "Musique",
    "audiobook": "Livre audio",
    "large_print": "Gros caractères",
    "magazine": "Magazine",
    "game": "Jeu",
    "score": "Partition",
    "map": "Carte",
    "software": "Logiciel",
    "other": "Autre",
}
AUDIENCES: Mapping[str, str] = {
    "adult": "Adultes",
    "young": "Ados",
    "child": "Enfants",
    "all": "Tout public",
}
LANGUAGES: Mapping[str, str] = {
    "fre": "Français",
    "fra": "Français",
    "eng": "Anglais",
    "dut": "Néerlandais",
    "nld": "Néerlandais",
    "ger": "Allemand",
    "deu": "Allemand",
    "spa": "Espagnol",
    "ita": "Italien",
    "por": "Portugais",
    "pol": "Polonais",
    "ara": "Arabe",
    "jpn": "Japonais",
    "chi": "Chinois",
    "rus": "Russe",
    "tur": "Turc",
    "lat": "Latin",
    "mul": "Plusieurs langues",
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
    "large_print": "Gros caractères",
    "audiobook": "Livre audio",
    "daisy": "DAISY",
    "easy_to_read": "Facile à lire",
    "braille": "Braille",
    "dyslexia": "Pour lecteurs dyslexiques",
    "sign_language": "Langue des signes",
}
DIGITAL: Mapping[str, str] = {"online": "À ouvrir en ligne"}
# Before this decade one period is enough.
FIRST_DECADE = 1950
OLDER = "older"


def period_of(year: int) -> str:
    """Return the period of a year: its decade, or "older"."""
    return str(year // 10 * 10) if year >= FIRST_DECADE else OLDER


def _period(value: str) -> str:
    if value == OLDER:
        return f"Avant {FIRST_DECADE}"
    return f"{value} à {int(value) + 9}" if value.isdecimal() else value


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
