"""From what was asked to the engine's query: words are looked up, never parsed as syntax.

The order of results: exact title, then title words, author, series, and the rest far behind;
the boosts of documents.py only decide between neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from tantivy import Occur, Query, Schema

from navette.catalogue.search.asking import Asked, Phrase, Word
from navette.catalogue.search.results import SearchFilters
from navette.catalogue.search.schema import FACETS, STEMMED

# field -> weight, for stems and for whole words, by what the word was meant for
BY_STEM: Final[Mapping[str, Mapping[str, float]]] = {
    "": {
        "title": 4.0,
        "series": 2.5,
        "subtitle": 1.5,
        "subject": 1.2,
        "publication": 0.6,
        "contents": 0.5,
        "summary": 0.4,
    },
    "author": {},
    "title": {"title": 4.0, "subtitle": 2.0, "series": 2.0},
    "subject": {"subject": 1.0},
    "series": {"series": 1.0},
}
BY_WHOLE: Final[Mapping[str, Mapping[str, float]]] = {
    "": {"title_words": 2.0, "author": 3.5},
    "author": {"author": 3.5},
    "title": {"title_words": 2.0},
    "subject": {"subject_words": 0.5},
    "series": {"series_words": 0.5},
}
# where typos are forgiven and words may be unfinished
LOOSE: Final[Mapping[str, Mapping[str, float]]] = {
    "": {"title_words": 3.0, "author": 2.5, "series_words": 2.0, "subject_words": 0.8},
    "author": {"author": 1.0},
    "title": {"title_words": 3.0, "series_words": 2.0},
    "subject": {"subject_words": 1.0},
    "series": {"series_words": 1.0},
}
TIE: Final = 0.3
EXACT_TITLE, EXACT_TITLE_PER_WORD = 60.0, 40.0
FAR_BEFORE: Final = 1000.0
TYPO_LETTERS, TYPO_LETTERS_TWO = 4, 8


def wanted(schema: Schema, asked: Asked) -> Query:
    """Return the query of the first pass: every word there, in one of its forms."""
    return _combined(schema, asked, _found)


def forgiving(schema: Schema, asked: Asked, mistyped: Collection[str]) -> Query:
    """Return the query of the second pass: these words may have typos."""

    def find(schema: Schema, word: Word, *, growing: bool) -> Query:
        return (_found_or_near if word.whole in mistyped else _found)(schema, word, growing=growing)

    return _combined(schema, asked, find)


def named(schema: Schema, asked: Asked) -> Query:
    """Return the query of the third pass: typos in every word, only in titles and names."""
    near = starting(schema, asked, near=True, growing=asked.unfinished)
    musts = [near, *_strict(schema, asked)] if asked.required else _strict(schema, asked)
    return Query.boolean_query([(Occur.Must, must) for must in musts])


def before(near: Query, schema: Schema, corrected: Asked) -> Query:
    """Return a query with typos that ranks by the right spelling, as if it had been typed."""
    return _either(near, wanted(schema, corrected))


def first_of(schema: Schema, asked: Asked, near: Query) -> Query:
    """Return the query of the second pass with everything that was found as typed before it."""
    return _either(near, Query.const_score_query(wanted(schema, asked), FAR_BEFORE))


def relaxed(schema: Schema, asked: Asked) -> Query:
    """Return the query that is content with any of the words, to suggest another one."""
    return Query.boolean_query(
        [(Occur.Should, _found_or_near(schema, word, growing=False)) for word in asked.required]
    )


def starting(schema: Schema, asked: Asked, *, near: bool = False, growing: bool = True) -> Query:
    """Return the query of suggestions: words in titles and names, the last one unfinished."""
    words = asked.words if growing else asked.required
    last = len(words) - 1 if growing else -1
    musts = [
        Query.disjunction_max_query(
            _loose(schema, word, reach(word.whole) if near else 0, prefix=place == last)
        )
        for place, word in enumerate(words)
    ]
    return Query.boolean_query([(Occur.Must, must) for must in musts])


def filtered(query: Query, filters: SearchFilters, schema: Schema, *, but: str = "") -> Query:
    """Narrow a query: any of the values of a facet, all of the facets, save `but`."""
    clauses = [
        (Occur.Must, Query.const_score_query(Query.term_set_query(schema, facet, chosen), 0.0))
        for facet in FACETS
        if facet != but and (chosen := list(filters.of(facet)))
    ]
    return Query.boolean_query([(Occur.Must, query), *clauses]) if clauses else query


def reach(word: str) -> int:
    """Return how many typos a word may have: none under 4 letters, one to 7, then two."""
    if len(word) < TYPO_LETTERS or not word.isalpha():
        return 0
    return 1 if len(word) < TYPO_LETTERS_TWO else 2


def _combined(schema: Schema, asked: Asked, find: Callable[..., Query]) -> Query:
    required = asked.required
    last = asked.words[-1] if asked.words else None
    musts = [find(schema, word, growing=asked.unfinished and word is last) for word in required]
    musts += _strict(schema, asked)
    clauses = [(Occur.Must, must) for must in musts]
    clauses += [(Occur.Should, bonus) for bonus in _bonuses(schema, asked)]
    query = Query.boolean_query(clauses) if musts else Query.empty_query()
    if not asked.numbers:
        return query
    number = Query.term_set_query(schema, "identifier", list(asked.numbers))
    return _either(query, Query.const_score_query(number, FAR_BEFORE))


def _strict(schema: Schema, asked: Asked) -> list[Query]:
    """Return what no typo is forgiven in: phrases and numbers of a field."""
    strict = [_phrase(schema, phrase) for phrase in asked.phrases]
    if asked.field_numbers:
        strict.append(Query.term_set_query(schema, "identifier", list(asked.field_numbers)))
    return strict


def _either(first: Query, second: Query) -> Query:
    return Query.boolean_query([(Occur.Should, first), (Occur.Should, second)])


def _bonuses(schema: Schema, asked: Asked) -> list[Query]:
    """Return what is not required but counts: the exact title, the words side by side."""
    if not asked.flat:
        return []
    exact = Query.term_query(schema, "title_exact", asked.flat)
    score = EXACT_TITLE + EXACT_TITLE_PER_WORD * len(asked.words)
    bonuses = [Query.const_score_query(exact, score)]
    strong = [(place, w.stem) for place, w in enumerate(asked.words) if w.stem is not None]
    if len(strong) > 1:
        phrase = Query.phrase_query(schema, "title", [(p, s) for p, s in strong if s], slop=1)
        bonuses.append(Query.boost_query(phrase, 2.0))
    return bonuses


def _found(schema: Schema, word: Word, *, growing: bool) -> Query:
    return Query.disjunction_max_query(_exact(schema, word) + _prefix(schema, word, growing), TIE)


def _found_or_near(schema: Schema, word: Word, *, growing: bool) -> Query:
    return Query.disjunction_max_query(
        _exact(schema, word) + _prefix(schema, word, growing) + _near(schema, word, growing), TIE
    )


def _exact(schema: Schema, word: Word) -> list[Query]:
    forms = [(f, word.stem, w) for f, w in BY_STEM[word.field].items() if word.stem is not None]
    forms += [(f, word.whole, w) for f, w in BY_WHOLE[word.field].items()]
    return [
        Query.boost_query(Query.term_query(schema, field, form), weight)
        for field, form, weight in forms
    ]


def _prefix(schema: Schema, word: Word, growing: bool) -> list[Query]:  # noqa: FBT001 - private, named by its callers
    return _loose(schema, word, 0, prefix=True) if growing else []


def _near(schema: Schema, word: Word, growing: bool) -> list[Query]:  # noqa: FBT001 - private, named by its callers
    distance = reach(word.whole)
    return _loose(schema, word, distance, prefix=growing) if distance else []


def _loose(schema: Schema, word: Word, distance: int, *, prefix: bool) -> list[Query]:
    return [
        Query.boost_query(
            Query.fuzzy_term_query(schema, field, word.whole, distance, True, prefix),
            weight,
        )
        for field, weight in LOOSE[word.field].items()
    ]


def _phrase(schema: Schema, phrase: Phrase) -> Query:
    fields = [(f, phrase.stems, w) for f, w in BY_STEM[phrase.field].items()]
    fields += [(f, phrase.wholes, w) for f, w in BY_WHOLE[phrase.field].items()]
    return Query.disjunction_max_query(
        [_in_order(schema, field, words, weight) for field, words, weight in fields], TIE
    )


def _in_order(schema: Schema, field: str, words: Sequence[tuple[int, str]], weight: float) -> Query:
    if not words:
        return Query.empty_query()
    if len(words) == 1:
        # in a stemmed field the rest were stop words: only whole words can tell the order
        if field in STEMMED:
            return Query.empty_query()
        return Query.boost_query(Query.term_query(schema, field, words[0][1]), weight)
    first = words[0][0]
    moved: list[str | tuple[int, str]] = [(place - first, text) for place, text in words]
    return Query.boost_query(Query.phrase_query(schema, field, moved), weight)
