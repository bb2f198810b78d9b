"""Small words that several pages need: numbers, kinds of documents, ways of being told."""

from navette.circulation.french import NUMBERS
from navette.languages import N_, _

KINDS = {
    "book": N_("livre"),
    "comic": N_("BD"),
    "film": N_("film"),
    "music": N_("CD"),
    "audiobook": N_("livre audio"),
    "large_print": N_("livre en gros caractères"),
    "magazine": N_("magazine"),
    "game": N_("jeu"),
    "score": N_("partition"),
    "map": N_("carte"),
    "software": N_("logiciel"),
    "other": N_("document"),
}
TOLD_BY = {
    "email": N_("par e-mail"),
    "sms": N_("par SMS"),
    "call": N_("par téléphone"),
    "letter": N_("par courrier"),
}
CHANNELS = {
    "push": N_("Alerte sur le téléphone"),
    "email": N_("E-mail"),
    "sms": N_("SMS"),
    "call": N_("Appel de la bibliothèque"),
    "letter": N_("Courrier"),
}
HTML_LANGUAGES = {
    "fre": "fr",
    "fra": "fr",
    "eng": "en",
    "dut": "nl",
    "nld": "nl",
    "ger": "de",
    "deu": "de",
    "spa": "es",
    "ita": "it",
    "por": "pt",
    "ara": "ar",
    "jpn": "ja",
    "chi": "zh",
    "zho": "zh",
    "pol": "pl",
    "rum": "ro",
    "ron": "ro",
    "rus": "ru",
    "tur": "tr",
    "ukr": "uk",
    "lat": "la",
}


def number_in_words(number: int) -> str:
    """Say a number of libraries, in words up to ten."""
    return _(NUMBERS[number]) if number < len(NUMBERS) else str(number)
