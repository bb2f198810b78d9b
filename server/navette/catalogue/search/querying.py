"""From what was asked to the engine's query: words are looked up, never parsed as syntax.

The order of results: exact title, then title words, author, series, and the rest far behind;
the boosts of documents.py only decide between neighbours. All numbers stand in ranking.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from math import ceil
from typing import Final

from tantivy import Occur, Query, Schema

from navette.catalogue.search.asking import NEWEST, SOFT, Asked, Word, reach
from navette.catalogue.search.clauses import (
    found,
    found_or_near,
    loose,
    name,
    neighbours,
    strict,
)
from navette.catalogue.search.opening import View
from navette.catalogue.search.results import SearchFilters
from navette.catalogue.search.schema import FACETS, field_of

NUMBER_FIRST: Final = 1000.0
MOST_SPLITS: Final = 5


def wanted(view: View, asked: Asked) -> Query:
    """Return the query of the first pass: every word there, in one of its forms."""
    return _combined(view, asked, lambda word, growing: found(view, word, growing=growing))


def forgiving(view: View, asked: Asked, mistyped: Collection[str]) -> Query:
    """Return the query of the second pass: these words may have typos."""
    beside = {word.whole: pairs for word, pairs in neighbours(asked.required)}

    def find(word: Word, growing: bool) -> Query:  # noqa: FBT001 - the shape _combined asks for
        if word.whole not in mistyped:
            return found(view, word, growing=growing)
        return found_or_near(view, word, growing=growing, beside=beside.get(word.whole, ()))

    return _combined(view, asked, find)


def named(view: View, asked: Asked) -> Query:
    """Return the query of the third pass: typos in every word, only in titles and names."""
    musts = strict(view, asked)
    if asked.required:
        musts = [starting(view, asked, near=True, growing=asked.unfinished), *musts]
    return Query.boolean_query([(Occur.Must, must) for must in musts])


def partly(view: View, asked: Asked) -> Query:
    """Return the query of the last pass: half of the words that tell something, most first.

    What was meant for a field or quoted stays required.
    """
    meant = [word for word in asked.required if word.field]
    telling, soft = _telling(asked)
    some = [
        (Occur.Should, found_or_near(view, word, beside=beside))
        for word, beside in neighbours(telling)
    ]
    musts = [*(found_or_near(view, word) for word in meant), *strict(view, asked)]
    clauses = [(Occur.Must, must) for must in musts]
    enough = ceil((len(some) + len(musts)) / 2) - len(musts)
    if some:
        kept = Occur.Must if enough > 0 else Occur.Should
        clauses.append(
            (kept, Query.boolean_query(some, minimum_number_should_match=max(1, enough)))
        )
    clauses += [(Occur.Should, found(view, word)) for word in soft]
    clauses += [(Occur.Should, bonus) for bonus in _bonuses(view, asked)]
    return Query.boolean_query(clauses)


def preferring(view: View, plain: Asked, asked: Asked) -> Query:
    """Return the query of a text told plainly, with what was said around it preferred."""
    _, soft = _telling(asked)
    kinds = [word for word in soft if word.whole not in NEWEST]
    preferred = [(Occur.Should, found(view, word)) for word in kinds]
    return Query.boolean_query([(Occur.Must, wanted(view, plain)), *preferred])


def told_plainly(asked: Asked) -> Asked | None:
    """Return what is asked without what people say around it; None when they said nothing so."""
    telling, soft = _telling(asked)
    if not soft or not (telling or _meant(asked)):
        return None
    meant = [word for word in asked.required if word.field]
    flat = "" if meant or asked.phrases else " ".join(word.whole for word in telling)
    return Asked([*meant, *telling], asked.phrases, (), asked.field_numbers, flat)


def asks_for_the_newest(asked: Asked) -> bool:
    """Tell whether the newest of what is named was asked for: "le dernier Danielle Steel"."""
    return any(word.whole in NEWEST and not word.field for word in asked.words)


def _telling(asked: Asked) -> tuple[list[Word], list[Word]]:
    """Part the words that are for no field: those that tell something, those around them."""
    free = [word for word in asked.required if not word.field]
    telling = [word for word in free if word.whole not in SOFT]
    if not telling and not _meant(asked):
        telling = free  # there is nothing else to go by
    return telling, [word for word in free if word not in telling]


def _meant(asked: Asked) -> bool:
    """Tell whether something was asked of a field or quoted."""
    fields = any(word.field for word in asked.required)
    return fields or bool(asked.phrases or asked.field_numbers)


def before(view: View, near: Query, corrected: Asked) -> Query:
    """Return a query with typos that ranks by the right spelling, as if it had been typed."""
    return _either(Query.boost_query(near, view.ranking.mistyped), wanted(view, corrected))


def first_of(view: View, asked: Asked, near: Query) -> Query:
    """Return the query of the second pass with what was found as typed before it.

    Words scattered over the names of a compilation are no such find: "steven king" is nobody there.
    """
    said = as_said(view, asked)
    return _either(near, Query.const_score_query(said, view.ranking.as_said))


def relaxed(view: View, asked: Asked) -> Query:
    """Return the query that is content with any of the words, to suggest another one."""
    return Query.boolean_query([(Occur.Should, found_or_near(view, w)) for w in asked.required])


def starting(view: View, asked: Asked, *, near: bool = False, growing: bool = True) -> Query:
    """Return the query of suggestions: words in titles and names, the last one unfinished."""
    words = asked.words if growing else asked.required
    last = len(words) - 1 if growing else -1
    musts = [
        Query.disjunction_max_query(
            loose(
                view, word, min(reach(word.whole), word.typos) if near else 0, prefix=place == last
            )
        )
        for place, word in enumerate(words)
    ]
    return Query.boolean_query([(Occur.Must, must) for must in musts])


def filtered(query: Query, filters: SearchFilters, schema: Schema, *, but: str = "") -> Query:
    """Narrow a query: any of the values of a facet, all of the facets, save `but`."""
    if filters.none:
        return query
    clauses = [
        (
            Occur.Must,
            Query.const_score_query(Query.term_set_query(schema, field_of(facet), chosen), 0.0),
        )
        for facet in FACETS
        if facet != but and (chosen := list(filters.of(facet)))
    ]
    return Query.boolean_query([(Occur.Must, query), *clauses]) if clauses else query


def _combined(view: View, asked: Asked, find: Callable[[Word, bool], Query]) -> Query:
    last = asked.words[-1] if asked.words else None
    musts = [find(word, asked.unfinished and word == last) for word in asked.required]
    musts += strict(view, asked)
    clauses = [(Occur.Must, must) for must in musts]
    clauses += [(Occur.Should, bonus) for bonus in _bonuses(view, asked)]
    query = Query.boolean_query(clauses) if musts else Query.empty_query()
    if not asked.numbers:
        return query
    number = Query.term_set_query(view.schema, "identifier", list(asked.numbers))
    return _either(query, Query.const_score_query(number, NUMBER_FIRST))


def _either(first: Query, second: Query) -> Query:
    return Query.boolean_query([(Occur.Should, first), (Occur.Should, second)])


def _bonuses(view: View, asked: Asked) -> list[Query]:
    """Return what is not required but counts: the exact title, the words side by side."""
    if not asked.flat:
        return []
    ranking = view.ranking
    exact = Query.term_query(view.schema, "title_exact", asked.flat)
    score = ranking.exact_title + ranking.exact_title_per_word * len(asked.words)
    bonuses = [Query.const_score_query(exact, score)]
    strong = [(place, w.stem) for place, w in enumerate(asked.words) if w.stem is not None]
    if len(strong) > 1:
        stems: list[str | tuple[int, str]] = [(p, s) for p, s in strong if s]
        phrase = Query.phrase_query(view.schema, "title", stems, slop=1)
        bonuses.append(Query.boost_query(phrase, ranking.title_phrase))
        person = name(view, list(asked.words))
        bonuses.append(Query.boost_query(person, ranking.author_phrase))
    return bonuses


def as_said(view: View, asked: Asked) -> Query:
    """Look for the words as one says them: of the work, of a person, or the one and the other."""
    words = list(asked.required)
    if len(words) <= 1 or asked.phrases or asked.field_numbers or any(w.field for w in words):
        return wanted(view, asked)
    ways = [_of_work(view, words), name(view, words)]
    for at in range(1, min(len(words), MOST_SPLITS + 1)):
        left, right = words[:at], words[at:]
        ways.append(_both(_of_work(view, left), name(view, right)))
        ways.append(_both(name(view, left), _of_work(view, right)))
    return Query.disjunction_max_query(ways)


def _of_work(view: View, words: Sequence[Word]) -> Query:
    descriptive = [Word(w.whole, w.stem, "title") for w in words]
    return Query.boolean_query([(Occur.Must, found(view, word)) for word in descriptive])


def _both(first: Query, second: Query) -> Query:
    return Query.boolean_query([(Occur.Must, first), (Occur.Must, second)])
