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
from tantivy import Occur, Query

from navette.catalogue.search.analysis import plain_words
from navette.catalogue.search.asking import Asked
from navette.catalogue.search.correcting import LOOKED_AT, rewritten
from navette.catalogue.search.opening import View
from navette.catalogue.search.sounding import sound

_SHORTEST: Final = 5
_REACH: Final = 2
_MOST_PAIRS: Final = 3
Spelling = tuple[str, str]


def nearly_named(view: View, text: str, asked: Asked) -> str | None:
    """Return the text with one word as the name of somebody has it whose other word is right."""
    words = [word.whole for word in asked.required if word.field in {"", "author"}]
    found: Counter[tuple[int, str, Spelling]] = Counter()
    for one, two in list(pairwise(words))[:_MOST_PAIRS]:
        for mistyped, right in ((one, two), (two, one)):
            for away, spelling in _beside(view, mistyped, right):
                found[away, mistyped, spelling] += 1
    if not found:
        return None
    _, mistyped, (_, written) = min(found, key=lambda known: (known[0], -found[known], known))
    return rewritten(text, {mistyped: written})


def _beside(view: View, mistyped: str, right: str) -> Iterator[tuple[int, Spelling]]:
    """Give the words near to a mistyped one that stand in one name with the right one."""
    begins = sound(mistyped)[:1]
    if len(mistyped) < _SHORTEST or not begins:
        return
    near = Query.fuzzy_term_query(view.schema, "author", mistyped, _REACH, True, False)
    both = Query.boolean_query(
        [(Occur.Must, Query.term_query(view.schema, "author", right)), (Occur.Must, near)]
    )
    hits = view.searcher.search(both, LOOKED_AT, count=False, weight_by_field="weight").hits
    for _, address in hits:
        for name in view.searcher.doc(address).get_all("author_name"):
            tokens = plain_words(name)
            if all(token.text != right for token in tokens):
                continue
            for token in tokens:
                away = DamerauLevenshtein.distance(mistyped, token.text, score_cutoff=_REACH)
                if 0 < away <= _REACH and sound(token.text)[:1] == begins:
                    yield away, (token.text, name[token.start : token.end].lower())
