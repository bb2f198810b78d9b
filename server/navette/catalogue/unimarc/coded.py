"""Year, publisher, extent, languages, audience, subjects, notes and links of a record."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from navette.catalogue.unimarc.parsed import Audience, Link
from navette.catalogue.unimarc.subfields import Fields, all_of, every, first, one, some

_YEAR: Final = re.compile(r"(?<!\d)(1[4-9]\d\d|20[0-4]\d)(?!\d)")
_PUBLICATION: Final = ("214", "210")
_EXTENT: Final = frozenset("acd")
_AGE: Final = re.compile(
    r"(?:(?:partir de|dès|de)\s+(?=\d)|(?=\d{1,2}\s*(?:-|–|à|/)\s*\d{1,2}\s*ans|\d{1,2}\s*ans))"
    r"(\d{1,2})",
    re.IGNORECASE,
)
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


class Publication(NamedTuple):
    """Where, by whom and in which year: of 214 or 210, else the year of 100$a."""

    place: str
    publisher: str
    year: int | None


def publication(fields: Fields) -> Publication:
    """Give the first place, publisher and year that 214 or 210 say."""
    place = publisher = ""
    year = None
    for tag in _PUBLICATION:
        if tag not in fields:
            continue
        for field in fields[tag]:
            for part in field.split("\x1f"):
                code = part[:1]
                if code == "c":
                    publisher = publisher or part[1:].strip()
                elif code == "a":
                    place = place or part[1:].strip("[] ")
                elif code == "d" and year is None and (match := _YEAR.search(part)):
                    year = int(match[1])
    if year is None and (match := _YEAR.fullmatch(first(fields, "100", "a")[9:13])):
        year = int(match[1])
    return Publication(place, publisher, year)


def extent(fields: Fields) -> str:
    """Give pages, illustrations and size as one line, or running time, or number of discs."""
    if "215" not in fields:
        return ""
    said: dict[str, str] = {}
    for part in fields["215"][0].split("\x1f")[1:]:
        if part[:1] in _EXTENT and (text := part[1:].strip()):
            said.setdefault(part[0], text)
    if len(said) == len(_EXTENT):
        return f"{said['a']} ; {said['c']} ; {said['d']}"
    return " ; ".join([said[code] for code in "acd" if code in said])


# Of 101: what it is said in, what it was translated from, what its subtitles are in.
TEXT, ORIGINAL, SUBTITLES = "a", "c", "j"


def languages(fields: Fields, code: str = TEXT) -> tuple[str, ...]:
    """Give the codes of languages: of the text, of the original or of the subtitles."""
    if "101" not in fields:
        return ()
    found = fields["101"]
    said = found[0] if len(found) == 1 else "".join(found)
    return _languages(said, code) if f"\x1f{code}" in said else ()


@lru_cache(maxsize=1 << 10)
def _languages(said: str, code: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_CODE.findall(" ".join(every(said, code)).lower())))


def audience(fields: Fields, from_items: Audience) -> Audience:
    """Tell for whom: 333 and 100$a/17-19 are about the document, the items about its shelf."""
    if "333" in fields:
        for note in all_of(fields, "333", "a"):
            if match := _AGE.search(note):
                age = int(match[1])
                return "child" if age < _YOUNG_FROM else "young" if age < _ADULT_FROM else "adult"
    codes = first(fields, "100", "a")[17:20]
    return _audience(codes) or from_items


@lru_cache(maxsize=1 << 10)
def _audience(codes: str) -> Audience:
    coded = [_BY_CODE[code] for code in codes if code in _BY_CODE]
    # From nine to fourteen ("d") with "e" beside it is for the older ones.
    return "young" if "young" in coded else coded[0] if coded else ""


def subjects(fields: Fields) -> tuple[str, ...]:
    """Give the subject headings, their subdivisions joined with a dash."""
    found: dict[str, None] = {}
    for tag in _SUBJECTS:
        if tag in fields:
            for field in fields[tag]:
                if heading := _heading(tag, field):
                    found[heading] = None
    return tuple(found)


@lru_cache(maxsize=1 << 13)
def _heading(tag: str, field: str) -> str:
    texts = some(field, _SUBJECT_CODES)
    if tag == "600" and len(texts) > 1 and "\x1fb" in field:
        texts[:2] = [f"{texts[0].rstrip(' ,')}, {texts[1]}"]
    return " -- ".join(texts)


def genres(fields: Fields) -> tuple[str, ...]:
    """Give the forms and genres of 608."""
    return tuple(dict.fromkeys(all_of(fields, "608", "a"))) if "608" in fields else ()


def dewey(fields: Fields) -> str:
    """Give the Dewey number without its apparatus."""
    return first(fields, "676", "a").partition(" ")[0] if "676" in fields else ""


def summary(fields: Fields) -> str:
    """Give the longest summary; 329 is the critic's notice of children's literature."""
    if "330" not in fields and "329" not in fields:
        return ""
    texts = all_of(fields, "330", "a") or all_of(fields, "329", "a")
    return max(texts, key=len, default="")


def contents(fields: Fields) -> tuple[str, ...]:
    """Give the list of contents: tracks of a disc, stories of a collection."""
    return tuple(all_of(fields, "327", "a")) if "327" in fields else ()


def links(fields: Fields) -> tuple[Link, ...]:
    """Give the addresses of 856 that a browser can open."""
    if "856" not in fields:
        return ()
    return tuple(
        Link(url, one(field, "z") or one(field, "y") or one(field, "2"))
        for field in fields.get("856", ())
        for url in every(field, "u")
        if url.startswith(("http://", "https://"))
    )
