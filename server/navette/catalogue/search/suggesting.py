"""Suggestions while typing: titles, series, authors and subjects that begin as the text does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from tantivy import Query

from navette.catalogue.normalising import without_article
from navette.catalogue.search.analysis import plain_words
from navette.catalogue.search.asking import understood
from navette.catalogue.search.clauses import reach
from navette.catalogue.search.opening import View
from navette.catalogue.search.querying import starting
from navette.catalogue.search.results import Suggestion

MOST: Final = 20
_LOOKED_AT: Final = 24
_VALUES: Final = 60
_FEW: Final = 3
_KINDS: Final = {"series_name": "series", "author_name": "author", "subject_name": "subject"}
_SHARE: Final = {"series": 2, "author": 3, "subject": 2}


def suggestions(view: View, prefix: str, first: int) -> list[Suggestion]:
    """Return what may be meant, at most `first`, each text once; typos only if little is found."""
    first = max(0, min(first, MOST))
    asked = understood(prefix, unfinished=True)
    typed = [word.whole for word in asked.words]
    if not typed or not first:
        return []
    found = _mixed(_of(view, starting(view, asked), typed), typed, first)
    if len(found) < _FEW and any(reach(word) for word in typed):
        near = _of(view, starting(view, asked, near=True), [])
        known = {each.text.casefold() for each in found}
        found += [each for each in _mixed(near, typed, first) if each.text.casefold() not in known]
    return found[:first]


def _of(view: View, query: Query, typed: Sequence[str]) -> list[Suggestion]:
    """Return the candidates of every kind; with `typed`, only those that hold these words."""
    hits = view.searcher.search(query, _LOOKED_AT, count=False, weight_by_field="weight").hits
    addresses = [address for _, address in hits]
    records = view.searcher.fast_field_values("record", addresses)
    found = [
        Suggestion(str(view.searcher.doc(address).get_first("title") or ""), "title", int(record))
        for address, record in zip(addresses, records, strict=True)
        if record is not None
    ]
    counted = view.searcher.aggregate(
        query, {name: {"terms": {"field": name, "size": _VALUES}} for name in _KINDS}
    )
    for name, kind in _KINDS.items():
        found += [Suggestion(str(b["key"]), kind) for b in counted[name]["buckets"]]
    return [each for each in found if not typed or _holds(each.text, typed)]


@lru_cache(maxsize=20_000)
def _words(text: str) -> Sequence[str]:
    """Return the folded words of a name or title; the same few names are asked for all the time."""
    return tuple(token.text for token in plain_words(text))


def _holds(text: str, typed: Sequence[str]) -> bool:
    words = _words(text)
    *whole, last = typed
    return all(w in words for w in whole) and any(word.startswith(last) for word in words)


def _mixed(found: Iterable[Suggestion], typed: Sequence[str], first: int) -> list[Suggestion]:
    """Order by how they begin, then by kind, so that no kind crowds out the others."""
    start = " ".join(typed)
    by_kind: dict[str, list[Suggestion]] = {"series": [], "author": [], "title": [], "subject": []}
    seen: set[tuple[str, str]] = set()
    for each in found:
        key = (each.kind, each.text.casefold())
        if each.text and key not in seen:
            seen.add(key)
            by_kind[each.kind].append(each)
    chosen: list[Suggestion] = []
    for kind, of_kind in by_kind.items():
        if kind != "author":  # a person is as well known by the family name: most records first
            of_kind.sort(key=lambda each: not _begins(each.text, start))
        chosen += of_kind[: _SHARE.get(kind, first)]
    chosen.sort(key=lambda each: not _begins(each.text, start))
    return chosen[:first]


def _begins(text: str, start: str) -> bool:
    words = " ".join(_words(text))
    return words.startswith(start) or without_article(words).startswith(without_article(start))
