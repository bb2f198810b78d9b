"""Decides how the bytes of a record are to be read, whatever it declares, and gives NFC text."""

import re
import unicodedata
from string import ascii_letters
from typing import Final, Literal, NamedTuple

from navette.catalogue.unimarc import iso5426, marc8, marc21
from navette.catalogue.unimarc.cleaning import clean, composed, is_plain
from navette.catalogue.unimarc.iso2709 import RawRecord
from navette.catalogue.unimarc.limits import FIELD_END, SUBFIELD
from navette.catalogue.unimarc.marks import NON_SORTING_BEGIN, NON_SORTING_END

Charset = Literal["ascii", "utf-8", "damaged utf-8", "iso5426", "marc8", "cp1252"]

_SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_HIGH: Final = re.compile(rb"[\x80-\xff]")


def _marked_letters() -> bytes:
    """Give a pattern of the marks of ISO 5426, each before a letter that can bear it.

    Some begin a French word in Latin-1 (Âme, Âne, Ça, École, Éhonté): these count inside words.
    """
    found = []
    for code, mark in iso5426.MARKS.items():
        bearing = {
            letter
            for letter in ascii_letters
            if len(unicodedata.normalize("NFC", letter + mark)) == 1
        }
        doubtful = bearing.intersection(_AFTER_A_CAPITAL.get(code, ""))
        for letters, where in ((bearing - doubtful, b""), (doubtful, _INSIDE_A_WORD)):
            if letters:
                some = "".join(sorted(letters)).encode()
                found.append(re.escape(bytes([code])) + b"[" + some + b"]" + where)
    return b"|".join(found)


# Looks back over the mark and its letter; the code of a subfield is no letter of a word.
_INSIDE_A_WORD: Final = rb"(?<=[A-Za-z]..)(?<!\x1f[a-z]..)"
_CONSONANTS: Final = "".join(set(ascii_letters) - set("aeiouyAEIOUY"))
_AFTER_A_CAPITAL: Final = {
    0xC2: _CONSONANTS,
    0xC7: "aA",
    0xC8: _CONSONANTS + "aeiouy",
    0xC9: _CONSONANTS + "aeiouy",
}
_MARKED_LETTER: Final = re.compile(_marked_letters() + rb"|[\xea\xfa](?=[a-zA-Z])", re.DOTALL)
_MARK_BYTES: Final = bytes(range(0xC0, 0xE0))
_USUAL_LETTERS: Final = (b"\xc2e", b"\xc1e", b"\xd0c", b"\xc1a")
# A mark before anything else is a capital letter of Latin-1. The ring on nothing is a degree sign.
_MARK: Final = re.compile(rb"[\xc0-\xc9\xcb-\xdf](?=[\x00-\x7f])|\xca(?=[A-Za-z])")
# What French text in Latin-1 has and text in ISO 5426 has not, or nearly not.
_LATIN_LETTERS: Final = bytes(
    code for code in range(0xE0, 0x100) if code not in {0xE1, 0xE6, 0xEC, 0xF1, 0xF8, 0xF9, 0xFA}
)
_CONTINUING, _LEADING = range(0x80, 0xC0), range(0xC2, 0xF0)
_ROLES: Final = bytes(
    ord("C" if code in _CONTINUING else "L" if code in _LEADING else ".") for code in range(256)
)
_NON_SORTING: Final = re.compile(rb"\x88[^\x1e\x1f\x88]*\x89")
_ANSEL_LETTER: Final = re.compile(
    rb"[\xe1-\xe3\xe8][aeiouyAEIOUY]|\xe4[nNaoAO]|\xf0[cC]|[\xa1\xa5\xa6\xb1\xb2\xb5\xb6](?=[a-z])"
)
ESCAPE: Final = b"\x1b"
_BAD_BYTE: Final = re.compile("[\udc80-\udcff]")
_ISO_5426: Final = "03"

_CP1252: Final[dict[int, str]] = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_CP1252_MARKED: Final = _CP1252 | {0x88: NON_SORTING_BEGIN, 0x89: NON_SORTING_END}


class Decoded(NamedTuple):
    """The text of a record's fields, the charset that was found, and whether it was repaired."""

    text: str
    charset: Charset
    repaired: bool


