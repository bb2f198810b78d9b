"""Are two records the same publication? Pure decisions that can be explained.

Candidates share a blocking key; `decide` then weighs identifiers, title, volume, author, year and
extent. Volumes of one series and different media are never the same publication.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from rapidfuzz import fuzz

from navette.catalogue.normalising import folded, folded_once, number_of, without_article
from navette.catalogue.unimarc.parsed import ParsedRecord, made_of

_PAGES: Final = re.compile(r"(\d{2,4})\s*p\b", re.IGNORECASE)
_INTEGERS: Final = re.compile(r"\d+")
# Publications in print differ in kind by the care of the cataloguer; sound and film never do.
_FAMILIES: Final[dict[str, str]] = {
    "book": "text",
    "comic": "text",
    "large_print": "text",
    "magazine": "text",
    "score": "text",
    "map": "text",
    "other": "any",
    "music": "sound",
    "audiobook": "sound",
    "film": "film",
    "game": "game",
    "software": "software",
}
_COMMON_SERIES: Final = frozenset(
    {
        "anthologie",
        "contes",
        "contes et nouvelles",
        "correspondance",
        "integrale",
        "journal",
        "memoires",
        "nouvelles",
        "oeuvres",
        "oeuvres completes",
        "poesies",
        "poesies completes",
        "poemes",
        "romans",
        "romans et nouvelles",
        "theatre",
        "theatre complet",
    }
)
_STRICT: Final = frozenset({"large_print"})
_EQUAL: Final = 100.0
_ENOUGH: Final = 3
_ALIKE: Final = 88.0
_NEAR: Final = 60.0
_KEY_LETTERS: Final = 16
_KEY_NAME: Final = 5
_NOTHING: Final = ("",)
_TELLING_TITLE: Final = 6
_TELLING_NAME: Final = 4
_STATEMENT: Final = 120


class MatchFacts(NamedTuple):
    """What of a record takes part in the comparison, small enough to be kept beside it."""

    kind: str
    isbns: Sequence[str]
    eans: Sequence[str]
    issn: str
    title: str
    subtitle: str
    main_title: str
    volume: str
    numbered: bool
    families: Sequence[str]
    statement: str
    year: int | None
    pages: int | None
    extent: str
    publisher: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether two records are one publication, how sure that is (0 to 1), and why."""

    same: bool
    score: float
    reasons: tuple[str, ...]


def facts_of(record: ParsedRecord) -> MatchFacts:
    """Reduce a record to what is compared."""
    title = record.title_sort
    main, colon, rest = record.title.partition(" : ")
    subtitle = folded_once(record.subtitle) if record.subtitle else ""
    if rest:
        subtitle = f"{folded_once(rest)} {subtitle}".rstrip()
    pages = _PAGES.search(record.extent)
    isbns: list[str] = []
    eans: list[str] = []
    issns: list[str] = []
    for kind, value, valid, _ in record.identifiers:
        if valid:
            (isbns if kind == "isbn" else eans if kind == "ean" else issns).append(value)
    families = [folded(family) for _, _, family in record.authors]
    # Only the number tells volumes apart whose title is that of their series.
    numbered = bool(record.volume_key) and title == without_article(folded(record.series_title))
    values = (
        record.type,
        tuple(isbns),
        tuple(eans),
        issns[0] if issns else "",
        title,
        subtitle,
        without_article(folded_once(main)) if colon else title,
        record.volume_key,
        numbered,
        tuple(dict.fromkeys(families) if families[1:] else families),
        folded_once(record.statement[:_STATEMENT]) if record.statement else "",
        record.year,
        int(pages[1]) if pages else None,
        folded(record.extent.partition(";")[0]),
        folded(record.publisher),
    )
    return made_of(MatchFacts, values)


def facts_from(kept: Sequence[Any]) -> MatchFacts:
    """Read back facts that were kept as a JSON list."""
    return made_of(MatchFacts, kept)


def blocking_keys(facts: MatchFacts) -> tuple[str, ...]:
    """Give the keys of which two records must share one to be compared at all.

    A right identifier; or the beginning of the title with the first author's family or with the
    year, and with the volume. Blocks stay small however many "Contes" a million records hold.
    """
    keys = [f"isbn:{number}" for number in facts.isbns]
    keys += [f"ean:{number}" for number in facts.eans]
    volume = _first_number(facts.volume) if facts.volume else ""
    # A volume with a title of its own may be described without its number elsewhere.
    volumes = ("", f"#{volume}") if volume and not facts.numbered else (f"#{volume}",)
    if not volume:
        volumes = ("",)
    beside = [facts.families[0][:_KEY_NAME]] if facts.families else []
    if facts.year:
        beside.append(f"={facts.year}")
    main = facts.main_title.replace(" ", "")
    # Some sources leave subtitles out, some write them into the title.
    titles = [main[:_KEY_LETTERS]]
    if facts.subtitle and len(main) < _KEY_LETTERS:
        titles.append(f"{main}{facts.subtitle.replace(' ', '')}"[:_KEY_LETTERS])
    keys += [
        f"t:{title}{number}:{more}"
        for title in titles
        if title
        for number in volumes
        for more in beside or _NOTHING
    ]
    return tuple(keys)


