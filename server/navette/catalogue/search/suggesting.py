"""Suggestions while typing: titles, series, authors and subjects that begin as the text does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from tantivy import Document, Occur, Query

from navette.catalogue.normalising import without_article
from navette.catalogue.search.analysis import plain_words
from navette.catalogue.search.asking import Asked, Word, reach, understood
from navette.catalogue.search.clauses import near
from navette.catalogue.search.correcting import rare
from navette.catalogue.search.heaviest import Way, heaviest
from navette.catalogue.search.names import KINDS, begun_names, near_names
from navette.catalogue.search.opening import View
from navette.catalogue.search.results import Suggestion
from navette.catalogue.search.schema import LONGEST_START

MOST: Final = 20
_NAMES: Final = 8
_FEW_MISTYPED, _MOST_MISTYPED = 2, 3
_FEW: Final = 3
_SHARE: Final = {"series": 2, "author": 3, "subject": 2}
# Titles are looked for among so many of the heaviest records first, if many begin so. A word of
# more letters is in fewer titles, and finding where costs more than looking at them.
_AMONG: Final = (2_000, 16_000, 128_000)


def suggestions(view: View, prefix: str, first: int) -> list[Suggestion]:
    """Return what may be meant, at most `first`, each text once; typos only if little is found."""
    first = max(0, min(first, MOST))
    asked = understood(prefix, unfinished=True)
    typed = [word.whole for word in asked.words]
    if not typed or not first:
        return []
    found = _mixed(_exactly(view, asked), typed, first)
    if len(found) < _FEW and any(reach(word) for word in typed):
        known = {each.text.casefold() for each in found}
        nearly = _mixed(_nearly(view, asked), typed, first)
        found += [each for each in nearly if each.text.casefold() not in known]
    return found[:first]


def _exactly(view: View, asked: Asked) -> Iterator[Suggestion]:
    """Give what holds all the words that were typed, each kind looked for where it stands."""
    typed = [word.whole for word in asked.words]
    meant = {word.field for word in asked.words if word.field}
    if meant <= {"title"}:
        yield from _titles(view, typed)
    for kind in KINDS:
        if meant <= {kind}:
            yield from (Suggestion(name, kind) for name in _named(view, kind, typed))


def _named(view: View, kind: str, typed: Sequence[str]) -> Iterator[str]:
    """Give the best known names of a kind; of all but persons, first those that begin so.

    A person is as well known by the family name.
    """
    if kind != "author":
        start = " ".join(typed)
        begin = begun_names(view.names, kind, typed, _NAMES, first=True)
        begin = [name for name in begin if _begins(name, start)]
        yield from begin
        if len(begin) >= _SHARE[kind]:
            return
    yield from begun_names(view.names, kind, typed, _NAMES)


def _titles(view: View, typed: Sequence[str]) -> Iterator[Suggestion]:
    """Give the titles that hold all the words, the last one unfinished, the heaviest first."""
    *whole, last = typed
    terms = [("title_words", word) for word in whole]
    parts: list[Query] = []
    if short := len(last) <= LONGEST_START:
        terms.append(("starts", last))
    else:
        parts.append(Query.fuzzy_term_query(view.schema, "title_words", last, 0, True, True))
    parts += [_has(view, field, term) for field, term in terms]
    query = Query.boolean_query([(Occur.Must, part) for part in parts])
    many = min((view.searcher.doc_freq(*term) for term in terms), default=view.searcher.num_docs)
    ways = [Way(query, among) for among in (_AMONG if short else _AMONG[1:2]) if among < many]
    for document, record in heaviest(view, [*ways, Way(query)]):
        title = str(document.get_first("title") or "")
        if _holds(title, typed):
            yield Suggestion(title, "title", record)


def _nearly(view: View, asked: Asked) -> Iterator[Suggestion]:
    """Give what holds the words but for their typos, and the names that are borne with it.

    Articles need not be there: "la pierre" may be called Pierre. Typos are looked for in the words
    that hardly anything has and in the one that still grows; in all, if that finds nothing. Too
    many of them are no typos, and each costs a walk through all the words of the index.
    """
    words = asked.required or asked.words
    every = {word.whole for word in words}
    mistyped = {*rare(view, asked), words[-1].whole}
    if len(mistyped) > _MOST_MISTYPED:
        return
    typos = _typos(words, mistyped)
    found = _near_records(view, words, typos)
    if not found and len(mistyped) < len(every) <= _MOST_MISTYPED:
        typos = _typos(words, every)
        found = _near_records(view, words, typos)
    borne: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for document, record in found:
        yield Suggestion(str(document.get_first("title") or ""), "title", record)
        for kind, field in KINDS.items():
            borne[kind].update(set(document.get_all(field)))
    telling = [word.whole for word in words]
    meant = {word.field for word in words if word.field}
    for kind in KINDS:
        if meant <= {kind}:
            for name in near_names(view.names, kind, telling, typos, _NAMES):
                yield Suggestion(name, kind)
        for name, _ in borne[kind].most_common(_NAMES):
            yield Suggestion(name, kind)


def _typos(words: Sequence[Word], mistyped: Collection[str]) -> Mapping[str, int]:
    """Return how many typos are forgiven in each word; one, when more than two are mistyped."""
    most = 1 if len(mistyped) > _FEW_MISTYPED else max(map(reach, mistyped))
    return {w.whole: min(reach(w.whole), most) if w.whole in mistyped else 0 for w in words}


def _near_records(
    view: View, words: Sequence[Word], typos: Mapping[str, int]
) -> Sequence[tuple[Document, int]]:
    """Return the records that hold the words but for their typos, in titles if enough are there.

    The first letters of one more word are in too many records to look for them everywhere: they
    are looked for in those that hold the other words.
    """
    *before, last = words
    short = bool(before) and len(last.whole) <= LONGEST_START
    held = before if short else words
    titled = [Word(word.whole, word.stem, word.field or "title") for word in held]
    ways: list[Way] = []
    for places, among in ((titled, _AMONG[1]), (held, None)):
        growing = None if short else places[-1]
        clauses = [
            (Occur.Must, near(view, word, typos[word.whole], growing=word is growing))
            for word in places
        ]
        if short:
            clauses.append((Occur.Should, _has(view, "starts", last.whole)))
        ways.append(Way(Query.boolean_query(clauses), among))
    found = heaviest(view, ways)
    return [one for one in found if not short or _holds(" ".join(_texts(one[0])), [last.whole])]


def _has(view: View, field: str, word: str) -> Query:
    """Look for a word that counts as much as any other: the weight of the record decides."""
    return Query.const_score_query(Query.term_query(view.schema, field, word), 1.0)


def _texts(document: Document) -> Iterator[str]:
    for field in ("title", *KINDS.values()):
        yield from document.get_all(field)


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
