"""Whose name was meant, when nobody is called so: one word is right, the other nearly.

A first name is written in more ways than a typo explains ("steven", "stephen"): two letters may be
wrong even in a short one, because the rest of the name says who is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein

from navette.catalogue.search.analysis import plain_words
from navette.catalogue.search.asking import Asked
from navette.catalogue.search.correcting import LOOKED_AT, rewritten
from navette.catalogue.search.names import REACH_IN_A_NAME, names_beside
from navette.catalogue.search.opening import View
from navette.catalogue.search.sounding import sound

_SHORTEST: Final = 5
_MOST_PAIRS: Final = 3
Spelling = tuple[str, str]


def nearly_named(view: View, text: str, asked: Asked) -> str | None:
    """Return the text with one word as the name of somebody has it whose other word is right."""
    words = [word.whole for word in asked.required if word.field in {"", "author"}]
    found: Counter[tuple[int, str, Spelling]] = Counter()
    for one, two in list(pairwise(words))[:_MOST_PAIRS]:
        for mistyped, right in ((one, two), (two, one)):
            for away, spelling, records in _beside(view, mistyped, right):
                found[away, mistyped, spelling] += records
    if not found:
        return None
    _, mistyped, (_, written) = min(found, key=lambda known: (known[0], -found[known], known))
    return rewritten(text, {mistyped: written})


def _beside(view: View, mistyped: str, right: str) -> Iterator[tuple[int, Spelling, int]]:
    """Give the words near to a mistyped one in names that have the right one, with their records.

    Only the distinct names are looked at: a record may have hundreds, and a name many records.
    """
    begins = sound(mistyped)[:1]
    if len(mistyped) < _SHORTEST or not begins:
        return
    for records, name in names_beside(view.names, "author", right, mistyped, LOOKED_AT):
        for token in plain_words(name):
            away = DamerauLevenshtein.distance(mistyped, token.text, score_cutoff=REACH_IN_A_NAME)
            if 0 < away <= REACH_IN_A_NAME and sound(token.text)[:1] == begins:
                yield away, (token.text, name[token.start : token.end].lower()), records