def _first_number(volume: str) -> str:
    """Give the number by which a volume is told apart at the least: '2' of '2-1'."""
    return volume if volume.isdecimal() else volume.partition("-")[0]


def work_key(series_title: str, facts: MatchFacts) -> str:
    """Give the key that editions of one work share: title, author, volume, medium's family."""
    author = facts.families[0] if facts.families else facts.statement[:40]
    if not author and not facts.volume:
        # A bare title is no work: "Poésie" of two publishers are two.
        author = f"{facts.publisher} {facts.year or facts.pages or ''}"
    series = folded(series_title) if facts.volume else ""
    return "|".join((facts.main_title, author, series, facts.volume, _FAMILIES.get(facts.kind, "")))


def series_key(title: str, kind: str, author_sort: str) -> str:
    """Give the key that all volumes of a series share, however its title is written.

    A title that many bear ("Œuvres complètes") is a series only with its author.
    """
    words = without_article(folded(title))
    author = author_sort.partition(" ")[0] if words in _COMMON_SERIES else ""
    return f"{words}|{author}|{_FAMILIES.get(kind, '')}"


def is_hopeless(one: MatchFacts, other: MatchFacts) -> bool:
    """Tell very fast what `decide` would refuse first: another volume, other identifiers."""
    if one.volume != other.volume and one.volume and other.volume:
        mine, theirs = _first_number(one.volume), _first_number(other.volume)
        if mine != theirs and mine.isdecimal() and theirs.isdecimal():
            return True
    if one.isbns and other.isbns and one.isbns[0] != other.isbns[0]:
        return not (_shared(one.isbns, other.isbns) or _shared(one.eans, other.eans))
    return False


def decide(one: MatchFacts, other: MatchFacts) -> Decision:
    """Say whether two records describe the same publication."""
    if not _same_medium(one, other):
        return Decision(False, 0.0, (f"medium: {one.kind}, {other.kind}",))
    if not _same_volume(one, other):
        return Decision(False, 0.0, (f"volume: {one.volume or '-'}, {other.volume or '-'}",))
    shared = _shared(one.isbns, other.isbns) or _shared(one.eans, other.eans)
    if not shared:
        for name, mine, theirs in (
            ("isbn", one.isbns, other.isbns),
            ("ean", one.eans, other.eans),
        ):
            if mine and theirs:
                return Decision(False, 0.1, (f"{name}: {mine[0]}, {theirs[0]}",))
    title, why = _title_likeness(one, other)
    if shared:
        return _by_identifier(one, other, shared, title, why)
    return _by_description(one, other, title, why)


def best(facts: MatchFacts, candidates: Mapping[int, Sequence[MatchFacts]]) -> int | None:
    """Give the record that is the same publication by the highest score; the oldest of equals."""
    scored = [
        (decision.score, -record)
        for record, some in candidates.items()
        for other in some
        if not is_hopeless(facts, other) and (decision := decide(facts, other)).same
    ]
    return -max(scored)[1] if scored else None


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> str:
    return min(set(mine) & set(theirs)) if mine and theirs and set(mine) & set(theirs) else ""


def _by_identifier(
    one: MatchFacts, other: MatchFacts, number: str, title: float, why: str
) -> Decision:
    reasons = (f"identifier: {number}", why)
    if title >= _NEAR:
        # Among several of one number, the record that agrees in more is the nearer one.
        agreeing = [name for name, agrees in _comparable(one, other) if agrees]
        return Decision(True, 0.95 + len(agreeing) / 100, (*reasons, *agreeing))
    # One number for a whole set is common: then only the number of pages tells the volumes apart.
    if one.pages and one.pages == other.pages and _authors_agree(one, other):
        return Decision(True, 0.9, (*reasons, "author and pages"))
    return Decision(False, 0.4, reasons)


