"""Covers drawn by us: the same title, author and kind always get the same colours and pattern.

Volumes of one series share their ground and pattern, and are told apart by a number that is
large enough to be read on a thumb's width.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

PALETTES = (
    ("#1c6e8c", "#ffffff"),
    ("#0f6b4f", "#ffffff"),
    ("#6b3fa0", "#ffffff"),
    ("#7a1f3d", "#ffffff"),
    ("#22304a", "#ffe3c2"),
    ("#b4471f", "#ffffff"),
    ("#7d6000", "#ffffff"),
    ("#2f5fb3", "#ffffff"),
    ("#4a4038", "#fbeedd"),
    ("#35592a", "#ffffff"),
)
PATTERNS = (
    "M0 128H76V138H0ZM0 143H104V153H0ZM0 158H56V168H0Z",
    "M-20 174 30 108H42L-8 174ZM8 174 58 108H70L20 174ZM36 174 86 108H98L48 174ZM64 174 114 108H126L76 174Z",
    "M96 174A30 30 0 0 1 36 174ZM106 174A40 40 0 0 1 26 174H32A34 34 0 0 0 100 174ZM116 174A50 50 0 0 1 16 174H21A45 45 0 0 0 111 174Z",
    "M0 150Q30 132 60 150T120 150V158Q90 176 60 158T0 158ZM0 130Q30 112 60 130T120 130V136Q90 154 60 136T0 136Z",
    "M12 150A7 7 0 1 1 12 164A7 7 0 1 1 12 150ZM44 136A11 11 0 1 1 44 158A11 11 0 1 1 44 136ZM84 118A18 18 0 1 1 84 154A18 18 0 1 1 84 118Z",
    "M14 132H28V174H14ZM34 118H46V174H34ZM52 140H70V174H52ZM76 124H86V174H76ZM92 134H108V174H92Z",
)
# What tells a kind at a glance: the perforations of a film, a disc, headphones, a page of squares.
MARKS = {
    "film": "M2 4h5v6H2zM2 16h5v6H2zM2 28h5v6H2zM2 40h5v6H2zM2 52h5v6H2zM2 64h5v6H2zM2 76h5v6H2zM2 88h5v6H2zM2 100h5v6H2zM2 112h5v6H2zM2 124h5v6H2zM2 136h5v6H2zM2 148h5v6H2zM2 160h5v6H2z",
    "music": "M60 74a34 34 0 1 0 .1 0ZM60 102a6 6 0 1 1-.1 0Z",
    "audiobook": "M34 122v-8a26 26 0 0 1 52 0v8h-9v-8a17 17 0 0 0-34 0v8Z",
    "comic": "M8 100h48v-3H8zM64 100h48v-3H64z",
    "magazine": "M0 0h120v5H0z",
}
STEPS = ((15.5, 11), (13, 13), (11, 16), (9.5, 18))
LINES = 5
LINES_WITH_NUMBER = 4
AUTHOR_CHARACTERS = 20
LONGEST_NUMBER = 4
# Size of the number by its length, in a box of 120 by 174: at 64 px it is never under 15 px high.
NUMBER_SIZES = {1: 60, 2: 54, 3: 42, 4: 34}
_NUMBER = re.compile(r"\d+(?:[-.]\d+)?")


@dataclass(frozen=True, slots=True)
class Cover:
    """What the template draws in a 120 by 174 box."""

    ground: str
    ink: str
    pattern: str
    lines: Sequence[str]
    size: float
    author: str
    mark: str = ""
    number: str = ""
    number_size: int = 0
    picture: str = ""


def cover_of(
    title: str, author: str = "", kind: str = "", *, series: str = "", volume: str = ""
) -> Cover:
    """Draw a cover: palette and pattern by hash, type as large as the words allow.

    In a series the hash is that of the series, and the volume's number stands large at the foot.
    """
    number = _number(volume)
    same = series if series and number else f"{title}|{author}"
    digest = hashlib.blake2b(f"{same}|{kind}".encode(), digest_size=4).digest()
    ground, ink = PALETTES[digest[0] % len(PALETTES)]
    size, lines = _set_type(title, LINES_WITH_NUMBER if number else LINES)
    return Cover(
        ground,
        ink,
        PATTERNS[digest[1] % len(PATTERNS)],
        lines,
        size,
        _shorten(author),
        MARKS.get(kind, ""),
        number,
        NUMBER_SIZES.get(len(number), 0),
    )


def _number(volume: str) -> str:
    """Return the number of a volume as it can be drawn large; '' when there is none."""
    found = _NUMBER.search(volume)
    number = found.group().lstrip("0") if found else ""
    return number if len(number) <= LONGEST_NUMBER else ""


def _set_type(title: str, most: int) -> tuple[float, list[str]]:
    for size, width in STEPS:
        lines = _wrap(title, width)
        if len(lines) <= most and all(len(line) <= width for line in lines):
            return size, lines
    size, width = STEPS[-1]
    lines = [line[:width] for line in _wrap(title, width)]
    if len(lines) <= most:
        return size, lines
    return size, [*lines[: most - 1], lines[most - 1].rstrip(" .,:;") + "…"]


def _wrap(title: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in title.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def _shorten(author: str) -> str:
    return (
        author
        if len(author) <= AUTHOR_CHARACTERS
        else author[: AUTHOR_CHARACTERS - 1].rstrip() + "…"
    )
