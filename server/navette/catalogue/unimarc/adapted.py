"""Adapted reading ("lecture adaptée"): which of its kinds a publication is.

Codes decide where there are codes (105 and 106, 101, 127 by the kind, 181); else words, where
they describe the thing itself. A book *about* braille has the same words among its subjects: there
only a heading for a form of publication counts.
"""

import re
from collections.abc import Iterable
from typing import Final

from navette.catalogue.unimarc.items import Said
from navette.catalogue.unimarc.parsed import Adapted, Kind
from navette.catalogue.unimarc.profiles import Profile
from navette.catalogue.unimarc.subfields import Fields, all_of, first

KINDS: Final[tuple[Adapted, ...]] = (
    "large_print",
    "audiobook",
    "daisy",
    "easy_to_read",
    "braille",
    "dyslexia",
    "sign_language",
)
# One of these words is in every record that says more than its codes do.
_HINTS: Final = (
    "caract", "print", "corps ", "daisy", "facile", "falc", "easy", "brail", "tactile", "dys",
    "signe", "signé", "sign l", "lsf", "l.s.f",
)  # fmt: skip
_OF_THE_THING: Final[tuple[tuple[re.Pattern[str], Adapted], ...]] = (
    (
        re.compile(
            r"(?:gros|grands?|larges?)[ -]caract[èe]res?|\blarge[ -]print|\bcorps (?:1[6-9]|2\d)\b",
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
_DESCRIPTIONS: Final = (
    ("200", "b"), ("205", "a"), ("215", "a"), ("215", "c"), ("215", "e"), ("225", "a"),
    ("225", "i"), ("410", "t"), ("608", "a"), ("608", "x"),
)  # fmt: skip
_HEADINGS: Final = (("606", "a"), ("606", "x"), ("610", "a"))
_SHELVES: Final = ("item_type", "section", "collection", "call_number")
_BY_KIND: Final[dict[Kind, Adapted]] = {"large_print": "large_print", "audiobook": "audiobook"}
# 106 $a: what the text is printed with; 181: what it is perceived by; 101: what it is said in.
_BY_106: Final[dict[str, Adapted]] = {"d": "large_print", "f": "braille"}
_TACTILE: Final = frozenset({"tct", "tcm", "tcn"})
_SIGNED: Final = frozenset({"sgn", "fsl", "vgt", "sfb"})


def read(
    text: str, fields: Fields, kind: Kind, said: Iterable[Said], profile: Profile
) -> tuple[Adapted, ...]:
    """Give the kinds of adapted reading, in the order of KINDS; `text` is all of the record."""
    found = _coded(fields, kind)
    if profile.adapted:
        found += [
            profile.adapted[code]
            for item in said
            for name in _SHELVES
            if (code := item.get(name, "")) in profile.adapted
        ]
    lowered = text.lower()
    if any(hint in lowered for hint in _HINTS):
        found += _worded(fields, said)
    if not found:
        return ()
    return tuple(kind for kind in KINDS if kind in found)


def _coded(fields: Fields, kind: Kind) -> list[Adapted]:
    found: list[Adapted] = []
    if kind in _BY_KIND:
        found.append(_BY_KIND[kind])
    if "106" in fields and (code := first(fields, "106", "a")[:1]) in _BY_106:
        found.append(_BY_106[code])
    if "181" in fields and _is_tactile(fields):
        found.append("braille")
    if "101" in fields and not _SIGNED.isdisjoint(all_of(fields, "101", "a")):
        found.append("sign_language")
    return found


def _is_tactile(fields: Fields) -> bool:
    """Tell text for the fingers: the code of RDA, or form "i" with a "d" among the senses."""
    if not _TACTILE.isdisjoint(all_of(fields, "181", "c")):
        return True
    forms, senses = all_of(fields, "181", "a"), all_of(fields, "181", "b")
    return any(f[:1] == "i" and "d" in s[3:6] for f, s in zip(forms, senses, strict=False))


def _worded(fields: Fields, said: Iterable[Said]) -> list[Adapted]:
    things = [text for tag, code in _DESCRIPTIONS for text in all_of(fields, tag, code)]
    things += [item[name] for item in said for name in _SHELVES if name in item]
    headings = [text for tag, code in _HEADINGS for text in all_of(fields, tag, code)]
    return [
        kind
        for patterns, texts in ((_OF_THE_THING, things), (_OF_A_HEADING, headings))
        for pattern, kind in patterns
        if any(map(pattern.search, texts))
    ]
