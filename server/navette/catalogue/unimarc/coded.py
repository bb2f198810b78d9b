"""Year, publisher, extent, languages, audience, subjects, notes and links of a record."""

import re
from typing import Final

from navette.catalogue.unimarc.parsed import Audience, Link
from navette.catalogue.unimarc.subfields import Fields, all_of, every, first, one, some

_YEAR: Final = re.compile(r"(?<!\d)(1[4-9]\d\d|20[0-4]\d)(?!\d)")
_AGE: Final = re.compile(r"(?:partir de|dès|de)\s+(\d{1,2})", re.IGNORECASE)
_CODE: Final = re.compile(r"[a-z]{3}")
_BY_CODE: Final[dict[str, Audience]] = {
    "a": "child",
    "b": "child",
    "c": "child",
    "d": "child",
    "e": "young",
    "k": "adult",
    "m": "adult",
}
_YOUNG_FROM: Final = 12
_ADULT_FROM: Final = 18
_SUBJECTS: Final = ("600", "601", "602", "604", "605", "606", "607", "610")
_SUBJECT_CODES: Final = frozenset("abtxyz")


def year(fields: Fields) -> int | None:
    """Give the year of publication: 214 or 210, else 100$a."""
    for tag in ("214", "210"):
        for field in fields.get(tag, ()):
            if match := _YEAR.search(one(field, "d")):
                return int(match[1])
    match = _YEAR.fullmatch(first(fields, "100", "a")[9:13])
    return int(match[1]) if match else None


def publisher(fields: Fields) -> str:
    """Give the first publisher."""
    return first(fields, "214", "c") or first(fields, "210", "c")


def place(fields: Fields) -> str:
    """Give the first place of publication."""
    return (first(fields, "214", "a") or first(fields, "210", "a")).strip("[] ")


def extent(fields: Fields) -> str:
    """Give pages, illustrations and size as one line, or running time, or number of discs."""
    found = fields.get("215")
    if not found:
        return ""
    field = found[0]
    return " ; ".join(filter(None, (one(field, "a"), one(field, "c"), one(field, "d"))))


def languages(fields: Fields) -> tuple[str, ...]:
    """Give the codes of the languages of the text."""
    codes = all_of(fields, "101", "a")
    if len(codes) == 1 and _CODE.fullmatch(codes[0]):
        return (codes[0],)
    return tuple(dict.fromkeys(_CODE.findall(" ".join(codes).lower())))


def audience(fields: Fields, from_items: Audience) -> Audience:
    """Tell for whom: 333 and 100$a/17-19 are about the document, the items about its shelf."""
    for note in all_of(fields, "333", "a"):
        if match := _AGE.search(note):
            age = int(match[1])
            return "child" if age < _YOUNG_FROM else "young" if age < _ADULT_FROM else "adult"
    coded = [_BY_CODE[code] for code in first(fields, "100", "a")[17:20] if code in _BY_CODE]
    if coded:
        # From nine to fourteen ("d") with "e" beside it is for the older ones.
        return "young" if "young" in coded else coded[0]
    return from_items


def subjects(fields: Fields) -> tuple[str, ...]:
    """Give the subject headings, their subdivisions joined with a dash."""
    found: dict[str, None] = {}
    for tag in _SUBJECTS:
        for field in fields.get(tag, ()):
            texts = some(field, _SUBJECT_CODES)
            if tag == "600" and len(texts) > 1 and "\x1fb" in field:
                texts[:2] = [f"{texts[0].rstrip(' ,')}, {texts[1]}"]
            if texts:
                found[" -- ".join(texts)] = None
    return tuple(found)


def genres(fields: Fields) -> tuple[str, ...]:
    """Give the forms and genres of 608."""
    return tuple(dict.fromkeys(all_of(fields, "608", "a")))


def dewey(fields: Fields) -> str:
    """Give the Dewey number without its apparatus."""
    return first(fields, "676", "a").split(" ")[0]


def summary(fields: Fields) -> str:
    """Give the longest summary; 329 is the critic's notice of children's literature."""
    texts = all_of(fields, "330", "a") or all_of(fields, "329", "a")
    return max(texts, key=len, default="")


def contents(fields: Fields) -> tuple[str, ...]:
    """Give the list of contents: tracks of a disc, stories of a collection."""
    return tuple(all_of(fields, "327", "a"))


def links(fields: Fields) -> tuple[Link, ...]:
    """Give the addresses of 856 that a browser can open."""
    return tuple(
        Link(url, one(field, "z") or one(field, "y") or one(field, "2"))
        for field in fields.get("856", ())
        for url in every(field, "u")
        if url.startswith(("http://", "https://"))
    )
