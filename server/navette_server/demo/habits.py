"""How each of the five libraries catalogues: what its files hold, and how they write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from navette.catalogue.unimarc.writing import Encoding


@dataclass(frozen=True, slots=True)
class Habits:
    """The ways of one library.

    `imprint` is the field of the publisher; `hosts` tells whether a series has a field 461 (else
    225); `short` records have neither summary, subjects in 606, class number nor codes; `loose`
    ones mistype some titles; `part_code` is where 995 names a volume or an issue; `local_id` and `barcode` take the rank of a record and of an item.
    """

    library: str
    local_id: str
    barcode: str
    entered: str
    part_code: str = "v"
    encoding: Encoding = "utf-8"
    imprint: str = "210"
    hosts: bool = False
    short: bool = False
    loose: bool = False
    marks_articles: bool = False
    one_name_subfield: bool = False
    medium_in_title: bool = False
    joins_subtitles: bool = False


# Numbers keep away from those that libraries really use (a 7 or an 8 where theirs have none), so
# that somebody who imports their own file into the demonstration does not overwrite it.
HABITS: Final[Mapping[str, Habits]] = {
    habits.library: habits
    for habits in (
        Habits(
            "hem",
            local_id="7{:05d}",
            barcode="259298{:07d}",
            entered="20230912",
            hosts=True,
            medium_in_title=True,
        ),
        Habits(
            "lannoy",
            local_id="lan_d{}",
            barcode="LAN-7{:04d}",
            entered="20240305",
            one_name_subfield=True,
        ),
        Habits(
            "leers",
            local_id="7{:06d}",
            barcode="7002{:04d}",
            entered="20221104",
            part_code="l",
            encoding="iso5426",
            hosts=True,
            marks_articles=True,
        ),
        Habits(
            "lys",
            local_id="LYS7{:05d}",
            barcode="L47{:08d}",
            entered="20240118",
            part_code="l",
            imprint="214",
            joins_subtitles=True,
        ),
        Habits(
            "toufflers",
            local_id="7{:05d}",
            barcode="T7{:05d}",
            entered="20210601",
            short=True,
            loose=True,
        ),
    )
}

# Toufflers once bought a roll of labels whose numbers Leers already used.
COLLIDING_ITEMS: Final = 8
FIRST_COLLISION: Final = 101


def barcode_of(library: str, rank: int) -> str:
    """Give the barcode of a library's item of this rank, counted from 1."""
    if library == "toufflers" and rank <= COLLIDING_ITEMS:
        return HABITS["leers"].barcode.format(FIRST_COLLISION + rank - 1)
    printed = HABITS[library].barcode.format(rank)
    return printed + luhn_digit(printed) if library == "hem" else printed


def luhn_digit(digits: str) -> str:
    """Give the check digit that the reading machines of Hem expect (ISO/IEC 7812-1)."""
    doubled = (int(d) * (2 - i % 2) for i, d in enumerate(reversed(digits)))
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)
