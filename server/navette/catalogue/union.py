"""One record out of the descriptions of several libraries: the richest leads, others fill gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Any, Final, NamedTuple

from navette.catalogue.normalising import folded
from navette.catalogue.unimarc.parsed import ParsedRecord, made_of

COLUMNS: Final = (
    "title",
    "title_sort",
    "subtitle",
    "statement",
    "authors",
    "author_sort",
    "publisher",
    "year",
    "extent",
    "edition",
    "type",
    "audience",
    "languages",
    "series_title",
    "volume_label",
    "volume_number",
    "summary",
    "contents",
    "subjects",
    "genres",
    "dewey",
    "identifiers",
    "links",
    "place",
    "collection",
    "other_titles",
    "adapted",
    "original_languages",
    "subtitle_languages",
)
# What is joined from all descriptions, and by which part two entries are the same.
_LISTS: Final[dict[str, str]] = {
    "subjects": "",
    "genres": "",
    "languages": "",
    "identifiers": "value",
    "links": "url",
    "other_titles": "",
    "adapted": "",
    "original_languages": "",
    "subtitle_languages": "",
}
# Facts that only make sense together are taken together.
_SERIES: Final = ("series_title", "volume_label", "volume_number")
_UNDECIDED: Final[dict[str, tuple[Any, ...]]] = {"audience": ("all",), "type": ("other", "book")}
_ABRIDGED: Final = 10


class Weight(NamedTuple):
    """How much a description says: a bit for each filled column, and a sum to compare."""

    filled: int
    richness: int


def described(record: ParsedRecord) -> list[Any]:
    """Give the cells, in the order of COLUMNS, of a record that one library alone describes."""
    return [
        record.title or record.series_title or "[Sans titre]",
        record.title_sort,
        record.subtitle,
        record.statement,
        [{"name": name, "role": role} for name, role, _ in record.authors],
        _author_sort(record),
        record.publisher,
        record.year,
        record.extent,
        record.edition,
        record.type,
        record.audience or "all",
        record.languages,
        record.series_title,
        record.volume_label,
        _number(record.volume_key),
        record.summary,
        "\n".join(record.contents),
        record.subjects,
        record.genres,
        record.dewey,
        [
            {"kind": number.kind, "value": number.value, "valid": number.valid}
            for number in record.identifiers
        ],
        [{"url": url, "label": label} for url, label in record.links],
        record.place,
        record.collection,
        record.other_titles,
        record.adapted,
        record.original_languages,
        record.subtitle_languages,
    ]


def weighed(cells: Sequence[Any], *, abridged: bool = False) -> Weight:
    """Weigh a description by how much it says; `abridged` marks sources that shorten and shout."""
    filled = sum(compress(_BITS, cells))
    more = len(cells[_AUTHORS]) + len(cells[_SUBJECTS])
    richness = filled.bit_count() + more - (_ABRIDGED if abridged else 0)
    return made_of(Weight, (filled, richness))


_BITS: Final = tuple(1 << place for place in range(len(COLUMNS)))
_AUTHORS: Final = COLUMNS.index("authors")
_SUBJECTS: Final = COLUMNS.index("subjects")


def merged(current: Sequence[Any], new: Sequence[Any], *, leads: bool) -> list[Any]:
    """Join a new description to the record as it stands; `leads` if the new one is the richest."""
    now, told = (dict(zip(COLUMNS, cells, strict=True)) for cells in (current, new))
    first, second = (told, now) if leads else (now, told)
    result = {
        name: second[name]
        if _says_nothing(name, value) and not _says_nothing(name, second[name])
        else value
        for name, value in first.items()
    }
    if first["series_title"]:
        result |= {name: first[name] for name in _SERIES}
    for name, identity in _LISTS.items():
        result[name] = _joined(first[name], second[name], identity)
    return list(result.values())


def _says_nothing(name: str, value: Any) -> bool:
    return not value or value in _UNDECIDED.get(name, ())


def _joined(first: Iterable[Any], second: Iterable[Any], identity: str) -> list[Any]:
    found: dict[Any, Any] = {}
    for entry in (*first, *second):
        found.setdefault(entry[identity] if identity else folded(entry), entry)
    return list(found.values())


def _author_sort(record: ParsedRecord) -> str:
    if not record.authors:
        return ""
    author = record.authors[0]
    given = author.name.removesuffix(author.family)
    return f"{folded(author.family)} {folded(given)}".rstrip()


def _number(key: str) -> int | None:
    digits = key.partition("-")[0]
    return int(digits) if digits.isdecimal() and len(digits) < 6 else None  # noqa: PLR2004 - years and volumes, not barcodes
