"""Where in a title the words of a query stand."""

from __future__ import annotations

from collections.abc import Sequence

from navette.catalogue.search.analysis import plain_words, stems
from navette.catalogue.search.asking import Asked


def places(title: str, asked: Sequence[Asked]) -> Sequence[tuple[int, int]]:
    """Return (start, end) of each word of the title that was asked for, in order."""
    wholes = {word.whole for each in asked for word in each.required}
    wholes |= {form for each in asked for phrase in each.phrases for _, form in phrase.wholes}
    forms = {word.stem for each in asked for word in each.required if word.stem}
    growing = tuple(e.words[-1].whole for e in asked if e.unfinished and e.words)
    if not (wholes or forms):
        return ()
    stem_at = {token.position: token.text for token in stems(title)} if forms else {}
    return tuple(
        (token.start, token.end)
        for token in plain_words(title)
        if token.text in wholes
        or stem_at.get(token.position) in forms
        or (growing and token.text.startswith(growing))
    )
