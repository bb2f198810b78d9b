"""MARC-8, the character set of older MARC 21 records: ANSEL, and other sets by escape sequences.

As in ISO 5426 a mark precedes its letter, but at other codes. Sets beyond Latin are read with the
tables of pymarc, which are loaded only when a record asks for one.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final

from navette.catalogue.unimarc.limits import FIELD_END, SUBFIELD
from navette.catalogue.unimarc.marks import NON_SORTING_BEGIN, NON_SORTING_END

ESCAPE: Final = 0x1B
# The set that stands at 00-7F at the start of every field, and the one at 80-FF.
_ASCII, _ANSEL, _EAST_ASIAN = 0x42, 0x45, 0x31
_TO_G0, _TO_G1 = b"(,", b")-"
_BACK: Final = 0x73
_SINGLE: Final = b"gbp"
_EACC_WIDTH: Final = 3
_SPACE: Final = 0x20

SPACING: Final[dict[int, str]] = {
    0x88: NON_SORTING_BEGIN,
    0x89: NON_SORTING_END,
    0x8D: "\u200d",
    0x8E: "\u200c",
    **dict(zip(range(0xA1, 0xAF), "ŁØĐÞÆŒʹ·♭®±ƠƯʼ", strict=True)),
    **dict(zip(range(0xB0, 0xBE), "ʻłøđþæœʺı£ðXơư", strict=True)),
    **dict(zip(range(0xC0, 0xC9), "°ℓ℗©♯¿¡ß€", strict=True)),
}
del SPACING[0xBB]
MARKS: Final[dict[int, str]] = dict(
    zip(
        range(0xE0, 0xFF),
        "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030c\u030a\ufe20\ufe21\u0315\u030b"
        "\u0310\u0327\u0328\u0323\u0324\u0325\u0333\u0332\u0326\u031c\u032e\ufe22\ufe23\u0000\u0000"
        "\u0313",
        strict=True,
    )
)
for _free in (0xFC, 0xFD):
    del MARKS[_free]


def decode(data: bytes) -> str:
    """Turn the bytes of all fields into NFC text; what no set holds becomes U+FFFD.

    Every subfield begins with the usual sets again, whatever an unfinished one before it asked.
    """
    if ESCAPE not in data and data.isascii():
        return data.decode("ascii")
    made = [
        SUBFIELD.decode().join(_text(part) for part in field.split(SUBFIELD))
        for field in data.split(FIELD_END)
    ]
    return FIELD_END.decode().join(made)


def _text(data: bytes) -> str:
    low, high = _ASCII, _ANSEL
    letters: list[str] = []
    waiting = ""
    at = 0
    while at < len(data):
        code = data[at]
        if code == ESCAPE:
            low, high, at = _designated(data, at, low, high)
            continue
        if low == _EAST_ASIAN and 0x21 <= code < 0x7F:  # noqa: PLR2004 - the printable half
            letter, is_mark = _other(low, int.from_bytes(data[at : at + _EACC_WIDTH], "big"))
            at += _EACC_WIDTH
        else:
            letter, is_mark = _letter(code, low if code < 0x80 else high)  # noqa: PLR2004 - G0, G1
            at += 1
        if is_mark:
            waiting += letter
        else:
            letters += (letter, waiting)
            waiting = ""
    return unicodedata.normalize("NFC", "".join(letters))


def _designated(data: bytes, at: int, low: int, high: int) -> tuple[int, int, int]:
    """Follow one escape sequence; one that is unknown or cut is passed over."""
    kind = data[at + 1 : at + 2]
    if kind and kind in _SINGLE:
        return kind[0], high, at + 2
    if kind == bytes([_BACK]):
        return _ASCII, high, at + 2
    wide = kind == b"$"
    at += 2 if wide else 1
    place = data[at : at + 1]
    if place and place in _TO_G0 + _TO_G1:
        at += 1
    elif not wide:
        return low, high, at
    # "!E" is ANSEL written in full.
    at += data[at : at + 1] == b"!"
    if at >= len(data):
        return low, high, at
    chosen = data[at]
    return (low, chosen, at + 1) if place and place in _TO_G1 else (chosen, high, at + 1)


def _letter(code: int, chosen: int) -> tuple[str, bool]:
    if code < 0x20 or (chosen == _ASCII and code < 0x80):  # noqa: PLR2004 - ASCII and its controls
        return chr(code), False
    if chosen == _ANSEL:
        code |= 0x80
        if code in MARKS:
            return MARKS[code], True
        return SPACING.get(code, "\ufffd"), False
    return _other(chosen, code)


def _other(chosen: int, code: int) -> tuple[str, bool]:
    if code == _SPACE:
        return " ", False
    table = _tables().get(chosen, {})
    found = table.get(code) or table.get(code ^ 0x80)
    return (chr(found[0]), bool(found[1])) if found else ("\ufffd", False)


@cache
def _tables() -> Mapping[int, Mapping[int, tuple[int, int]]]:
    """Load the tables of Cyrillic, Arabic, Hebrew, Greek and East Asian: fifteen thousand codes."""
    tables: Mapping[int, Mapping[int, tuple[int, int]]] = import_module(
        "pymarc.marc8_mapping"
    ).CODESETS
    return tables
