"""Removes from text what software left in it: HTML, invisible characters, text encoded twice."""

import html
import re
import unicodedata
from typing import Final

from navette.catalogue.unimarc.marks import NON_SORTING_BEGIN, NON_SORTING_END

# A byte of clean UTF-8 text that is none of these needs no look at its characters.
_SUSPECT_BYTES: Final = bytes(
    [*range(0x1D), 0x7F, *b"&<", 0xC2, 0xCC, 0xCD, 0xE1, 0xE2, *range(0xE3, 0xF8)]
)
_SUSPECT_PAIRS: Final = (b"\xc3\x82", b"\xc3\x83", b"\xc3\x85")

_CONTINUATION: Final = "\x80-\xbf" + bytes(
    set(range(0x80, 0xA0)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}
).decode("cp1252")
# Only what French text can mean: accented letters, œ, typography; "FERMÉ\xa0»" must stay.
_TWICE: Final = re.compile(
    f"Ã[{_CONTINUATION}]|Â[\xa0-\xbf]|Å[\x92\x93’“]|â[\x80€][{_CONTINUATION}]|â(?:‚¬|\x82¬)"
)
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
_CODE_POINT: Final = re.compile(r"<U\+([0-9A-Fa-f]{4,5})>")
_TAG: Final = re.compile(
    r"</?(?:a|b|br|div|em|font|i|li|ol|p|span|strong|sub|sup|u|ul)"
    # Not \s: to it, the marks between fields and subfields are spaces.
    r"(?:[ \t\r\n][^<>\x1d-\x1f]*)?/?>",
    re.IGNORECASE,
)
# "n° 37" that a converter took for a ring on the following space.
_STRAY_RING: Final = "\u030a"
_MISPLACED_DEGREE: Final = re.compile(f"([ \\t\u00a0\\d.,;()\\[\\]]){_STRAY_RING}")
_SPACES: Final = dict.fromkeys(map(ord, "\t\n\v\f\r\x85\u2028\u2029"), " ")
_DROPPED: Final = dict.fromkeys(
    [*range(0x1D), *range(0x7F, 0xA0), *map(ord, "\xad\u200b\u200e\u200f\u2060\ufeff")]
)
# Control characters that were letters in cp1252 or, where that has none in French, on a Macintosh.
_MISREAD: Final = dict(
    zip(
        [0x80, 0x83, 0x85, 0x87, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, *range(0x91, 0x98), 0x99],
        "€É…áŒçéèê‘’“”•–—™",
        strict=True,
    )
)
_MARKS: Final = dict(zip([0x88, 0x89], NON_SORTING_BEGIN + NON_SORTING_END, strict=True))
_KEPT: Final = dict.fromkeys(map(ord, NON_SORTING_BEGIN + NON_SORTING_END))
_CHARACTERS: Final[dict[int, str | None]] = {
    code: meaning
    for code, meaning in {**_DROPPED, **_SPACES, **_MISREAD, **_MARKS}.items()
    if code not in _KEPT
}
_UNWANTED: Final = re.compile("[{}]".format("".join(map(re.escape, map(chr, _CHARACTERS)))))


def is_plain(body: bytes) -> bool:
    """Tell, from UTF-8 bytes and very fast, that there can be nothing to clean or to compose."""
    if len(body.translate(None, _SUSPECT_BYTES)) != len(body):
        return False
    one, two, three = _SUSPECT_PAIRS
    return one not in body and two not in body and three not in body


def clean(text: str) -> str:
    """Give the text without debris, non-sorting marks as U+0098 and U+009C."""
    if "Ã" in text or "Â" in text or "Å" in text or "â" in text:
        text = _TWICE.sub(_once, text)
    if "&" in text:
        text = _ENTITY.sub(_unescaped, text)
    if "<" in text:
        text = _TAG.sub("", _CODE_POINT.sub(_code_point, text))
    return text.translate(_CHARACTERS) if _UNWANTED.search(text) else text


def composed(text: str) -> str:
    """Give the text in the composed form of Unicode (NFC), degree signs set right."""
    if _STRAY_RING in text:
        text = _MISPLACED_DEGREE.sub(r"°\1", text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _once(match: re.Match[str]) -> str:
    written = match.group()
    try:
        return b"".join(map(_byte, written)).decode("utf-8")
    except UnicodeDecodeError:
        return written


def _byte(character: str) -> bytes:
    return character.encode("latin-1" if character <= "ÿ" else "cp1252")


def _unescaped(match: re.Match[str]) -> str:
    character = html.unescape(match.group())
    # The delimiters of ISO 2709 are never text.
    return " " if character in {"\x1d", "\x1e", "\x1f"} else character


def _code_point(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    character = chr(code)
    return character if character.isprintable() else ""
