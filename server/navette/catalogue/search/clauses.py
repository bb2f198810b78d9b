"""The parts of a query: one word in all its forms, words that follow each other, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tantivy import Query

from navette.catalogue.search.asking import Asked, Phrase, Word, reach
from navette.catalogue.search.opening import View
from navette.catalogue.search.schema import STEMMED
from navette.catalogue.search.sounding import sound, sounds


def found(view: View, word: Word, *, growing: bool = False) -> Query:
    """Look for a word as it was typed, or by its stem; for its beginning while it is `growing`."""
    parts = _exact(view, word)
    if growing:
        parts += loose(view, word, 0, prefix=True)
    return Query.disjunction_max_query(parts, view.ranking.tie)


def found_or_near(
    view: View, word: Word, *, growing: bool = False, beside: Sequence[str] = ()
) -> Query:
    """Look for a word with its typos, by its sound, and as one with the words `beside` it."""
    parts = _exact(view, word)
    distance = min(reach(word.whole), word.typos)
    if growing or distance:
        parts += loose(view, word, distance, prefix=growing)
    heard = list(sounds([word.whole])) + [code for pair in beside if (code := sound(pair))]
    if heard and not word.field and view.ranking.sound:
        by_sound = Query.term_set_query(view.schema, "sound", heard)
        parts.append(Query.const_score_query(by_sound, view.ranking.sound))
    return Query.disjunction_max_query(parts, view.ranking.tie)


def _exact(view: View, word: Word) -> list[Query]:
    ranking = view.ranking
    parts = [
        _term(view, field, form, weight)
        for field, weight in ranking.by_whole[word.field].items()
        for form in (word.whole, *word.others)
    ]
    if word.stem is not None:
        forms = ranking.by_stem[word.field].items()
        parts += [_term(view, field, word.stem, weight) for field, weight in forms]
    return parts


def _term(view: View, field: str, form: str, weight: float) -> Query:
    return Query.boost_query(Query.term_query(view.schema, field, form), weight)


def near(view: View, word: Word, typos: int, *, growing: bool) -> Query:
    """Look for a word in titles and names, with so many typos; for its beginning if `growing`."""
    return Query.disjunction_max_query(loose(view, word, typos, prefix=growing))


def loose(view: View, word: Word, distance: int, *, prefix: bool) -> list[Query]:
    """Look for a word that may have typos, or be unfinished, in titles and names."""
    return [
        Query.boost_query(_spelled(view, field, word.whole, distance, prefix=prefix), weight)
        for field, weight in view.ranking.loose[word.field].items()
    ]


def _spelled(view: View, field: str, word: str, distance: int, *, prefix: bool) -> Query:
    if distance or prefix:
        return Query.fuzzy_term_query(view.schema, field, word, distance, True, prefix)
    return Query.const_score_query(Query.term_query(view.schema, field, word), 1.0)


def strict(view: View, asked: Asked) -> list[Query]:
    """Return what no typo is forgiven in: phrases and numbers of a field."""
    parts = [_phrase(view, phrase) for phrase in asked.phrases]
    if asked.field_numbers:
        parts.append(Query.term_set_query(view.schema, "identifier", list(asked.field_numbers)))
    return parts


def name(view: View, words: Sequence[Word]) -> Query:
    """Look for a person's name, first name first or last."""
    if len(words) == 1:
        return Query.term_query(view.schema, "author", words[0].whole)
    wholes: list[str | tuple[int, str]] = [word.whole for word in words]
    said = Query.phrase_query(view.schema, "author", wholes, slop=0 if len(words) == 2 else 1)  # noqa: PLR2004 - first and last name
    filed = Query.phrase_query(view.schema, "author", [*wholes[1:], wholes[0]])
    if len(words) == 2:  # noqa: PLR2004 - turned around there is one way only
        return Query.disjunction_max_query([said, filed])
    sorted_first = Query.phrase_query(view.schema, "author", [wholes[-1], *wholes[:-1]])
    return Query.disjunction_max_query([said, filed, sorted_first])


def neighbours(words: Sequence[Word]) -> Iterator[tuple[Word, Sequence[str]]]:
    """Give each word with what it makes, written as one, with the word before and after it."""
    for place, word in enumerate(words):
        before = [words[place - 1].whole + word.whole] if place else []
        after = [word.whole + words[place + 1].whole] if place + 1 < len(words) else []
        yield word, before + after


def _phrase(view: View, phrase: Phrase) -> Query:
    ranking = view.ranking
    fields = [(f, phrase.stems, w) for f, w in ranking.by_stem[phrase.field].items()]
    fields += [(f, phrase.wholes, w) for f, w in ranking.by_whole[phrase.field].items()]
    return Query.disjunction_max_query(
        [_in_order(view, field, words, weight) for field, words, weight in fields], ranking.tie
    )


def _in_order(view: View, field: str, words: Sequence[tuple[int, str]], weight: float) -> Query:
    if not words:
        return Query.empty_query()
    if len(words) == 1:
        # in a stemmed field the rest were stop words: only whole words can tell the order
        if field in STEMMED:
            return Query.empty_query()
        return _term(view, field, words[0][1], weight)
    first = words[0][0]
    moved: list[str | tuple[int, str]] = [(place - first, text) for place, text in words]
    return Query.boost_query(Query.phrase_query(view.schema, field, moved), weight)
