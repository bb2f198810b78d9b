"""Made-up files of five libraries that describe the same publications, each after its own habits.

How records of one publication differ was written down from what cataloguing does (DOMAIN section 6
and the habits below) before any grouping of these files was looked at: the rules of
`catalogue/matching.py` were never weighed on them. The same size always gives the same files.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from navette.catalogue.unimarc.identifiers import check10, to13
from navette.catalogue.unimarc.writing import (
    ControlField,
    DataField,
    Encoding,
    Field,
    general_data,
    write_record,
)
from navette_server.benching.making import Words

SEED: Final = 1954
LIBRARIES: Final = ("hem", "lys", "leers", "toufflers", "lannoy")
# How many of the five hold a publication: half of them are in one place only.
HELD_BY: Final = (1,) * 50 + (2,) * 25 + (3,) * 13 + (4,) * 8 + (5,) * 4
MEDIA: Final[dict[str, tuple[str, str]]] = {
    "book": ("a", "Texte imprimé"),
    "large_print": ("a", "Texte imprimé"),
    "audiobook": ("i", "Enregistrement sonore"),
    "film": ("g", "Images animées"),
}
SHAPES: Final = ("one",) * 55 + ("editions",) * 15 + ("series",) * 15 + ("media",) * 8
ALL_SHAPES: Final = (*SHAPES, *("namesakes",) * 7)
Name = tuple[str, str]


@dataclass(frozen=True)
class Publication:
    """What is true of a publication, whoever describes it."""

    medium: str
    article: str
    title: str
    subtitle: str
    family: str
    given: str
    publisher: str
    year: int
    pages: int
    isbn10: str
    volume: int = 0
    own_title: str = ""


@dataclass(frozen=True)
class Habits:
    """How one library describes: the share of records in which it does something."""

    encoding: Encoding = "utf-8"
    no_number: float = 0.03
    mistyped_number: float = 0.005
    ten_digits: float = 0.0
    hyphens: bool = False
    no_subtitle: float = 0.05
    subtitle_in_title: float = 0.0
    capitals: bool = False
    no_pages: float = 0.02
    other_pages: float = 0.02
    no_year: float = 0.02
    other_year: float = 0.01
    no_author: float = 0.02
    volume_in_title: float = 0.05
    no_volume: float = 0.005
    typo: float = 0.005
    short_publisher: float = 0.1
    publication_field: str = "210"


HABITS: Final[dict[str, Habits]] = {
    "hem": Habits(),
    "lys": Habits(ten_digits=0.5, subtitle_in_title=0.3),
    "leers": Habits(encoding="iso5426", hyphens=True, no_number=0.06, short_publisher=0.3),
    "toufflers": Habits(
        no_number=0.3, mistyped_number=0.04, no_subtitle=0.8, capitals=True, no_pages=0.4,
        no_year=0.05, no_author=0.06, volume_in_title=0.5, no_volume=0.02, typo=0.02,
    ),
    "lannoy": Habits(
        publication_field="214", volume_in_title=0.3, other_pages=0.04, other_year=0.03
    ),
}  # fmt: skip


def write_files(folder: Path, descriptions: int) -> dict[Name, int]:
    """Write five files with that many records in all; gives the publication of each record."""
    chance = random.Random(SEED)  # noqa: S311 - a fixed seed, no secret
    streams = {code: (folder / f"{code}.mrc").open("wb") for code in LIBRARIES}
    true: dict[Name, int] = {}
    try:
        for number, publication in enumerate(_publications(chance, descriptions)):
            for code in chance.sample(LIBRARIES, chance.choice(HELD_BY)):
                name = f"{code[:2]}{len(true)}"
                streams[code].write(_described(publication, code, name, chance))
                true[code, name] = number
            if len(true) >= descriptions:
                break
    finally:
        for stream in streams.values():
            stream.close()
    return true


def _publications(chance: random.Random, size: int) -> Iterator[Publication]:
    """Give publications without end, with what is easily taken for one another side by side."""
    words, names = Words.of(20_000 + size // 20, chance), Words.of(5_000 + size // 20, chance)
    publishers = [names.word(chance).title() for _ in range(300)]
    while True:
        first = Publication(
            "book", chance.choice(("", "", "Le ", "La ", "Les ", "L'")),
            words.said(chance, chance.choice((1, 2, 2, 3, 4, 5))),
            words.said(chance, 3) if chance.random() < 0.3 else "",  # noqa: PLR2004 - three in ten
            names.word(chance).title(), names.word(chance).title(), chance.choice(publishers),
            chance.randint(1960, 2026), chance.randint(40, 700), _isbn(chance),
        )  # fmt: skip
        yield first
        shape = chance.choice(ALL_SHAPES)
        if shape == "editions":
            yield replace(
                first, publisher=chance.choice(publishers), isbn10=_isbn(chance),
                year=min(2026, first.year + chance.randint(1, 9)),
                pages=first.pages + chance.randint(-30, 60),
            )  # fmt: skip
        elif shape == "series":
            yield from _volumes(first, words, chance)
        elif shape == "media":
            medium = chance.choice(("large_print", "audiobook", "film"))
            yield replace(first, medium=medium, isbn10=_isbn(chance), pages=first.pages * 2)
        elif shape == "namesakes":
            yield replace(
                first, family=names.word(chance).title(), given=names.word(chance).title(),
                publisher=chance.choice(publishers), isbn10=_isbn(chance),
                year=chance.randint(1960, 2026), pages=chance.randint(40, 700),
            )  # fmt: skip


def _volumes(first: Publication, words: Words, chance: random.Random) -> Iterator[Publication]:
    titled = chance.random() < 0.5  # noqa: PLR2004 - every second series
    for volume in range(1, chance.randint(3, 12)):
        yield replace(
            first, volume=volume, isbn10=_isbn(chance), year=min(2026, first.year + volume // 3),
            own_title=words.said(chance, 2).capitalize() if titled else "",
            pages=first.pages + chance.choice((0, 0, 0, 8, 16)),
        )  # fmt: skip


def _isbn(chance: random.Random) -> str:
    body = f"2{chance.randrange(10**8):08d}"
    return next(body + last for last in "0123456789X" if check10(body + last))


def _described(one: Publication, code: str, name: str, chance: random.Random) -> bytes:
    """Write a publication as this library does it."""
    habits = HABITS[code]

    def does(share: float) -> bool:
        return chance.random() < share

    year = None if does(habits.no_year) else one.year + does(habits.other_year)
    fields: list[Field] = [ControlField("001", name)]
    if not does(habits.no_number):
        fields.append(DataField("010", (("a", _number(one, habits, chance)),)))
    audience = "k" if one.medium == "book" else "m"
    coded = general_data("20200101", year, audience, habits.encoding)
    told = (f"{one.given} {one.family}",) if not does(habits.no_author) else ()
    publisher = one.publisher if not does(habits.short_publisher) else f"Éd. {one.publisher}"
    dated = (("d", str(year)),) if year else ()
    more: list[Field] = [
        DataField("100", (("a", coded),)),
        DataField("200", (*_title(one, habits, chance), *(("f", who) for who in told)), "1"),
        DataField(habits.publication_field, (("a", "Paris"), ("c", publisher), *dated)),
    ]
    if not does(habits.no_pages):
        more.append(DataField("215", (("a", _extent(one, does(habits.other_pages))),)))
    if one.medium == "large_print":
        more.append(DataField("225", (("a", "Gros caractères"),)))
    if told:
        more.append(DataField("700", (("a", one.family), ("b", one.given), ("4", "070"))))
    more.append(DataField("995", (("f", f"{code[:2].upper()}{name}"), ("k", "R ABC"))))
    return write_record([*fields, *more], habits.encoding, kind=MEDIA[one.medium][0])


def _number(one: Publication, habits: Habits, chance: random.Random) -> str:
    ten = one.isbn10
    if chance.random() < habits.mistyped_number:
        place = chance.randrange(1, 9)
        ten = f"{ten[:place]}{(int(ten[place]) + 1) % 10}{ten[place + 1 :]}"
    elif chance.random() >= habits.ten_digits:
        thirteen = to13(ten)
        return f"978-{ten[0]}-{ten[1:4]}-{ten[4:9]}-{thirteen[-1]}" if habits.hyphens else thirteen
    return f"{ten[0]}-{ten[1:4]}-{ten[4:9]}-{ten[9]}" if habits.hyphens else ten


def _title(one: Publication, habits: Habits, chance: random.Random) -> Sequence[tuple[str, str]]:
    title, subtitle = one.title, one.subtitle
    if chance.random() < habits.typo and len(title) > 6:  # noqa: PLR2004 - long enough to bear it
        place = chance.randrange(1, len(title) - 1)
        title = title[:place] + title[place + 1 :]
    title = f"{one.article}{title}" if one.article else title.capitalize()
    if chance.random() < habits.no_subtitle:
        subtitle = ""
    elif subtitle and chance.random() < habits.subtitle_in_title:
        title, subtitle = f"{title} : {subtitle}", ""
    numbered: list[tuple[str, str]] = []
    if one.volume and chance.random() >= habits.no_volume:
        if chance.random() < habits.volume_in_title:
            title = f"{title} T.{one.volume}"
        else:
            numbered.append(("h", chance.choice((str(one.volume), f"Tome {one.volume}"))))
    if habits.capitals:
        title = title.upper()
    media = [("b", MEDIA[one.medium][1])]
    own = [("i", one.own_title)] if one.own_title else []
    return [("a", title), *media, *numbered, *own, *([("e", subtitle)] if subtitle else [])]


def _extent(one: Publication, other: int | bool) -> str:  # noqa: FBT001 - a page more or none
    if one.medium == "film":
        return "1 DVD vidéo (1 h 35 min)"
    if one.medium == "audiobook":
        return f"{one.pages // 60} disques compacts"
    return f"{one.pages + other} p."
