"""The distinct names of the index, each once, with how many records bear it: an index beside it.

A letter begins the names of a third of all records, but far fewer names, and of those only the
best known are asked for. So a name says from how many records on it is known, and its first
letters are terms of their own: what one has typed so far costs what it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import tantivy
from tantivy import Document, Occur, Order, Query, Schema, SchemaBuilder, Searcher

from navette.catalogue.normalising import without_article
from navette.catalogue.search.analysis import WORDS, flat, register

FOLDER: Final = "names"
# Each kind of name with the field of the records that bear it; a kind is also a field here.
KINDS: Final = {"series": "series_name", "author": "author_name", "subject": "subject_name"}
LONGEST_NAME: Final = 300
LONGEST_START: Final = 2
# So many letters may be wrong in one word of a name whose other word is right.
REACH_IN_A_NAME: Final = 2
# Marks of the terms of "starts": a word's first letters, the name's own, how well it is known.
_WORD, _FIRST, _LEVEL = "0", "1", "2"
# From how many records on a name is well known; a search begins with the best known.
_KNOWN: Final = (256, 64, 16, 4)
# So few names are looked through without asking for the well known ones first.
_FEW: Final = 2_000


class Roll(NamedTuple):
    """The names as they are at one instant."""

    schema: Schema
    searcher: Searcher


def names_schema() -> Schema:
    """Return the fields of the names; a change here needs a new VERSION of schema.py."""
    builder = SchemaBuilder()
    builder.add_text_field("name", tokenizer_name="raw", index_option="basic", stored=True)
    for kind in KINDS:
        builder.add_text_field(kind, tokenizer_name=WORDS, index_option="basic")
    builder.add_text_field("starts", tokenizer_name=WORDS, index_option="basic")
    builder.add_integer_field("records", fast=True)
    return builder.build()


def open_names(generation: Path) -> tantivy.Index:
    """Open the names of a generation; raises ValueError when they cannot be read."""
    index = tantivy.Index.open(str(generation / FOLDER))
    register(index)
    return index


def starts(words: Iterable[str], longest: int) -> set[str]:
    """Return the first letters, up to `longest`, of every one of these folded words."""
    return {word[:size] for word in words for size in range(1, longest + 1)}


def key(kind: str, name: str) -> str:
    """Return the term that names one name."""
    return f"{kind} {name}"


def name_document(kind: str, name: str, records: int) -> Document:
    """Return the document of a name that so many records bear."""
    made = Document()
    made.add_text("name", key(kind, name))
    made.add_text(kind, name)
    made.add_integer("records", records)
    folded = flat(name)
    words = starts(folded.split(), LONGEST_START)
    begun = starts((folded, without_article(folded)), LONGEST_START)
    terms = [_term(kind, _WORD, start) for start in words]
    terms += [_term(kind, _FIRST, start) for start in begun]
    terms += [_term(kind, _LEVEL, known) for known in _KNOWN if known <= records]
    made.add_text("starts", " ".join(terms))
    return made


def begun_names(
    roll: Roll, kind: str, typed: Sequence[str], most: int, *, first: bool = False
) -> list[str]:
    """Return names of a kind that have these folded words, the last unfinished; best known first.

    `first`: only those that begin with the first letters of the first word.
    """
    *whole, last = typed
    terms = [(kind, word) for word in whole]
    parts: list[Query] = []
    if len(last) <= LONGEST_START:
        terms.append(("starts", _term(kind, _WORD, last)))
    else:
        parts.append(Query.fuzzy_term_query(roll.schema, kind, last, 0, True, True))
    if first:
        terms.append(("starts", _term(kind, _FIRST, typed[0][:LONGEST_START])))
    parts += [Query.term_query(roll.schema, field, term) for field, term in terms]
    many = min((roll.searcher.doc_freq(field, term) for field, term in terms), default=0)
    for known in _KNOWN if many > _FEW else ():
        level = Query.term_query(roll.schema, "starts", _term(kind, _LEVEL, known))
        found = _found(roll, [*parts, level], most)
        if len(found) >= most:
            return found
    return _found(roll, parts, most)


def near_names(
    roll: Roll, kind: str, typed: Sequence[str], typos: Mapping[str, int], most: int
) -> list[str]:
    """Return names of a kind that have these words with as many typos, as `begun_names`."""
    *whole, last = typed
    parts = [
        Query.fuzzy_term_query(roll.schema, kind, word, typos[word], True, False) for word in whole
    ]
    if len(last) <= LONGEST_START:
        parts.append(Query.term_query(roll.schema, "starts", _term(kind, _WORD, last)))
    else:
        parts.append(Query.fuzzy_term_query(roll.schema, kind, last, typos[last], True, True))
    return _found(roll, parts, most)


def names_beside(
    roll: Roll, kind: str, right: str, mistyped: str, most: int
) -> list[tuple[int, str]]:
    """Return the names that have one word as it is and another one nearly, with their records."""
    parts = [
        Query.term_query(roll.schema, kind, right),
        Query.fuzzy_term_query(roll.schema, kind, mistyped, REACH_IN_A_NAME, True, False),
    ]
    return _counted(roll, parts, most)


def _found(roll: Roll, parts: Sequence[Query], most: int) -> list[str]:
    return [name for _, name in _counted(roll, parts, most)]


def _counted(roll: Roll, parts: Sequence[Query], most: int) -> list[tuple[int, str]]:
    """Return names with how many records bear them, the best known first."""
    query = Query.boolean_query([(Occur.Must, part) for part in parts])
    hits = roll.searcher.search(
        query, most, count=False, order_by_field="records", order=Order.Desc
    ).hits
    found = [
        (records, str(roll.searcher.doc(address).get_first("name")).partition(" ")[2])
        for records, address in hits
    ]
    return sorted(found, key=lambda one: (-one[0], one[1]))


def _term(kind: str, mark: str, what: str | int) -> str:
    """Return the term of a start or a level: of letters and digits, as a word is."""
    return f"{kind}{mark}{what}"
