"""Adapted reading ("lecture adaptée"): which of its kinds a publication is.

Codes decide where there are codes (105 and 106, 101, 127 by the kind, 181); else words, where
they describe the thing itself. A book *about* braille has the same words among its subjects: there
only a heading for a form of publication counts.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from navette.catalogue.unimarc.items import Said
from navette.catalogue.unimarc.parsed import Adapted, Kind
from navette.catalogue.unimarc.profiles import Profile
from navette.catalogue.unimarc.subfields import Fields, every, one, some

KINDS: Final[tuple[Adapted, ...]] = (
    "large_print",
    "audiobook",
    "daisy",
    "easy_to_read",
    "braille",
    "dyslexia",
    "sign_language",
)
# One of these words is in every record whose words tell more than its codes do.
_HINTS: Final = (
    "caract", "print", "corps ", "daisy", "facile", "falc", "easy", "brail", "tactile", "dys",
    "signe", "signé", "sign l", "lsf", "l.s.f", "vision", "audio", "sonore", "parlé", "enregistr",
)  # fmt: skip
_OF_THE_THING: Final[tuple[tuple[re.Pattern[str], Adapted], ...]] = (
    (
        re.compile(
            r"(?:gros|grands?|larges?)[ -]caract[èe]res?|\blarge[ -]print|\b(?:basse|large)[ -]vision\b|\bcorps (?:1[6-9]|2\d)\b",
            re.IGNORECASE,
        ),
        "large_print",
    ),
    (re.compile(r"\bdaisy\b", re.IGNORECASE), "daisy"),
    (
        re.compile(
            r"\bfalc\b|\bfaciles? [àa] lire\b|\blecture facile\b|\beasy[ -](?:to[ -])?read",
            re.IGNORECASE,
        ),
        "easy_to_read",
    ),
    (re.compile(r"\bbraille\b|\btexte tactile\b", re.IGNORECASE), "braille"),
    (
        re.compile(
            r"\bdys(?:lexi\w*)?\b|\bdys(?:cool|play|facile)\b|\bopen[ -]?dys\w*", re.IGNORECASE
        ),
        "dyslexia",
    ),
    (
        re.compile(
            r"\blangues? des signes\b|\bL\.?S\.?F\b|\bsign[ée]e? en langue|\bsign language",
            re.IGNORECASE,
        ),
        "sign_language",
    ),
)
_FORM: Final = r"(?:livres?|[ée]ditions?|ouvrages?|textes?|romans?|albums?|documents?|impressions?)"
_OF_A_HEADING: Final[tuple[tuple[re.Pattern[str], Adapted], ...]] = (
    (re.compile(r"gros caract[èe]res|large[ -](?:print|type) books", re.IGNORECASE), "large_print"),
    (
        re.compile(r"livres? (?:audio|sonores?|parlés?|enregistrés?)|audiobooks?", re.IGNORECASE),
        "audiobook",
    ),
    (re.compile(r"\bdaisy\b", re.IGNORECASE), "daisy"),
    (
        re.compile(rf"\bfalc\b|{_FORM} faciles? [àa] lire|^faciles? [àa] lire", re.IGNORECASE),
        "easy_to_read",
    ),
    (
        re.compile(rf"{_FORM} (?:en|pour aveugles en) braille|braille books", re.IGNORECASE),
        "braille",
    ),
    (
        re.compile(
            rf"{_FORM}[^.]{{0,25}}(?:dyslexi\w+|\bdys\b)|adapt\w+ (?:aux|pour les?) (?:dys\b|dyslexi)",
            re.IGNORECASE,
        ),
        "dyslexia",
    ),
    (
        re.compile(
            r"(?:films?|vid[ée]os?|livres?|albums?|contes?) (?:\w+ )?(?:en|signés en) langue des signes",
            re.IGNORECASE,
        ),
        "sign_language",
    ),
)
# Where the thing itself is described, and where words say what it is about.
_DESCRIPTIONS: Final[dict[str, frozenset[str]]] = {
    "205": frozenset("a"),
    "215": frozenset("ace"),
    "225": frozenset("aei"),
    "410": frozenset("t"),
    "608": frozenset("ax"),
}
_HEADINGS: Final[dict[str, frozenset[str]]] = {
    "606": frozenset("ax"),
    "608": frozenset("ax"),
    "610": frozenset("a"),
}
_SHELVES: Final = ("item_type", "section", "collection", "call_number")
_BY_KIND: Final[dict[Kind, Adapted]] = {"large_print": "large_print", "audiobook": "audiobook"}
# 106 $a: what the text is printed with; 181: what it is perceived by; 101: what it is said in.
_BY_106: Final[dict[str, Adapted]] = {"d": "large_print", "f": "braille"}
_TACTILE: Final = frozenset({"tct", "tcm", "tcn"})
_SIGNED: Final = frozenset({"sgn", "fsl", "vgt", "sfb"})


def read(
    fields: Fields, media: str, kind: Kind, said: Sequence[Said], profile: Profile
) -> tuple[Adapted, ...]:
    """Give the kinds of adapted reading, in the order of KINDS; `media` is 200 $b."""
    found: list[Adapted] = []
    if kind in _BY_KIND:
        found.append(_BY_KIND[kind])
    if media:
        found += _in_words(media)
    for tag in _PLACES:
        if tag in fields:
            for field in fields[tag]:
                if kinds := _in_field(tag, field):
                    found += kinds
    for item in said:
        found += _on_the_shelf(item, profile)
    return tuple([kind for kind in KINDS if kind in found]) if found else _NONE


_NONE: Final[tuple[Adapted, ...]] = ()


def _on_the_shelf(item: Said, profile: Profile) -> list[Adapted]:
    found: list[Adapted] = []
    for name in _SHELVES:
        if name in item:
            text = item[name]
            if kinds := _in_words(text):
                found += kinds
            if text in profile.adapted:
                found.append(profile.adapted[text])
    return found


@lru_cache(maxsize=1 << 13)
def _in_field(tag: str, field: str) -> tuple[Adapted, ...]:
    """Look into one field; the same codes, series and subjects come again and again."""
    if tag in _CODES:
        return _CODES[tag](field)
    if not _hints(field):
        return ()
    found: list[Adapted] = []
    if tag in _DESCRIPTIONS:
        found += [k for text in some(field, _DESCRIPTIONS[tag]) for k in _in_words(text)]
    if tag in _HEADINGS:
        texts = some(field, _HEADINGS[tag])
        found += [kind for pattern, kind in _OF_A_HEADING if any(map(pattern.search, texts))]
    return tuple(found)


@lru_cache(maxsize=1 << 12)
def _in_words(text: str) -> tuple[Adapted, ...]:
    if not _hints(text):
        return ()
    return tuple(kind for pattern, kind in _OF_THE_THING if pattern.search(text))


def _hints(text: str) -> bool:
    lowered = text.lower()
    return any(map(lowered.__contains__, _HINTS))


def _printed(field: str) -> tuple[Adapted, ...]:
    code = one(field, "a")[:1]
    return (_BY_106[code],) if code in _BY_106 else ()


def _spoken(field: str) -> tuple[Adapted, ...]:
    return () if _SIGNED.isdisjoint(every(field, "a")) else ("sign_language",)


def _perceived(field: str) -> tuple[Adapted, ...]:
    """Tell text for the fingers: the code of RDA, or form "i" with a "d" among the senses."""
    if not _TACTILE.isdisjoint(every(field, "c")):
        return ("braille",)
    forms, senses = every(field, "a"), every(field, "b")
    signed = any(f[:1] == "i" and "d" in s[3:6] for f, s in zip(forms, senses, strict=False))
    return ("braille",) if signed else ()


_CODES: Final[dict[str, Callable[[str], tuple[Adapted, ...]]]] = {
    "101": _spoken,
    "106": _printed,
    "181": _perceived,
}
_PLACES: Final = tuple(dict.fromkeys((*_CODES, *_DESCRIPTIONS, *_HEADINGS)))
