"""ISO 5426, the character set of older French catalogues: its table, decoding and encoding.

A diacritical mark is a byte of its own that PRECEDES its letter, the reverse of Unicode.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from navette.catalogue.unimarc.marks import NON_SORTING_BEGIN, NON_SORTING_END

SPACING: Final[dict[int, str]] = {
    0x88: NON_SORTING_BEGIN,
    0x89: NON_SORTING_END,
    0xA1: "¡",
    0xA2: "„",
    0xA3: "£",
    0xA4: "$",
    0xA5: "¥",
    0xA6: "†",
    0xA7: "§",
    0xA8: "′",
    0xA9: "‘",
    0xAA: "“",
    0xAB: "«",
    0xAC: "♭",
    0xAD: "©",
    0xAE: "℗",
    0xAF: "®",
    0xB0: "ʻ",
    0xB1: "ʼ",
    0xB2: "‚",
    0xB6: "‡",
    0xB7: "·",
    0xB8: "″",
    0xB9: "’",
    0xBA: "”",
    0xBB: "»",
    0xBC: "♯",
    0xBD: "ʹ",
    0xBE: "ʺ",
    0xBF: "¿",
    0xE1: "Æ",
    0xE2: "Đ",
    0xE6: "Ĳ",
    0xE8: "Ł",
    0xE9: "Ø",
    0xEA: "Œ",
    0xEC: "Þ",
    0xF1: "æ",
    0xF2: "đ",
    0xF3: "ð",
    0xF5: "ı",
    0xF6: "ĳ",
    0xF8: "ł",
    0xF9: "ø",
    0xFA: "œ",
    0xFB: "ß",
    0xFC: "þ",
}
MARKS: Final[dict[int, str]] = {
    0xC0: "\u0309",  # hook above
    0xC1: "\u0300",  # grave
    0xC2: "\u0301",  # acute
    0xC3: "\u0302",  # circumflex
    0xC4: "\u0303",  # tilde
    0xC5: "\u0304",  # macron
    0xC6: "\u0306",  # breve
    0xC7: "\u0307",  # dot above
    0xC8: "\u0308",  # diaeresis
    0xC9: "\u0308",  # umlaut, one with the diaeresis in Unicode
    0xCA: "\u030a",  # ring above
    0xCB: "\u0315",  # comma above right
    0xCC: "\u0312",  # turned comma above
    0xCD: "\u030b",  # double acute
    0xCE: "\u031b",  # horn
    0xCF: "\u030c",  # caron
    0xD0: "\u0327",  # cedilla
    0xD1: "\u031c",  # left half ring below
    0xD2: "\u0326",  # comma below
    0xD3: "\u0328",  # ogonek
    0xD4: "\u0325",  # ring below
    0xD5: "\u032e",  # breve below
    0xD6: "\u0323",  # dot below
    0xD7: "\u0324",  # diaeresis below
    0xD8: "\u0332",  # low line
    0xD9: "\u0333",  # double low line
    0xDA: "\u0329",  # vertical line below
    0xDB: "\u032d",  # circumflex below
    0xDD: "\ufe20",  # ligature, left half
    0xDE: "\ufe21",  # ligature, right half
    0xDF: "\ufe23",  # double tilde, right half
}

# Typography that the set lacks, written the way a cataloguer of the time typed it.
_STAND_INS: Final[dict[str, str]] = {
    "–": "-",
    "—": "-",
    "‑": "-",
    "…": "...",
    "€": "EUR",
    "\u00a0": " ",
    "\u202f": " ",
}
_SPACING_BYTES: Final[dict[str, int]] = {text: code for code, text in SPACING.items()}
_MARK_BYTES: Final[dict[str, int]] = {mark: code for code, mark in reversed(MARKS.items())}
# One range first: what a search can skip to at once.
_CLUSTER: Final = re.compile("([\x80-\xff](?:(?<=[\xc0-\xdf])[\xc0-\xdf]*.?)?)", re.DOTALL)
_MARK_RANGE: Final = "".join(map(chr, range(0xC0, 0xE0)))
_RING: Final = "\u030a"


class UnwritableText(ValueError):
    """A character that the asked encoding cannot hold."""

    def __init__(self, character: str) -> None:
        super().__init__(f"no ISO 5426 code for {character!r}")
        self.character = character


class _Clusters(dict[str, str]):
    """What each run of marks and its letter means, worked out once."""

    def __missing__(self, written: str) -> str:
        letter = written.lstrip(_MARK_RANGE)
        marks = "".join(MARKS.get(ord(mark), "") for mark in written[: len(written) - len(letter)])
        if letter and not letter.isascii():
            letter = SPACING.get(ord(letter), "\ufffd")
        if letter.isalpha():
            meaning = unicodedata.normalize("NFC", letter + marks)
        else:
            # A ring on nothing is the degree sign of "n° 4"; another mark on nothing is lost.
            meaning = ("°" if _RING in marks else "") + letter
        if len(self) < _CACHED:
            self[written] = meaning
        return meaning


_CACHED: Final = 4096
_CLUSTERS: Final = _Clusters()


def decode(data: bytes) -> str:
    """Turn ISO 5426 bytes into NFC text; bytes the set leaves free become U+FFFD."""
    parts = _CLUSTER.split(data.decode("latin-1"))
    parts[1::2] = map(_CLUSTERS.__getitem__, parts[1::2])
    return "".join(parts)


def encode(text: str) -> bytes:
    """Turn text into ISO 5426; raises UnwritableText for what the set cannot hold."""
    return bytes(_codes(unicodedata.normalize("NFD", text)))


def _codes(text: str) -> Iterator[int]:
    position = 0
    while position < len(text):
        letter = text[position]
        end = position + 1
        while end < len(text) and text[end] in _MARK_BYTES:
            end += 1
        for mark in text[position + 1 : end]:
            yield _MARK_BYTES[mark]
        yield from _letter(letter)
        if letter == "°" and text[end : end + 1].isalpha():
            yield 0x20
        position = end


def _letter(letter: str) -> bytes:
    if letter == "°":
        return b"\xca"
    if letter in _SPACING_BYTES:
        return bytes([_SPACING_BYTES[letter]])
    plain = _STAND_INS.get(letter, letter)
    if not plain.isascii():
        raise UnwritableText(letter)
    return plain.encode("ascii")
