"""Names of people and bodies: natural order, family name, role."""

import re
from functools import lru_cache
from typing import Final

from navette.catalogue.unimarc.parsed import Author
from navette.catalogue.unimarc.subfields import Fields, one

ROLES: Final[dict[str, str]] = {
    "005": "actor",
    "010": "adapter",
    "030": "arranger",
    "040": "artist",
    "070": "author",
    "072": "author",
    "080": "preface",
    "090": "author",
    "205": "collaborator",
    "212": "commentator",
    "220": "compiler",
    "230": "composer",
    "250": "conductor",
    "300": "director",
    "340": "editor",
    "410": "artist",
    "440": "illustrator",
    "480": "lyricist",
    "545": "performer",
    "550": "reader",
    "590": "performer",
    "600": "photographer",
    "630": "producer",
    "651": "editor",
    "690": "screenwriter",
    "721": "performer",
    "730": "translator",
}
_PEOPLE: Final = ("700", "701", "702")
_BODIES: Final = ("710", "711", "712")
_SECONDARY: Final = frozenset({"702", "712"})
_WORD: Final = re.compile(r"[^\W\d_]+")
_BRACKETS: Final = re.compile(r"\s*[(\[].*?[)\]]")


def read(fields: Fields) -> tuple[Author, ...]:
    """Give those responsible in the order of the record, people first, each name once."""
    found: dict[str, Author] = {}
    for tag in _PEOPLE:
        if tag not in fields:
            continue
        for field in fields[tag]:
            author = _person(field, tag)
            name = author[0]
            if name and name not in found:
                found[name] = author
    for tag in _BODIES:
        for field in fields.get(tag, ()):
            if name := one(field, "a"):
                found.setdefault(name, Author(name, _role(field, tag), name))
    return tuple(found.values())


@lru_cache(maxsize=1 << 13)
def _person(field: str, tag: str) -> Author:
    family, given = one(field, "a"), one(field, "b")
    if not given and ", " in family:
        family, _, given = family.partition(", ")
    family = family.strip(" ,;[]")
    if family[2:] and family.isupper():
        family = family.capitalize() if family.isalpha() else _WORD.sub(_capitalised, family)
    given = given.strip(" ,;[]")
    if "(" in given or "[" in given:
        given = _BRACKETS.sub("", given)
    return Author(f"{given} {family}" if given else family, _role(field, tag), family)


def _capitalised(match: re.Match[str]) -> str:
    return match.group().capitalize()


def _role(field: str, tag: str) -> str:
    code = one(field, "4")
    if code:
        return ROLES.get(code, "other")
    return "other" if tag in _SECONDARY else "author"
