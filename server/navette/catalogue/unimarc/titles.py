"""The title of field 200: what is shown, what it is filed under, and the volume hidden in it."""

import re
from typing import Final, NamedTuple

from navette.catalogue.normalising import folded_once, without_article
from navette.catalogue.unimarc.marks import NON_SORTING_BEGIN, NON_SORTING_END
from navette.catalogue.unimarc.parsed import made_of
from navette.catalogue.unimarc.subfields import Fields, every, pairs

_MARKS: Final = dict.fromkeys(map(ord, NON_SORTING_BEGIN + NON_SORTING_END))
_MARKED: Final = re.compile(f"{NON_SORTING_BEGIN}[^{NON_SORTING_END}]*{NON_SORTING_END}")
# Marks of software without control characters: "<<Le >>petit", "[Le ]petit".
_TYPED_MARKS: Final = re.compile(r"^(?:<<([^<>]{1,8})>>|<([^<>]{1,8})>|\[([^\[\]]{1,3}[ '’])\])\s*")
_ARTICLE_LAST: Final = re.compile(
    r"\s*[(,]\s*(le|la|les|l['’]|un|une|des|the|a|an)\s*\)?$", re.IGNORECASE
)
# The cheap test that nearly all titles fail; a letter first makes it cheap.
_HINT: Final = re.compile(r"[tv](?<!\w[tv])(?:(?<=t)(?:omes?)?|(?<=v)ol(?:ume)?)[\s.°\d]")
_SUFFIX: Final = re.compile(
    r"(?<=\S)[\s,.;:\-–(\[]+((?:t|tome|tomes|vol|volume)\s*[.°]?\s*"
    r"((?:saison|partie|livre|book)?\s*\d{1,4}(?:-\d+)?|[ivx]+|premier|second|deuxième|book \w+))"
    r"\s*[)\].]*$",
    re.IGNORECASE,
)
_INSIDE: Final = re.compile(
    r"(.*\S)[\s,.]+((?:t(?:\.\s*|(?=\d))|(?:tome|vol\.|volume)\s*)\d{1,4}(?:/\d{1,3})?)"
    # "Akissi T.6. Sans amis", or a capital letter right behind: "Akissi T.6 Sans amis".
    r"(?:\s*[.:,–-]+\s*|\s+(?=(?-i:[A-ZÀ-Ý])))(\S.*)$",
    re.IGNORECASE,
)
# The letter that stood before a number which has its own subfield: "Cabane à histoires T $h 1".
_LETTER_LEFT: Final = re.compile(r"(?<=\S)\s+T\.?$")
# 454 names what was translated; 510 to 541 are other forms of the title proper.
_OTHER_TITLES: Final = (
    ("200", "d"),
    ("500", "a"),
    ("454", "t"),
    *((tag, "a") for tag in ("510", "512", "513", "514", "515", "516", "517", "532", "540", "541")),
)
_OTHER_TAGS: Final = frozenset(tag for tag, _ in _OTHER_TITLES) - {"200"}
_IN_EXTENT: Final = re.compile(r"\x1fa\s*((?:vol|tome|t)\.?\s*\d{1,3})\b(?!\s*p)", re.IGNORECASE)
_SHOUTED: Final = 5
_ENDING: Final = " \t/:;,=–-"
_PART: Final = " : "


_PLACES: Final = {
    "a": "title",
    "e": "subtitle",
    "f": "statement",
    "g": "statement",
    "h": "label",
    "v": "label",
    "i": "part",
    "b": "media",
}


_NOTHING: Final[list[str]] = []


class Title(NamedTuple):
    """Field 200 taken apart. `part` is the name of the part ($i), `label` its number."""

    title: str
    sort: str
    subtitle: str
    statement: str
    label: str
    part: str
    media: str


_NO_TITLE: Final = Title("", "", "", "", "", "", "")


