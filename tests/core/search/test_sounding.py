"""How French words sound."""

from __future__ import annotations

import pytest

from navette.catalogue.search.sounding import sound, sounds


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
