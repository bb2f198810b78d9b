"""How French words sound."""

from __future__ import annotations

import pytest

from factories import a_record
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.sounding import sound, sounds
from navette.storage.unit import Unit


@pytest.mark.parametrize(
    ("written", "as_heard"),
    [
        ("harry", "ari"),
        ("potter", "poter"),
        ("lucky", "luky"),
        ("dahl", "dal"),
        ("asterix", "asterics"),
        ("hallyday", "halliday"),
        ("mortelle", "mortel"),
        ("marre", "mare"),
        ("sorciere", "sorsiere"),
        ("maitre", "metre"),
        ("miyazaki", "miyasaki"),
        ("philippe", "filipe"),
        ("gneau", "gno"),
        ("grands", "gran"),
    ],
)
def test_these_sound_the_same(written: str, as_heard: str) -> None:
    assert sound(written) == sound(as_heard) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("chat", "chien"), ("tintin", "titeuf"), ("ville", "fille"), ("pain", "pont"), ("bon", "ban")],
)
def test_these_do_not(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_short_words_and_numbers_have_no_sound() -> None:
    assert (sound("de"), sound("1984"), sound("")) == ("", "", "")


def test_neighbours_are_heard_as_one_word_too() -> None:
    assert sound("spiderman") in set(sounds(["spider", "man"], joined=True))
    assert sound("spiderman") not in set(sounds(["spider", "man"]))


def test_two_words_are_corrected_at_once_by_how_they_sound_together(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    """ "Luc" is somebody, three times here, and yet not who is meant after "luky"."""
    meant = a_record(unit, "Les aventures de Lucky Luke")
    for number in range(3):
        a_record(unit, f"Luc au marché {number}")
    writer.follow()
    found = index.search("luky luc")
    assert found.suggestion == "lucky luke"
    assert found.hits[0].record_id == meant


def test_a_word_that_still_grows_is_corrected_once_nothing_begins_with_it(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    a_record(unit, "Harry Potter à l'école des sorciers")
    writer.follow()
    assert index.search("harri poter", unfinished=True).suggestion == "harry potter"
    assert index.search("harri pott", unfinished=True).suggestion == "harry pott"