def read(fields: Fields, *, sentence_case: bool = False) -> Title:
    """Take field 200 apart; `sentence_case` lowers titles typed in capitals only."""
    if "200" not in fields:
        return _NO_TITLE
    said: dict[str, list[str]] = {}
    for code, text in pairs(fields["200"][0]):
        if code in _PLACES:
            said.setdefault(_PLACES[code], []).append(text)
    titles, parts = said.get("title", _NOTHING), said.get("part", _NOTHING)
    whole, label, part = _without_volume(titles[0] if len(titles) == 1 else " ; ".join(titles))
    if "label" in said and whole[-2:] in {" T", "T."}:
        whole = _LETTER_LEFT.sub("", whole)
    if part:
        parts = [part, *parts]
    written = _rotated(whole)
    if sentence_case:
        written = _lowered(written)
    if written[:1] in {"<", "["}:
        written = _TYPED_MARKS.sub(_as_marks, written)
    # A part that stands in the title is named after it, like a subtitle.
    beside = [*parts, *said["subtitle"]] if "subtitle" in said else parts
    values = (
        _trimmed(_plain(written)),
        sorted_under(written),
        _plain(_PART.join(beside)) if beside else "",
        _plain("; ".join(said["statement"])) if "statement" in said else "",
        said["label"][0].strip(" []().,") if "label" in said else label,
        parts[0].translate(_MARKS) if parts else "",
        " ".join(said["media"]) if "media" in said else "",
    )
    return made_of(Title, values)


def with_volume(title: Title, extent: str) -> Title:
    """Take the volume from an extent that begins with it: "vol 9; 1054 p.", not "2 vol."."""
    match = _IN_EXTENT.match(extent, 2)
    return title._replace(label=match[1]) if match else title


def others(fields: Fields) -> tuple[str, ...]:
    """Give what else the publication is called: uniform, parallel, variant and original titles."""
    if _OTHER_TAGS.isdisjoint(fields) and not any("\x1fd" in f for f in fields.get("200", ())):
        return ()
    found: dict[str, None] = {}
    for tag, code in _OTHER_TITLES:
        for field in fields.get(tag, ()):
            for written in every(field, code):
                if name := display(written.lstrip("= ")):
                    found[name] = None
    return tuple(found)


def sorted_under(title: str) -> str:
    """Give the folded words under which a title is filed, its article dropped."""
    if NON_SORTING_BEGIN in title:
        marked = folded_once(_MARKED.sub("", title))
        return marked or folded_once(title.translate(_MARKS))
    return without_article(folded_once(title))


def display(text: str) -> str:
    """Give the text without its non-sorting marks."""
    if text[:1] in {"<", "["}:
        text = _TYPED_MARKS.sub(_as_marks, text)
    return _trimmed(_plain(text))


def _plain(text: str) -> str:
    return text.translate(_MARKS) if NON_SORTING_BEGIN in text else text


def _as_marks(match: re.Match[str]) -> str:
    article = next(group for group in match.groups() if group is not None)
    gap = "" if article[-1] in " '’" else " "
    return f"{NON_SORTING_BEGIN}{article}{gap}{NON_SORTING_END}"


def _rotated(title: str) -> str:
    """Put an article typed at the end back in front: "Joyaux de la sorcière (Les)"."""
    if title[-1:] not in {")", "e", "a", "s", "'", "E", "A", "S", "’"}:
        return title
    match = _ARTICLE_LAST.search(title)
    if match is None or not match.start() or ("(" not in match[0] and "," not in match[0]):
        return title
    article = match[1].capitalize()
    gap = "" if article[-1] in "'’" else " "
    return f"{NON_SORTING_BEGIN}{article}{gap}{NON_SORTING_END}{title[: match.start()]}"


def _without_volume(title: str) -> tuple[str, str, str]:
    """Part a title from the volume typed into it: "Schtroumpferies T.5", "Akissi T.6. Sans amis"."""
    if not _HINT.search(title.lower()):
        return title, "", ""
    if match := _SUFFIX.search(title):
        return title[: match.start()], match[1], ""
    if match := _INSIDE.match(title):
        return match[1], match[2], match[3]
    return title, "", ""


def _lowered(title: str) -> str:
    plain = title.translate(_MARKS)
    if len(plain) < _SHOUTED or not plain.isupper():
        return title
    lowered = title.lower()
    start = 1 if lowered[:1] == NON_SORTING_BEGIN else 0
    return lowered[:start] + lowered[start : start + 1].upper() + lowered[start + 1 :]


def _trimmed(title: str) -> str:
    title = title.strip(_ENDING)
    if title.endswith(".") and not title.endswith("..") and title[-3:-1].islower():
        title = title[:-1].rstrip(_ENDING)
    return title
