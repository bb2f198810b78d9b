"""Small words that several pages need: numbers, kinds of documents, ways of being told."""

NUMBERS = ("zéro", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
KINDS = {
    "book": "livre",
    "comic": "BD",
    "film": "film",
    "music": "CD",
    "audiobook": "livre audio",
    "large_print": "livre en gros caractères",
    "magazine": "magazine",
    "game": "jeu",
    "score": "partition",
    "map": "carte",
    "software": "logiciel",
    "other": "document",
}
TOLD_BY = {
    "email": "par e-mail",
    "sms": "par SMS",
    "call": "par téléphone",
    "letter": "par courrier",
}
CHANNELS = {
    "push": "Alerte sur le téléphone",
    "email": "E-mail",
    "sms": "SMS",
    "call": "Appel de la bibliothèque",
    "letter": "Courrier",
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
}


def number_in_words(number: int) -> str:
    """Say a number of libraries, in words up to ten."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
