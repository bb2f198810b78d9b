"""The works of the demonstration catalogue, read from the tables of catalogue/."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

LIBRARIES: Final = ("hem", "lannoy", "leers", "lys", "toufflers")
SHELVES: Final = (
    "novels", "children", "comics", "manga", "films", "music", "audiobooks", "large_print",
    "documentaries", "magazines",
)  # fmt: skip
_AUTHOR: Final = re.compile(r"^\[(?P<body>.+)]$")


class Kind(StrEnum):
    """What a work is held as; each has its own way of being catalogued."""

    BOOK = "book"
    COMIC = "comic"
    MANGA = "manga"
    FILM = "film"
    MUSIC = "music"
    AUDIOBOOK = "audiobook"
    LARGE_PRINT = "large_print"
    MAGAZINE = "magazine"


@dataclass(frozen=True, slots=True)
class Author:
    """A person ("Hugo", "Victor"), or a body such as a band, which has no first name."""

    name: str
    first_name: str = ""
    is_body: bool = False

    @property
    def spoken(self) -> str:
        """Return the name as it is said: "Victor Hugo"."""
        return f"{self.first_name} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Part:
    """A volume of a work in several volumes, or an issue of a magazine."""

    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Work:
    """One publication of the demonstration, as a cataloguer would find it on a desk.

    `audience` is adult, young or child; `popularity` goes from 1 to 5; `holdings` fixes how many
    copies each library has, where the demonstration needs to know; `isbn` of a magazine is ISSN.
    """

    key: str
    shelf: str
    kind: Kind
    title: str
    subtitle: str
    authors: tuple[Author, ...]
    year: int | None
    publisher: str
    extent: str
    audience: str
    language: str
    original: str
    isbn: str
    series: str
    volume: str
    dewey: str
    subjects: tuple[str, ...]
    popularity: int
    holdings: Mapping[str, int]
    parts: tuple[Part, ...]
    summary: str


@cache
def all_works() -> Sequence[Work]:
    """Return every work, shelf by shelf, in the order of the files: a serial order keeps it."""
    return tuple(_work(shelf, row) for shelf in SHELVES for row in _rows(shelf))


@cache
def works_by_key() -> Mapping[str, Work]:
    """Return the works by key; raises ValueError when a key is used twice."""
    by_key = {work.key: work for work in all_works()}
    if len(by_key) != len(all_works()):
        message = "two works of the demonstration share a key"
        raise ValueError(message)
    return by_key


def _rows(shelf: str) -> list[dict[str, str]]:
    table = files("navette_server.demo") / "catalogue" / f"{shelf}.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _work(shelf: str, row: dict[str, str]) -> Work:
    title, _, subtitle = row["title"].partition(" : ")
    return Work(
        key=row["key"],
        shelf=shelf,
        kind=Kind(row["type"]),
        title=title,
        subtitle=subtitle,
        authors=tuple(_author(name) for name in _list(row["authors"])),
        year=int(row["year"]) if row["year"] else None,
        publisher=row["publisher"],
        extent=row["extent"],
        audience=row["audience"],
        language=row["language"],
        original=row["original"],
        isbn=row["isbn"],
        series=row["series"],
        volume=row["volume"],
        dewey=row["dewey"],
        subjects=tuple(_list(row["subjects"])),
        popularity=int(row["popularity"]),
        holdings=_holdings(row["holdings"]),
        parts=tuple(_part(text) for text in _list(row["parts"])),
        summary=row["summary"],
    )


def _list(cell: str) -> list[str]:
    return [text for text in cell.split("; ") if text]


def _author(text: str) -> Author:
    if body := _AUTHOR.match(text):
        return Author(body["body"], is_body=True)
    name, _, first_name = text.partition(", ")
    return Author(name, first_name)


def _part(text: str) -> Part:
    number, _, label = text.partition("=")
    return Part(number, label)


def _holdings(cell: str) -> dict[str, int]:
    pairs = (entry.split(":") for entry in cell.split())
    return {library: int(copies) for library, copies in pairs}
