"""French words as the index compares them."""

from __future__ import annotations

import pytest

from navette.catalogue.search.analysis import cleaned, flat, plain_words, stems
from navette.catalogue.search.asking import understood


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("l'école", "ECOLES"),
        ("l’œuvre", "oeuvres"),
        ("journal", "journaux"),
        ("les chevaux", "du cheval"),
        ("e\u0301te\u0301", "été"),
        ("Ægypte", "aegypte"),
        ("qu'importe", "importe"),
        ("sorcières", "sorcieres"),
    ],
)
def test_these_are_the_same_word(one: str, other: str) -> None:
    assert [t.text for t in stems(one)] == [t.text for t in stems(other)]


def test_elided_and_small_words_carry_no_meaning_but_keep_their_place() -> None:
    assert [(t.text, t.position) for t in stems("l'arabe du futur")] == [("arab", 1), ("futur", 3)]
    assert stems("de la") == []
    assert [t.text for t in plain_words("C'est l'été")] == ["c", "est", "l", "ete"]


def test_a_whole_title_is_one_term() -> None:
    assert flat("L'Arabe  du futur !") == "l arabe du futur"
    assert cleaned("a\ud800b") == "ab"


def test_words_without_meaning_are_required_only_when_there_is_nothing_else() -> None:
    assert [w.whole for w in understood("le prince de la nuit").required] == ["prince", "nuit"]
    assert [w.whole for w in understood("la").required] == ["la"]
    assert [w.whole for w in understood("zaï zaï zaï").required] == ["zai"]
    assert [w.whole for w in understood("zaï zaï zaï").words] == ["zai"] * 3


def test_what_was_typed_is_told_apart() -> None:
    asked = understood('auteur:hugo "les misérables" tome série:"x"')
    assert [(w.whole, w.field) for w in asked.words] == [
        ("hugo", "author"),
        ("tome", ""),
        ("x", "series"),
    ]
    assert [form for _, form in asked.phrases[0].wholes] == ["les", "miserables"]
    assert understood("2-07-061275-9").numbers == ["2070612759", "9782070612758"]
    assert understood("1984").numbers == ()
    assert understood("  ").empty
    assert understood("?!").empty


def test_a_very_long_text_is_cut() -> None:
    asked = understood("mot " * 500 + "x" * 5000)
    assert len(asked.words) == 16
