"""The fields of the index. A change of any line here needs a new VERSION: nodes then rebuild."""

from __future__ import annotations

from tantivy import Schema, SchemaBuilder

from navette.catalogue.search.analysis import FRENCH, NOTHING, WORDS

VERSION = 7

# Stemmed, for meaning; each also answers phrases.
STEMMED = ("title", "subtitle", "series", "subject", "publication", "summary", "contents")
# Folded but whole words: names, exact forms, typos and the word being typed.
WHOLE = ("author", "title_words", "series_words", "subject_words")
# What the facets count, in the order in which they are shown; several values a record.
FACETS = (
    "availability",
    "library",
    "type",
    "audience",
    "language",
    "adapted",
    "period",
    "series",
    "genre",
    "digital",
    "section",
)
# So many letters of a title's word are a term; more of them are looked for among its words.
LONGEST_START = 3
# Shown by suggestions, counted as they are written.
NAMED = ("author_name", "series_name", "subject_name")
_FIELDS = {"series": "series_name"}


def field_of(facet: str) -> str:
    """Return the field that holds the values of a facet."""
    return _FIELDS.get(facet, facet)


def schema() -> Schema:
    """Return the schema of this version."""
    builder = SchemaBuilder()
    # An unsigned id could not be deleted by term: the id is text, taken as it is.
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("record", fast=True)
    for name in STEMMED:
        builder.add_text_field(name, tokenizer_name=FRENCH, stored=name == "title")
    for name in WHOLE:
        builder.add_text_field(name, tokenizer_name=WORDS)
    # How the words of titles and names sound, each and two as one: for those who write by ear.
    builder.add_text_field("sound", tokenizer_name=WORDS, index_option="basic")
    for name in ("title_exact", "series_exact", "identifier"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in dict.fromkeys((*map(field_of, FACETS), *NAMED)):
        builder.add_text_field(
            name, tokenizer_name="raw", index_option="basic", fast=True, stored=name in NAMED
        )
    # When each library had its newest copy, as a day and as a week.
    builder.add_text_field("arrived", tokenizer_name="raw", index_option="basic")
    # Only an order: nobody looks for it, and its terms would be a twentieth of the index.
    builder.add_text_field("title_order", tokenizer_name=NOTHING, index_option="basic", fast=True)
    # The first letters of the words of titles, for suggestions: a term for each.
    builder.add_text_field("starts", tokenizer_name=WORDS, index_option="basic")
    builder.add_float_field("weight", fast=True)
    # The weight in steps, so that the weightiest are found without looking at the others.
    builder.add_text_field("rank", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("back", fast=True, indexed=True)
    builder.add_integer_field("arrival", fast=True, indexed=True)
    builder.add_integer_field("year", fast=True, indexed=True)
    builder.add_integer_field("volume", fast=True)
    return builder.build()
