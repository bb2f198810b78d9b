"""How French words become what is compared: registered anew in each process that opens an index."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from tantivy import Filter, Index, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

FRENCH = "navette_french"
WORDS = "navette_words"
NOTHING = "navette_nothing"
LONGEST_WORD = 40
# Elided articles stand here too: the tokenizer parts words at apostrophes.
STOP_WORDS = [
    *("l", "d", "j", "m", "n", "s", "t", "c", "qu"),
    *("le", "la", "les", "un", "une", "des", "du", "de", "au", "aux", "et", "ou", "a", "en"),
    *("dans", "par", "pour", "sur", "avec", "sans", "ce", "cet", "cette", "ces", "se", "que"),
    *("qui", "son", "sa", "ses", "the", "of", "and"),
]


class Token(NamedTuple):
    """An analysed word, its place among the words, and where it stands in the text."""

    text: str
    position: int
    start: int
    end: int


def _analyzer(*more: Filter) -> TextAnalyzer:
    builder = (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.remove_long(LONGEST_WORD + 1))
    )
    for each in more:
        builder = builder.filter(each)
    return builder.build()


# Folding comes before stemming: "ecole" typed bare must give what "école" gives.
french = _analyzer(Filter.custom_stopword(STOP_WORDS), Filter.stemmer("french"))
words = _analyzer()
whole = TextAnalyzerBuilder(Tokenizer.raw()).build()
nothing = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.remove_long(1)).build()


def register(index: Index) -> None:
    """Teach this process's index what its fields' analysers are."""
    index.register_tokenizer(FRENCH, french)
    index.register_tokenizer(WORDS, words)
    index.register_tokenizer(NOTHING, nothing)
    index.register_fast_field_tokenizer(NOTHING, whole)


def cleaned(text: str) -> str:
    """Compose accents, so that both ways of writing é are one letter; drop what is no text."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode("utf-8"))


def stems(text: str) -> Sequence[Token]:
    """Return the stemmed words that count, with their places; may be empty ("de la")."""
    return _tokens(french, text)


def placed(analyzer: TextAnalyzer, text: str) -> list[tuple[int, str]]:
    """Return the words of a text as this analyser gives them, each after its place."""
    return [(t.position, t.text) for t in analyzer.pre_tokenize(cleaned(text)).tokens]


def plain_words(text: str) -> Sequence[Token]:
    """Return every word, folded, without stemming."""
    return _tokens(words, text)


def flat(text: str) -> str:
    """Return all words of a text as one folded term, to compare whole titles."""
    return " ".join(words.analyze(cleaned(text)))


def _tokens(analyzer: TextAnalyzer, text: str) -> Sequence[Token]:
    found = analyzer.pre_tokenize(cleaned(text)).tokens
    return [Token(t.text, t.position, t.char_offset_from, t.char_offset_to) for t in found]
