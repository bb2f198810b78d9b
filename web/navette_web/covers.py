"""Covers drawn by us: the same title always gets the same colours and the same quiet pattern."""

import hashlib
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
STEPS = ((15.5, 11), (13, 13), (11, 16), (9.5, 18))
LINES = 5
AUTHOR_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class Cover:
    """What the template draws in a 120 by 174 box."""

    ground: str
    ink: str
    pattern: str
    lines: Sequence[str]
    size: float
    author: str


def cover_of(title: str, author: str = "") -> Cover:
    """Draw the cover of a title: palette and pattern by hash, type as large as the words allow."""
    digest = hashlib.blake2b(f"{title}|{author}".encode(), digest_size=4).digest()
    ground, ink = PALETTES[digest[0] % len(PALETTES)]
    size, lines = _set_type(title)
    return Cover(ground, ink, PATTERNS[digest[1] % len(PATTERNS)], lines, size, _shorten(author))


def _set_type(title: str) -> tuple[float, list[str]]:
    for size, width in STEPS:
        lines = _wrap(title, width)
        if len(lines) <= LINES and all(len(line) <= width for line in lines):
            return size, lines
    size, width = STEPS[-1]
    lines = [line[:width] for line in _wrap(title, width)]
    return size, [*lines[: LINES - 1], lines[LINES - 1].rstrip(" .,:;") + "…"] if len(
        lines
    ) > LINES else lines


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
