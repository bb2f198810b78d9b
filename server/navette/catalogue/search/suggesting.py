"""Suggestions while typing: titles, series, authors and subjects that begin as the text does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from tantivy import Occur, Query

from navette.catalogue.normalising import without_article
from navette.catalogue.search.analysis import plain_words
from navette.catalogue.search.asking import Asked, understood
from navette.catalogue.search.clauses import reach
from navette.catalogue.search.opening import View
from navette.catalogue.search.querying import starting
from navette.catalogue.search.results import Suggestion

MOST: Final = 20
_LOOKED_AT: Final = 24
# Of each part of the index and of all: what comes further down is not the likely name.
_VALUES, _VALUES_A_PART = 24, 48
_FEW: Final = 3
_PLACES: Final = {
    "series_name": ("series", "series_words"),
    "author_name": ("author", "author"),
    "subject_name": ("subject", "subject_words"),
}
_KINDS: Final = {name: kind for name, (kind, _) in _PLACES.items()}
_SHARE: Final = {"series": 2, "author": 3, "subject": 2}


def suggestions(view: View, prefix: str, first: int) -> list[Suggestion]:
    """Return what may be meant, at most `first`, each text once; typos only if little is found."""
    first = max(0, min(first, MOST))
    asked = understood(prefix, unfinished=True)
    typed = [word.whole for word in asked.words]
    if not typed or not first:
        return []
    found = _mixed(_exactly(view, asked), typed, first)
    if len(found) < _FEW and any(reach(word) for word in typed):
        near = starting(view, asked, near=True)
        nearly = [*_titles(view, near), *_names(view, near, _KINDS)]
        known = {each.text.casefold() for each in found}
        found += [e for e in _mixed(nearly, typed, first) if e.text.casefold() not in known]
    return found[:first]


def _exactly(view: View, asked: Asked) -> Iterator[Suggestion]:
    """Give what holds all the words that were typed, each kind looked for where it stands.

    A title is no reason to count the authors of all records that have one like it: a prefix is
    in a third of them.
    """
    typed = [word.whole for word in asked.words]
    meant = {word.field for word in asked.words if word.field}
    if meant <= {"title"}:
        yield from _holding(_titles(view, _within(view, "title_words", typed)), typed)
    for name, (kind, field) in _PLACES.items():
        if meant <= {kind}:
            yield from _holding(_names(view, _within(view, field, typed), [name]), typed)


def _within(view: View, field: str, typed: Sequence[str]) -> Query:
    """Look for all the words in one field, the last one unfinished."""
    *whole, last = typed
    musts = [Query.term_query(view.schema, field, word) for word in whole]
    musts.append(Query.fuzzy_term_query(view.schema, field, last, 0, True, True))
    return Query.const_score_query(
        Query.boolean_query([(Occur.Must, must) for must in musts]) if whole else musts[0], 1.0
    )


def _titles(view: View, query: Query) -> Iterator[Suggestion]:
    """Give the titles found, the most lent and newest first."""
    hits = view.searcher.search(query, _LOOKED_AT, count=False, weight_by_field="weight").hits
    addresses = [address for _, address in hits]
    records = view.searcher.fast_field_values("record", addresses)
    for address, record in zip(addresses, records, strict=True):
        if record is not None:
            title = str(view.searcher.doc(address).get_first("title") or "")
            yield Suggestion(title, "title", int(record))


def _names(view: View, query: Query, names: Iterable[str]) -> Iterator[Suggestion]:
    """Give the names that the records found bear, those of most records first."""
    asked = {
        name: {"terms": {"field": name, "size": _VALUES, "segment_size": _VALUES_A_PART}}
        for name in names
    }
    counted = view.searcher.aggregate(query, asked)
    for name in asked:
        for bucket in counted[name]["buckets"]:
            yield Suggestion(str(bucket["key"]), _KINDS[name])


def _holding(found: Iterable[Suggestion], typed: Sequence[str]) -> Iterator[Suggestion]:
    return (each for each in found if _holds(each.text, typed))


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
