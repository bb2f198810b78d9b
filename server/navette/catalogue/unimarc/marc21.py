"""MARC 21 read as UNIMARC: each field under the tag and codes that the rest of this folder reads.

Fields of items (952, 852, 9xx) stay under their own tags: the source's profile says which they
are. The record itself is kept as it came.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from navette.catalogue.unimarc.marks import NON_SORTING_BEGIN, NON_SORTING_END
from navette.catalogue.unimarc.subfields import Fields, every, one, pairs

_TITLE, _UNIMARC_TITLE = "245", "200"
_SERIES: Final = "225"
_FIRST_LOCAL: Final = "900"
# The letter of leader/06 where UNIMARC has another: electronic resources, manuscripts, kits.
_KINDS: Final = {"m": "l", "t": "b", "o": "m", "p": "b"}
_AUDIENCES: Final = {"a": "b", "b": "c", "c": "d", "d": "e", "e": "m", "f": "k", "g": "u", "j": "a"}
_PRINTED: Final = {"d": "d", "f": "f"}
_TACTILE, _LARGE_PRINT = "f", "tb"
_ISBD: Final = " /:;,="
_ABBREVIATED: Final = frozenset({"250", "300"})
_QUALIFIER: Final = re.compile(r"\s*[(\[].*$")
# tag -> (tag, code -> code), for what needs no more than other names.
_PLAIN: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "022": ("011", {"a": "a"}),
    "082": ("676", {"a": "a"}),
    "130": ("500", {"a": "a"}),
    "240": ("500", {"a": "a"}),
    "246": ("517", {"a": "a"}),
    "250": ("205", {"a": "a"}),
    "260": ("210", {"a": "a", "b": "c", "c": "d"}),
    "264": ("214", {"a": "a", "b": "c", "c": "d"}),
    "300": ("215", {"a": "a", "b": "c", "c": "d", "e": "e"}),
    "336": ("181", {"b": "c"}),
    "337": ("182", {"b": "c"}),
    "338": ("183", {"b": "c"}),
    "440": ("225", {"a": "a", "v": "v"}),
    "490": ("225", {"a": "a", "v": "v"}),
    "505": ("327", {"a": "a", "t": "a"}),
    "520": ("330", {"a": "a"}),
    "521": ("333", {"a": "a"}),
    "600": ("600", {"a": "a", "t": "t", "x": "x", "v": "x", "y": "z", "z": "y"}),
    "610": ("601", {"a": "a", "b": "b", "t": "t", "x": "x", "v": "x", "y": "z", "z": "y"}),
    "611": ("602", {"a": "a", "x": "x", "v": "x", "y": "z", "z": "y"}),
    "630": ("605", {"a": "a", "x": "x", "v": "x", "y": "z", "z": "y"}),
    "650": ("606", {"a": "a", "x": "x", "v": "x", "y": "z", "z": "y"}),
    "651": ("607", {"a": "a", "x": "x", "v": "x", "y": "z", "z": "y"}),
    "653": ("610", {"a": "a"}),
    "655": ("608", {"a": "a", "x": "x", "v": "x"}),
    "773": ("463", {"t": "t", "g": "v"}),
    "800": ("461", {"t": "t", "v": "v"}),
    "830": ("410", {"a": "t", "v": "v"}),
    "856": ("856", {"u": "u", "y": "y", "z": "z"}),
}
_PEOPLE: Final = {
    "100": "700", "110": "710", "111": "711", "700": "702", "710": "712", "711": "712",
}  # fmt: skip
_ROLE_CODES: Final = {
    "act": "005", "adp": "010", "arr": "030", "art": "040", "aut": "070", "aui": "080",
    "cmp": "230", "cnd": "250", "com": "220", "drt": "300", "edt": "340", "fmd": "300",
    "ill": "440", "lbt": "480", "lyr": "520", "mus": "545", "nrt": "550", "pht": "600",
    "prf": "590", "pro": "630", "sng": "721", "trl": "730", "voc": "721",
}  # fmt: skip
_ROLE_WORDS: Final = {
    "acteur": "act", "actor": "act", "adapt": "adp", "auteur": "aut", "author": "aut",
    "compos": "cmp", "director": "drt", "réalis": "drt", "édit": "edt", "editor": "edt",
    "illust": "ill", "narrat": "nrt", "lu par": "nrt", "photo": "pht", "interpr": "prf",
    "perform": "prf", "sing": "sng", "chant": "sng", "trad": "trl", "transl": "trl",
    "scén": "art", "préf": "aui",
}  # fmt: skip


def is_marc21(tags: Sequence[str]) -> bool:
    """Tell MARC 21 by its title: each format leaves the other's tag of the title free."""
    return _TITLE in tags and _UNIMARC_TITLE not in tags