def _by_description(one: MatchFacts, other: MatchFacts, title: float, why: str) -> Decision:
    if title < _ALIKE:
        return Decision(False, 0.2, (why,))
    if one.volume != other.volume and (one.numbered or other.numbered):
        return Decision(False, 0.3, (why, f"volume: {one.volume or '-'}, {other.volume or '-'}"))
    facts = _comparable(one, other)
    agreeing = [name for name, agrees in facts if agrees]
    differing = [name for name, agrees in facts if not agrees and name != "publisher"]
    if differing:
        return Decision(False, 0.3, (why, *(f"{name} differs" for name in differing)))
    reasons = (why, *agreeing)
    if one.kind == other.kind == "magazine":
        return Decision(len(one.title) >= _TELLING_TITLE, 0.85, reasons)
    # Where a record says little, all that both say must agree, and the title be the very same.
    exact = title == _EQUAL and len(one.title) >= _TELLING_TITLE
    enough = max(2, min(_ENOUGH, len(facts))) if exact else _ENOUGH
    return Decision(len(agreeing) >= enough, 0.5 + len(agreeing) / 10, reasons)


def _comparable(one: MatchFacts, other: MatchFacts) -> list[tuple[str, bool]]:
    """Give the facts that both records state, and whether they agree."""
    facts: list[tuple[str, bool]] = []
    authors = _authors_agree(one, other)
    if authors is not None:
        facts.append(("author", authors))
    if one.year and other.year:
        facts.append(("year", one.year == other.year))
    if one.pages and other.pages:
        facts.append(("pages", one.pages == other.pages))
    elif one.extent and one.extent == other.extent:
        facts.append(("extent", True))
    if one.publisher and other.publisher:
        facts.append(("publisher", _publishers_agree(one, other)))
    return facts


def _same_medium(one: MatchFacts, other: MatchFacts) -> bool:
    if one.kind == other.kind:
        return True
    if one.kind in _STRICT or other.kind in _STRICT:
        return bool(set(one.isbns) & set(other.isbns))
    mine, theirs = _FAMILIES.get(one.kind, "any"), _FAMILIES.get(other.kind, "any")
    return mine == theirs or "any" in {mine, theirs}


def _same_volume(one: MatchFacts, other: MatchFacts) -> bool:
    """Tell whether the volumes can be one: '2' may be '2-1', never '3'."""
    if not one.volume or not other.volume or one.volume == other.volume:
        return True
    mine, theirs = _INTEGERS.findall(one.volume), _INTEGERS.findall(other.volume)
    shorter = min(len(mine), len(theirs))
    if shorter == 0:
        return number_of(one.volume) == number_of(other.volume)
    return mine[:shorter] == theirs[:shorter] and len(mine) != len(theirs)


def _title_likeness(one: MatchFacts, other: MatchFacts) -> tuple[float, str]:
    """Compare titles with and without subtitle, 0 to 100; numbers in them must be the same."""
    mine, theirs = _full_title(one), _full_title(other)
    if theirs in {mine, one.title} or mine == other.title:
        return _EQUAL, "title"
    if one.main_title == other.main_title and not (one.subtitle and other.subtitle):
        return 97.0, "title without subtitle"
    whole = bool(one.subtitle and other.subtitle)
    if _numbers(mine if whole else one.title) != _numbers(theirs if whole else other.title):
        return 50.0, "numbers in the titles differ"
    likeness = max(fuzz.ratio(mine, theirs), fuzz.ratio(one.title, other.title) - 10)
    return likeness, f"title {likeness:.0f} %"


def _full_title(facts: MatchFacts) -> str:
    return f"{facts.main_title} {facts.subtitle}" if facts.subtitle else facts.title


def _numbers(words: str) -> set[str]:
    return {number.lstrip("0") for number in _INTEGERS.findall(words)}


def _authors_agree(one: MatchFacts, other: MatchFacts) -> bool | None:
    """Tell whether both name one family or one statement; None when that cannot be said."""
    if set(one.families) & set(other.families):
        return True
    if _names_one_of(one.statement, other.families) or _names_one_of(other.statement, one.families):
        return True
    shorter, longer = sorted((one.statement, other.statement), key=len)
    if len(shorter) >= _TELLING_TITLE and shorter in longer:
        return True
    return False if one.families and other.families else None


def _names_one_of(statement: str, families: Sequence[str]) -> bool:
    return any(len(name) >= _TELLING_NAME and name in statement for name in families)


def _publishers_agree(one: MatchFacts, other: MatchFacts) -> bool:
    if not one.publisher or not other.publisher:
        return False
    return (
        one.publisher == other.publisher
        or fuzz.partial_ratio(one.publisher, other.publisher) >= _ALIKE
    )
