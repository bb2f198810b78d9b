"""Brings words to one form, to compare and to sort: no accents, no case, no punctuation."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LETTERS: Final = str.maketrans(
    {
        "œ": "oe",
        "Œ": "oe",
        "æ": "ae",
        "Æ": "ae",
        "ß": "ss",
        "ø": "o",
        "Ø": "o",
        "ł": "l",
        "Ł": "l",
        "đ": "d",
        "Đ": "d",
        "ð": "d",
        "þ": "th",
        "Þ": "th",
        "ı": "i",
        "&": " et ",
        "°": " ",
        "º": " ",
    }
)
_NOT_WORD: Final = re.compile(r"[\W_]+")
_MARK: Final = re.compile(r"[\u0300-\u036f\ufe20-\ufe2f]+")
_ARTICLES: Final = frozenset(
    [
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "des",
        "the",
        "an",
        "el",
        "los",
        "las",
        "il",
        "der",
        "die",
        "das",
    ]
)
# Volumes go no further than the thirties, and "c", "d" or "m" alone are letters.
_ROMAN: Final = re.compile(r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,4})")
_ROMAN_VALUES: Final = {"i": 1, "v": 5, "x": 10}
_NUMBER: Final = re.compile(r"\d+(?:[-.]\d+)?")
_BESIDE: Final = re.compile(r"\b(?:hors serie|hs)(?=\b|\d)")
_NUMBER_WORDS: Final = {
    **{word: number for number, word in enumerate(
        ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
         "douze", "treize", "quatorze", "quinze", "seize"], 1)},
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
}  # fmt: skip
# "cinquième" and "neuvième" change a letter, those in -e lose it.
_ORDINALS: Final = {
    **{
        {"cinq": "cinqu", "neuf": "neuv"}.get(word, word.removesuffix("e")) + "ieme": number
        for word, number in _NUMBER_WORDS.items()
    },
    "premier": 1,
    "premiere": 1,
    "1er": 1,
    "1ere": 1,
    "second": 2,
    "seconde": 2,
}


def folded_once(text: str) -> str:
    """Give the words in lower case without accents, parted by single spaces.

    For titles and the like, which seldom come twice; of names and series use `folded`.
    """
    simple = text
    for letters, plain in _USUAL:
        if letters in simple:
            simple = simple.replace(letters, plain)
    try:
        found = simple.encode("latin-1").translate(_BY_BYTE)
    except UnicodeEncodeError:
        return _folded(text)
    return _folded(text) if _UNFIT in found else b" ".join(found.split()).decode("ascii")


# The same, quicker for what comes again and again.
folded: Final = lru_cache(maxsize=1 << 13)(folded_once)


def _folded(text: str) -> str:
    """Fold any text, at leisure."""
    if not text.isascii():
        text = _MARK.sub("", unicodedata.normalize("NFKD", text.translate(_LETTERS)))
    return _NOT_WORD.sub(" ", text.lower()).strip()


def _byte(code: int) -> bytes:
    """Give what one letter of Latin-1 becomes; `_UNFIT` if that is not one letter."""
    letter = _folded(chr(code)).encode()
    return letter if len(letter) == 1 else _UNFIT if letter else b" "


# Nearly all texts fold byte by byte, ten times as fast, once these few are replaced.
_USUAL: Final = (("&", " et "), ("’", " "), ("œ", "oe"))
_UNFIT: Final = b"\0"
_BY_BYTE: Final = b"".join(map(_byte, range(256)))


def without_article(words: str) -> str:
    """Drop the article that folded words begin with, unless nothing else is there."""
    article, _, rest = words.partition(" ")
    return rest if rest and article in _ARTICLES else words


def number_of(label: str) -> str:
    """Give the number that a volume label means: 'tome III', 'N° 03' and 'Vol. 3' are '3'.

    'Hors-série 2' is 'hs-2'. Without any number the folded label stands for itself; an empty label
    gives an empty string.
    """
    if label.isdigit():
        return label.lstrip("0") or "0"
    words = folded(label)
    found = _NUMBER.search(words)
    if found and (beside := _BESIDE.search(words)):
        # The second one beside the series is not its second volume.
        number = _NUMBER.search(words, beside.end())
        return f"hs-{number.group().lstrip('0') or '0'}" if number else words
    if found:
        number = _NUMBER.search(label)
        text = number.group() if number else found.group()
        return "-".join(part.lstrip("0") or "0" for part in text.replace(".", "-").split("-"))
    said = words.split()
    for place in range(len(said) - 1, -1, -1):
        if value := _value(said[place]):
            return str(_with_tens(said[max(place - _LONGEST_TENS, 0) : place], value))
        if _ROMAN.fullmatch(said[place]):
            return str(roman(said[place]))
    return words


def _value(word: str) -> int:
    return _NUMBER_WORDS.get(word) or _ORDINALS.get(word, 0)


def _with_tens(before: list[str], value: int) -> int:
    """Add the tens that stand before a number in words: vingt-huitième, quatre-vingt-dix-sept."""
    if before[-1:] == ["et"]:
        before = before[:-1]
    if not before or not (last := _value(before[-1])):
        return value
    tens = _with_tens(before[:-1], last)
    if (tens, value) == (_FOUR, _TWENTY):
        return tens * value
    units = _TWENTY if tens in {3 * _TWENTY, _FOUR * _TWENTY} else 10
    return tens + value if tens and not tens % 10 and value < units else value


_FOUR, _TWENTY = 4, 20
_LONGEST_TENS: Final = 3  # words before the last one: quatre-vingt-dix-sept


def roman(word: str) -> int:
    """Give the value of a Roman number in lower case."""
    values = [_ROMAN_VALUES[letter] for letter in word]
    return sum(
        -value if any(later > value for later in values[place + 1 : place + 2]) else value
        for place, value in enumerate(values)
    )