def as_unimarc(leader: str, fields: Fields, item_tags: Sequence[str]) -> tuple[str, Fields]:
    """Give the leader and the fields of the same record in UNIMARC; `item_tags` stay as they are."""
    kind = leader[6:7]
    found: Fields = {tag: list(fields[tag]) for tag in ("001", "003", "005") if tag in fields}
    for tag, written in fields.items():
        if tag in item_tags or tag >= _FIRST_LOCAL:
            found[tag] = list(written)
        elif tag in _PLAIN:
            to, codes = _PLAIN[tag]
            found.setdefault(to, []).extend(_renamed(field, tag, to, codes) for field in written)
        elif tag in _PEOPLE:
            found.setdefault(_PEOPLE[tag], []).extend(map(_responsible, written))
    found["200"] = [_title(field) for field in fields[_TITLE]]
    found["010"] = [f"  \x1f{code}{isbn}" for code, isbn in _isbns(fields)]
    _numbers(fields, found)
    _coded(kind, fields, found)
    return f"{leader[:6]}{_KINDS.get(kind, kind)}{leader[7:]}", found


def _renamed(field: str, tag: str, to: str, codes: Mapping[str, str]) -> str:
    made = [f"\x1f{codes[code]}{_bare(text, tag)}" for code, text in pairs(field) if code in codes]
    # "Traced" is not "the author's own series", which the first indicator of 225 says.
    return ("2 " if to == _SERIES else field[:2] or "  ") + "".join(made)


def _bare(text: str, tag: str) -> str:
    """Drop the punctuation of ISBD that MARC 21 writes between subfields."""
    if tag in {"505", "520", "521", "856"}:
        return text
    if tag == "082":
        # The slash says where the number may be cut.
        return text.replace("/", "")
    text = text.rstrip(_ISBD)
    if tag in _ABBREVIATED or text.endswith("etc."):
        return text
    return text[:-1] if text.endswith(".") and text[-3:-1].islower() else text


def _title(field: str) -> str:
    made = [field[:1] or "1", " "]
    skipped = int(field[1:2]) if field[1:2].isdecimal() else 0
    for code, text in pairs(field):
        bare = _bare(text, _TITLE)
        if code == "a":
            made.append("\x1fa" + _with_marks(bare, skipped))
        elif code in _TITLE_CODES:
            made.append(f"\x1f{_TITLE_CODES[code]}{bare.strip('[]')}")
    return "".join(made)


_TITLE_CODES: Final = {"b": "e", "c": "f", "n": "h", "p": "i", "h": "b"}


def _with_marks(title: str, skipped: int) -> str:
    if not 0 < skipped < len(title):
        return title
    return f"{NON_SORTING_BEGIN}{title[:skipped]}{NON_SORTING_END}{title[skipped:]}"


def _responsible(field: str) -> str:
    """Name a person "Hugo, Victor," and say the role in UNIMARC's code."""
    name = _bare(one(field, "a"), "100")
    role = _role(field)
    return f"{field[:2]}\x1fa{name}" + (f"\x1f4{role}" if role else "")


def _role(field: str) -> str:
    for code in every(field, "4"):
        if code in _ROLE_CODES:
            return _ROLE_CODES[code]
    for term in every(field, "e"):
        lowered = term.lower()
        for word, code in _ROLE_WORDS.items():
            if word in lowered:
                return _ROLE_CODES[code]
    return ""


def _isbns(fields: Fields) -> list[tuple[str, str]]:
    """Give the numbers of 020, each with its code: "z" is one that was cancelled."""
    return [
        (code, _QUALIFIER.sub("", text))
        for field in fields.get("020", ())
        for code, text in pairs(field)
        if code in {"a", "z"}
    ]


def _numbers(fields: Fields, found: Fields) -> None:
    for field in fields.get("024", ()):
        # First indicator 3 is EAN, 1 is UPC, 2 is ISMN: all bar codes.
        if field[:1] in {"1", "2", "3"} and (number := one(field, "a")):
            found.setdefault("073", []).append(f"  \x1fa{_QUALIFIER.sub('', number)}")


def _coded(kind: str, fields: Fields, found: Fields) -> None:
    """Make 100, 101 and 106 of the coded fields 008, 007 and 041."""
    said = (fields.get("008") or [""])[0].ljust(40)
    audience = _AUDIENCES.get(said[22], "u") if kind in _WITH_AUDIENCE else "u"
    century = "19" if said[:2] > _TURN else "20"
    found["100"] = [f"  \x1fa{century}{said[:6]}d{said[7:11]}    {audience}  y0frey50      ba"]
    languages = _languages(fields, "a") or ([said[35:38]] if said[35:38].isalpha() else [])
    said_in = [("a", languages), ("c", _languages(fields, "h")), ("j", _languages(fields, "j"))]
    if any(codes for _, codes in said_in):
        found["101"] = [
            "  " + "".join(f"\x1f{place}{code}" for place, codes in said_in for code in codes)
        ]
    form = said[29] if kind in _FORM_AT_29 else said[23]
    carrier = (fields.get("007") or [""])[0][:2]
    if printed := _printed(form, carrier):
        found["106"] = [f"  \x1fa{printed}"]


_WITH_AUDIENCE: Final = frozenset("acdgijkmort")
_FORM_AT_29: Final = frozenset("efgkor")
_TURN: Final = "60"


def _languages(fields: Fields, code: str) -> list[str]:
    """Give the codes of 041, of which older records write several in one subfield."""
    return [
        text.lower()[at : at + 3]
        for field in fields.get("041", ())
        for text in every(field, code)
        for at in range(0, len(text), 3)
    ]


def _printed(form: str, carrier: str) -> str:
    if carrier[:1] == _TACTILE:
        return "f"
    return "d" if carrier == _LARGE_PRINT else _PRINTED.get(form, "")
