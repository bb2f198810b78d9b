"""The catalogues: complete, fresh, with the same values in every language."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from navette.languages import LANGUAGES, Language
from navette_server.words import (
    catalogue_path,
    gathered,
    merged,
    missing,
    read_catalogue,
    written,
)

TRANSLATED = [one for one in LANGUAGES.values() if one.catalogue]
WHOLE = [one for one in TRANSLATED if one.code != "fr-x-falc"]
VALUES = re.compile(r"%\(\w+\)s|\{\w*\}|<[^>]*>|%%")
pytestmark = pytest.mark.slow  # sentences land before their translations: `make test` decides


@pytest.mark.parametrize("language", WHOLE, ids=lambda one: one.code)
def test_every_sentence_is_translated(language: Language) -> None:
    catalogue = merged(language.catalogue, language.locale, gathered())
    assert missing(catalogue) == []


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda one: one.code)
def test_the_file_is_what_make_words_would_write(language: Language) -> None:
    fresh = written(merged(language.catalogue, language.locale, gathered()), language.catalogue)
    assert fresh == catalogue_path(language.catalogue).read_bytes(), "run `make words`"


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda one: one.code)
def test_a_translation_keeps_the_values_and_the_marks(language: Language) -> None:
    wrong = [
        message.id
        for message in read_catalogue(language.catalogue, language.locale)
        if message.id and message.string and not _same_values(message)
    ]
    assert wrong == []


def _same_values(message: Message) -> bool:
    ids = (message.id,) if isinstance(message.id, str) else message.id
    said = (message.string,) if isinstance(message.string, str) else message.string
    wanted = {frozenset(VALUES.findall(one)) for one in ids}
    return all(not one or frozenset(VALUES.findall(one)) in wanted for one in said)
