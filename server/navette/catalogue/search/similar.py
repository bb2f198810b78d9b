"""Titles like one: by what they are about and for whom, then by who made them; no loans of anybody.

Nothing personal takes part: two readers who borrow the same books are no reason here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tantivy import Occur, Query

from navette.catalogue.reading import RecordView
from navette.catalogue.search.analysis import cleaned, flat, stems
from navette.catalogue.search.opening import View
from navette.catalogue.search.schema import field_of

MOST_SUBJECTS: Final = 8
MOST_AUTHORS: Final = 3
MOST_WORDS: Final = 12
WANTED: Final = 2
SAME_SUBJECT, SAME_GENRE, SAME_AUTHOR, TITLE_WORD, SAME_KIND = 6.0, 2.0, 5.0, 1.0, 1.0


def similar_to(view: View, record: RecordView, first: int) -> list[int]:
    """Return the ids of records like this one, the likest first; never its series or its very title."""
    reasons = list(_reasons(view, record))
    if not reasons:
        return []
    clauses = [
        (Occur.Must, Query.boolean_query([(Occur.Should, reason) for reason in reasons])),
        (Occur.MustNot, Query.term_query(view.schema, "id", str(record.id))),
        (Occur.MustNot, Query.term_query(view.schema, "title_exact", flat(record.title))),
        *((Occur.Should, nearer) for nearer in _nearer(view, record)),
    ]
    if record.series_title:
        own = Query.term_query(view.schema, field_of("series"), cleaned(record.series_title))
        clauses.append((Occur.MustNot, own))
    found = view.searcher.search(
        Query.boolean_query(clauses), first, count=False, weight_by_field="weight"
    )
    addresses = [address for _, address in found.hits]
    return [int(i or 0) for i in view.searcher.fast_field_values("record", addresses)]


def _reasons(view: View, record: RecordView) -> Iterator[Query]:
    """Give what makes another title like it: any of these is enough."""
    for subject in record.subjects[:MOST_SUBJECTS]:
        exact = Query.term_query(view.schema, "subject_name", cleaned(subject))
        yield Query.const_score_query(exact, SAME_SUBJECT)
    for author in record.authors[:MOST_AUTHORS]:
        exact = Query.term_query(view.schema, "author_name", cleaned(author.name))
        yield Query.const_score_query(exact, SAME_AUTHOR)
    words = " ".join((record.title, record.subtitle, *record.subjects[:MOST_SUBJECTS]))
    for stem in dict.fromkeys(token.text for token in stems(words)[:MOST_WORDS]):
        for field in ("title", "subject"):
            if view.searcher.doc_freq(field, stem) >= WANTED:
                term = Query.term_query(view.schema, field, stem)
                yield Query.boost_query(term, TITLE_WORD)


def _nearer(view: View, record: RecordView) -> Iterator[Query]:
    """Give what decides among them: the same kind of thing, for the same people, of the same genre."""
    for field, value in (("type", record.type), ("audience", record.audience)):
        yield Query.const_score_query(Query.term_query(view.schema, field, value), SAME_KIND)
    for genre in record.genres[:MOST_AUTHORS]:
        term = Query.term_query(view.schema, "genre", cleaned(genre))
        yield Query.const_score_query(term, SAME_GENRE)
