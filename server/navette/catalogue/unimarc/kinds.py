"""What kind of document a record describes, from all places that say so, the surest first."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from navette.catalogue.unimarc.parsed import Kind
from navette.catalogue.unimarc.subfields import Fields, all_of, first

_BY_LEADER: Final[dict[str, Kind]] = {
    "a": "book",
    "b": "book",
    "c": "score",
    "d": "score",
    "e": "map",
    "f": "map",
    "g": "film",
    "i": "audiobook",
    "j": "music",
    "l": "software",
    "r": "game",
}
_BY_WORDS: Final[tuple[tuple[re.Pattern[str], Kind], ...]] = (
    (re.compile(r"dvd|blu-?ray|vid[eé]o|film", re.IGNORECASE), "film"),
    (re.compile(r"livre (?:lu|audio)|texte lu", re.IGNORECASE), "audiobook"),
    (re.compile(r"gros(?: |-)caract", re.IGNORECASE), "large_print"),
    (re.compile(r"musique impr|mus\. impr|partition", re.IGNORECASE), "score"),
    (re.compile(r"sonore|\bson\.|compact|\bcd\b", re.IGNORECASE), "music"),
    (re.compile(r"cartograph", re.IGNORECASE), "map"),
    (re.compile(r"\bjeu\b|\bjeux\b", re.IGNORECASE), "game"),
    (re.compile(r"[ée]lectronique|cd-?rom|logiciel", re.IGNORECASE), "software"),
    (re.compile(r"p[ée]riodique|revue", re.IGNORECASE), "magazine"),
)
_BY_CONTENT: Final[dict[str, Kind]] = {
    "spw": "audiobook",
    "h": "audiobook",
    "prm": "music",
    "d": "music",
    "tdi": "film",
    "ntm": "score",
    "c": "score",
    "cri": "map",
    "cop": "software",
}
_BY_MEDIA: Final[dict[str, dict[str, Kind]]] = {
    "183": {
        "sd": "music", "ss": "music", "vd": "film", "vf": "film", "vr": "film",
        "cd": "software", "ce": "software", "ck": "software",
    },
    "182": {"s": "music", "v": "film"},
}  # fmt: skip
# Coded data that only such things have: moving images, sound recordings, maps.
_BY_FIELD: Final[dict[str, Kind]] = {"115": "film", "126": "music", "127": "music", "120": "map"}
_LARGE: Final = re.compile(r"(?:gros|grands)[ -]caract[èe]res|large[ -]print", re.IGNORECASE)
_DISC: Final = re.compile(r"\d+ ?(?:d\.? ?c\.?\b|CD\b(?!-)|disques? compact)", re.IGNORECASE)
_VIDEO: Final = re.compile(r"\d+ ?(?:DVD|Blu-?ray|vidéo)", re.IGNORECASE)
_COMIC_CODE: Final = "t"
_COMIC_WORDS: Final = ("Bandes dessinées", "Bande dessinée", "Mangas", "Manga")


def read(
    leader: str, fields: Fields, media: str, record_type: Kind | None, item_types: Sequence[Kind]
) -> Kind:
    """Decide from the profile's own code, the leader, 200$b, 181, 105, 106, 608 and the items."""
    kind = record_type or _base(leader, fields, media, item_types)
    if kind == "book":
        return _book(fields, item_types)
    if kind == "music" and _is_spoken(fields, item_types):
        return "audiobook"
    return kind


@lru_cache(maxsize=256)
def from_words(text: str) -> Kind | None:
    """Recognise a kind in words such as "DVD" or "Enregistrement sonore"."""
    return next((kind for pattern, kind in _BY_WORDS if pattern.search(text)), None)


def _base(leader: str, fields: Fields, media: str, item_types: Sequence[Kind]) -> Kind:
    # Position 6 is sometimes left as copied from a book; 200$b and the items are typed by hand.
    if leader[6:8] in {"as", " s"}:
        return "magazine"
    by_leader = _BY_LEADER.get(leader[6:7])
    if "imprim" in media:
        return "score" if media.lower().startswith("mus") else "book"
    if by_leader in {None, "book"}:
        heard = (
            from_words(media)
            or _agreed(item_types)
            or _carrier(fields)
            or _content(fields)
            # What has several parts ("m") has the codes of each.
            or (_mediated(fields) if leader[6:7] != "m" else None)
        )
        if heard not in {None, "comic", "large_print"}:
            return heard or "book"
    return by_leader or ("book" if leader[6:7] == " " else "other")


def _carrier(fields: Fields) -> Kind | None:
    extent = first(fields, "215", "a")
    return "film" if _VIDEO.match(extent) else "music" if _DISC.match(extent) else None


def _agreed(item_types: Sequence[Kind]) -> Kind | None:
    kinds = set(item_types)
    return kinds.pop() if len(kinds) == 1 else None


def _content(fields: Fields) -> Kind | None:
    if "181" not in fields:
        return None
    codes = all_of(fields, "181", "c") or [code.strip() for code in all_of(fields, "181", "a")]
    return None if not codes or codes[0] in {"txt", "i"} else _BY_CONTENT.get(codes[0])


def _mediated(fields: Fields) -> Kind | None:
    """Tell what a thing is played on: 182 and 183, else the coded field of its kind."""
    for tag, kinds in _BY_MEDIA.items():
        codes = all_of(fields, tag, "c") if tag in fields else ()
        # A book with a disc says both; a book it is.
        found = {kinds.get(code) for code in codes}
        if len(found) == 1 and (kind := found.pop()):
            return kind
    return next((kind for tag, kind in _BY_FIELD.items() if tag in fields), None)


def _book(fields: Fields, item_types: Sequence[Kind]) -> Kind:
    if "large_print" in item_types or _is_large_print(fields):
        return "large_print"
    if "comic" in item_types or _is_comic(fields):
        return "comic"
    return "book"


def _is_large_print(fields: Fields) -> bool:
    if first(fields, "106", "a") == "d":
        return True
    for tag in ("210", "214", "225"):
        for text in fields.get(tag, ()):
            words = text.lower()
            # The cheap test that nearly all texts fail.
            if ("caract" in words or "large" in words) and _LARGE.search(text):
                return True
    return False


def _is_comic(fields: Fields) -> bool:
    if "105" in fields and _COMIC_CODE in first(fields, "105", "a")[4:8]:
        return True
    if first(fields, "676", "a").startswith("741.5"):
        return True
    if "608" not in fields:
        return False
    return any(text.startswith(_COMIC_WORDS) for text in all_of(fields, "608", "a"))


def _is_spoken(fields: Fields, item_types: Sequence[Kind]) -> bool:
    if "audiobook" in item_types:
        return True
    return _content(fields) == "audiobook" or any(
        "parlé" in text for text in all_of(fields, "608", "a")
    )


def from_call_number(
    call_number: str, patterns: Sequence[tuple[re.Pattern[str], Kind]]
) -> Kind | None:
    """Recognise a kind in a call number, by the patterns of the source's profile."""
    for pattern, kind in patterns:
        if pattern.search(call_number):
            return kind
    return None


def by_code(code: str, kinds: Mapping[str, Kind]) -> Kind | None:
    """Recognise a kind by a code of the source, mapped by its profile."""
    return kinds.get(code) if code else None