def decode_record(raw: RawRecord) -> Decoded:
    """Turn the bytes of a record into text, fields parted by U+001E as they were."""
    try:
        text = raw.body.decode("utf-8")
    except UnicodeDecodeError:
        if marc21.is_marc21(raw.tags):
            return _from_marc8(raw.body, declares=raw.leader[9:10] != "a")
        return _from_eight_bits(raw.body, _declared(raw))
    # Seven bits with escape sequences are right UTF-8, and yet Cyrillic.
    if ESCAPE in raw.body and marc21.is_marc21(raw.tags):
        return _from_marc8(raw.body, declares=raw.leader[9:10] != "a")
    return _from_utf8(raw.body, text)


def decode(body: bytes, declared: str = "") -> Decoded:
    """Turn the bytes of all fields into clean NFC text; `declared` is 100$a/26-29. Never raises.

    Bytes win over the declaration, which lies: what is valid UTF-8 is UTF-8; the declaration
    only settles what is as likely ISO 5426 as Latin-1.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _from_eight_bits(body, declared)
    return _from_utf8(body, text)


def _from_utf8(body: bytes, text: str) -> Decoded:
    if is_plain(body):
        return Decoded(text, "utf-8", False)
    cleaned = composed(clean(text))
    return Decoded(cleaned, "utf-8", cleaned != text)


def _from_eight_bits(body: bytes, declared: str) -> Decoded:
    declares = _ISO_5426 in {declared[:2], declared[2:4]}
    if _is_mostly_utf8(body):
        text = _BAD_BYTE.sub(_from_cp1252, body.decode("utf-8", "surrogateescape"))
        return Decoded(composed(clean(text)), "damaged utf-8", True)
    if _speaks_5426(body, declares=declares):
        text = iso5426.decode(body)
        cleaned = clean(text)
        return Decoded(cleaned, "iso5426", cleaned != text or not declares)
    table = _CP1252_MARKED if _NON_SORTING.search(body) else _CP1252
    return Decoded(composed(clean(body.decode("latin-1").translate(table))), "cp1252", True)


def _from_marc8(body: bytes, *, declares: bool) -> Decoded:
    """Read what MARC 21 has besides UTF-8; leader/09 lies as 100$a does."""
    if _is_mostly_utf8(body):
        return _from_eight_bits(body, "")
    latin = len(body) - len(body.translate(None, _LATIN_LETTERS))
    # A mark of ANSEL and its vowel are two bytes of which the first is a letter of Latin-1 too.
    marked = len(_ANSEL_LETTER.findall(body))
    if marked * 2 > latin or (declares and marked == latin) or ESCAPE in body:
        text = marc8.decode(body)
        cleaned = composed(clean(text))
        return Decoded(cleaned, "marc8", cleaned != text or not declares)
    return Decoded(composed(clean(body.decode("latin-1").translate(_CP1252))), "cp1252", True)


def _declared(raw: RawRecord) -> str:
    if "100" not in raw.tags:
        return ""
    general = raw.body.split(FIELD_END)[raw.tags.index("100")].partition(SUBFIELD + b"a")[2]
    return general[26:30].decode("latin-1")


def _is_mostly_utf8(body: bytes) -> bool:
    # The quick look first: is there a leading byte right before a continuing one?
    if b"LC" not in body.translate(_ROLES):
        return False
    return sum(map(len, _SEQUENCE.findall(body))) * 2 > len(_HIGH.findall(body))


def _speaks_5426(body: bytes, *, declares: bool) -> bool:
    """Weigh marks that precede a letter against the accented letters of Latin-1."""
    latin = len(body) - len(body.translate(None, _LATIN_LETTERS))
    marks = len(body) - len(body.translate(None, _MARK_BYTES))
    # The quick look first: when these alone outnumber all that could speak against them.
    if 2 * sum(map(body.count, _USUAL_LETTERS)) > latin + marks:
        return True
    marked = len(_MARKED_LETTER.findall(body))
    latin += max(len(_MARK.findall(body)) - marked, 0)
    return marked >= latin if declares else marked > latin


def _from_cp1252(match: re.Match[str]) -> str:
    code = ord(match.group()) - 0xDC00
    return _CP1252.get(code, chr(code))
