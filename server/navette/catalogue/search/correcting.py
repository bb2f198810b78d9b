"""Another spelling for what was typed, taken from the records that nearly match it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein
from tantivy import DocAddress, Query

from navette.catalogue.search.analysis import STOP_WORDS, cleaned, flat, plain_words
from navette.catalogue.search.asking import Asked, reach
from navette.catalogue.search.opening import View
from navette.catalogue.search.querying import relaxed
from navette.catalogue.search.schema import WHOLE
from navette.catalogue.search.sounding import sound

LOOKED_AT: Final = 50
RARE: Final = 3
_HEARD: Final = 0.5
Pair = tuple[str, str]
_FIELDS: Final = ("title", "author_name", "series_name", "subject_name")


def rare(view: View, asked: Asked) -> set[str]:
    """Return the words that may be typing mistakes: hardly any title or name has them."""
    return {
        word.whole
        for word in asked.required
        if (reach(word.whole) or sound(word.whole))
        and sum(view.searcher.doc_freq(field, word.whole) for field in WHOLE) < RARE
    }


def corrected(
    view: View,
    text: str,
    mistyped: Iterable[str],
    near: Query,
    *,
    even_right: bool = False,
    growing: Collection[str] = (),
) -> str | None:
    """Return the text with its mistyped words as the nearest records write them, or None.

    A word that one of those records has is right; `even_right` words get another one too. One
    that is still `growing` is right as long as any of their words begins with it.
    """
    spellings, frequency, pairs = _words_near(view, near)
    if not frequency:
        pairs = _words_near(view, _heard(view, text))[2]
    better = _as_heard(text, set(mistyped) - set(growing), pairs)
    for word in mistyped:
        if word in better:
            continue
        if word in growing and any(known.startswith(word) for known in frequency):
            continue
        if even_right:
            del frequency[word]
        if found := _nearest(word, frequency):
            better[word] = spellings[found]
    better = {word: written for word, written in better.items() if flat(written) != word}
    return rewritten(text, better) if better else None


def narrower(view: View, text: str, asked: Asked, best: Sequence[DocAddress]) -> str | None:
    """Return the text without what the `best` answer lacks, as it is written there, or None.

    When there is no answer, what has any of the words stands for it.
    """
    if len(asked.required) < 2:  # noqa: PLR2004 - one word alone cannot be left out
        return None
    best = best or first_found(view, relaxed(view, asked))
    if not best:
        return None
    spellings = dict(_words_of(view, best))
    known = Counter(dict.fromkeys(spellings, 1))
    tokens = plain_words(text)
    kept: list[tuple[str, str]] = []
    for token in tokens:
        if token.text in known:
            kept.append((token.text, cleaned(text)[token.start : token.end]))
        elif near := _nearest(token.text, known):
            kept.append((near, spellings[near]))
    while kept and kept[0][0] in STOP_WORDS:
        del kept[0]
    while kept and kept[-1][0] in STOP_WORDS:
        del kept[-1]
    telling = any(not word.isdecimal() for word, _ in kept)  # "12" of "spirou 12" says nothing
    return " ".join(written for _, written in kept) if telling and len(kept) < len(tokens) else None


def first_found(view: View, query: Query) -> Sequence[DocAddress]:
    """Return where the best answer of a query stands; empty when there is none."""
    hits = view.searcher.search(query, 1, weight_by_field="weight").hits
    return [address for _, address in hits]


def _heard(view: View, text: str) -> Query:
    """Look where the two words of a text, if it has no more, are heard side by side."""
    words = [token.text for token in plain_words(text)]
    code = sound("".join(words)) if len(words) == 2 else ""  # noqa: PLR2004 - a title, a name
    if not code or not view.ranking.sound:
        return Query.empty_query()
    return Query.term_query(view.schema, "sound", code)


def _as_heard(text: str, mistyped: set[str], pairs: Mapping[str, Pair]) -> dict[str, str]:
    """Correct two words at once that sound as two that follow each other: "luky luc".

    The second one may be a word of its own, and yet not the one that was meant.
    """
    better: dict[str, str] = {}
    for one, two in pairwise(token.text for token in plain_words(text)):
        if mistyped.isdisjoint((one, two)) or not (code := sound(one + two)):
            continue
        if found := pairs.get(code):
            better |= zip((one, two), found, strict=True)
    return better


def _words_near(
    view: View, near: Query
) -> tuple[Mapping[str, str], Counter[str], Mapping[str, Pair]]:
    """Give the spellings, how often each word stands, and the pairs by how they sound."""
    hits = view.searcher.search(near, LOOKED_AT, count=False, weight_by_field="weight").hits
    frequency: Counter[str] = Counter()
    spellings: dict[str, str] = {}
    pairs: dict[str, Pair] = {}
    before = ("", "")
    for folded, written in _words_of(view, [address for _, address in hits]):
        frequency[folded] += 1
        spellings.setdefault(folded, written)
        if before[0] and (code := sound(before[0] + folded)):
            pairs.setdefault(code, (before[1], written))
        before = (folded, written)
    return spellings, frequency, pairs


def _words_of(view: View, addresses: Iterable[object]) -> Iterable[tuple[str, str]]:
    """Give the words of records, folded and as they are written in lower case."""
    for address in addresses:
        document = view.searcher.doc(address)  # type: ignore[arg-type]
        for field in _FIELDS:
            for value in document.get_all(field):
                for token in plain_words(value):
                    yield token.text, value[token.start : token.end].lower()


def _nearest(word: str, frequency: Counter[str]) -> str | None:
    """Return the closest, then most frequent other spelling; None if it is right or none is near.

    What sounds the same is close, however it is written.
    """
    if word in frequency:
        return None
    distance, heard = reach(word), sound(word)
    found = [
        (away, -count, candidate)
        for candidate, count in frequency.items()
        if (away := _away(word, heard, candidate, max(1, distance))) <= max(_HEARD, distance)
    ]
    return min(found)[2] if found else None


def _away(word: str, heard: str, candidate: str, most: int) -> float:
    away = DamerauLevenshtein.distance(word, candidate, score_cutoff=most)
    return min(away, 2 * _HEARD) / 2 if heard and sound(candidate) == heard else away


def rewritten(text: str, better: Mapping[str, str]) -> str:
    """Return the text with these folded words written otherwise."""
    text = cleaned(text)
    parts: list[str] = []
    last = 0
    for token in plain_words(text):
        if token.text in better:
            parts += (text[last : token.start], better[token.text])
            last = token.end
    return "".join((*parts, text[last:])).strip()
