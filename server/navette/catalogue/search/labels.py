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


def label_of(facet: str, value: str) -> str:
    """Return the French label of a facet value; the value itself when there is none."""
    known = {"type": TYPES, "audience": AUDIENCES, "language": LANGUAGES}.get(facet, {})
    return known.get(value, value)
