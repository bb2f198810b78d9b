"""How French words sound, for those who write as they hear: "ari poter" is Harry Potter.

A code keeps what the ear keeps. It is meant to be generous: it only serves when what was typed
gives little, and never decides alone what comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

SHORTEST: Final = 3
# Digits stand for sounds that have no letter of their own: 1 an, 2 in, 3 on, 4 ch, 5 gn, 6 oi.
_RULES: Final = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"ph", "f"),
        (r"(?:sch|sh|ch)(?=[lr])", "k"),
        (r"sch|sh|ch", "4"),
        (r"gn", "5"),
        (r"th", "t"),
        (r"h", ""),
        (r"qu|q|ck|cq", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"gu(?=[eiy])", "g"),
        (r"g(?=[eiy])", "j"),
        (r"x", "ks"),
        (r"z", "s"),
        (r"w", "v"),
        (r"eau|au", "o"),
        (r"o[iy]", "6"),
        (r"(?:ai|ei|i|y|u)[nm](?![aeiouynm])", "2"),
        (r"[ae][nm](?![aeiouynm])", "1"),
        (r"o[nm](?![aeiouynm])", "3"),
        (r"ai|ei|ay|ey|eu|oe|ae", "e"),
        (r"ou", "u"),
        (r"y", "i"),
        (r"(.)\1+", r"\1"),
    )
)
_SILENT: Final = re.compile(r"(?<=..)(?:e?[stdp]?s?|er|e)$")


@lru_cache(maxsize=1 << 16)
def _heard(word: str) -> tuple[str, str]:
    """Return the code of a folded word as it sounds before another one, and alone."""
    if len(word) < SHORTEST or not word.isalpha():
        return "", ""
    code = word
    for pattern, to in _RULES:
        code = pattern.sub(to, code)
    return code, _SILENT.sub("", code)


def sound(word: str) -> str:
    """Return the code of a folded word; '' for what is too short, or no word, to be heard."""
    return _heard(word)[1]


def sounds(words: Sequence[str], *, joined: bool = False) -> Iterator[str]:
    """Give the codes of words and, with `joined`, of neighbours written as one ("spiderman")."""
    codes = [_heard(word) for word in words]
    yield from (alone for _, alone in codes if alone)
    if joined:
        for (before, first), (_, second) in pairwise(codes):
            if first and second:
                yield first + second
                if before != first:
                    yield before + second
