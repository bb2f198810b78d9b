"""Languages: French is the source, catalogues translate it, and dates and counts follow."""

from __future__ import annotations

from datetime import date

import pytest

from navette.languages import LANGUAGES, _, language_named, ngettext, speak, speaking, spoken
from navette.saying import day_words, grouped, hour_words, listed, plural, rank_words
from navette.storage.unit import Unit

FIRST = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("code", "day", "hour", "number", "ranks"),
    [
        ("fr", "mardi 1er décembre", "14 h 30", "7 196", ["1er", "2e"]),
        ("fr-x-falc", "mardi 1er décembre", "14 h 30", "7 196", ["1er", "2e"]),
        ("en", "Tuesday 1 December", "14:30", "7,196", ["1st", "2nd"]),
        ("nl", "dinsdag 1 december", "14.30 uur", "7.196", ["1e", "2e"]),
    ],
)
def test_dates_hours_and_numbers_follow_the_language(
    code: str, day: str, hour: str, number: str, ranks: list[str]
) -> None:
    with speaking(code):
        said = [day_words(FIRST), hour_words(14 * 60 + 30), grouped(7196)]
        assert [" ".join(one.split()) for one in said] == [day, hour, number]
        assert [rank_words(1), rank_words(2)] == ranks


@pytest.mark.parametrize(("rank", "said"), [(3, "3rd"), (11, "11th"), (12, "12th"), (22, "22nd")])
def test_english_ranks_have_their_endings(rank: int, said: str) -> None:
    with speaking("en"):
        assert rank_words(rank) == said


def test_nought_is_singular_in_french_and_plural_elsewhere() -> None:
    assert plural(0, "livre", "livres") == "0\u00a0livre"
    assert ngettext("un", "plusieurs", 0) == "un"
    with speaking("en"):
        assert plural(0, "book", "books") == "0\u00a0books"
        assert ngettext("jamais traduit", "jamais traduits", 0) == "jamais traduit"


def test_a_list_has_its_and() -> None:
    assert [listed(["lundi", "mardi", "jeudi"][:n]) for n in range(4)] == [
        "", "lundi", "lundi et mardi", "lundi, mardi et jeudi",
    ]  # fmt: skip


def test_an_unknown_language_is_french_and_speaking_ends() -> None:
    with speaking("en"), speaking("tlh"):
        assert spoken().code == "fr"
    assert spoken().code == "fr"
    assert language_named("tlh") is None


def test_the_mirror_is_for_development_and_keeps_values_and_tags() -> None:
    mirror = language_named("x-miroir", pseudo=True)
    assert language_named("x-miroir") is None
    assert mirror is not None
    assert mirror.direction == "rtl"
    with speaking("fr"):
        speak(mirror)
        assert _("<b>Pour</b> {name}") == "<b>\u202ePour\u202c</b> {name}"
        assert ngettext("%(num)s prêt", "%(num)s prêts", 2) == "%(num)s\u202e prêts\u202c"


def test_a_write_speaks_the_language_of_who_asked(unit: Unit) -> None:
    with speaking("nl"):
        assert unit.write(lambda _tx: spoken().code) == "nl"
    assert unit.write(lambda _tx: spoken().code) == "fr"


def test_every_language_names_itself() -> None:
    assert [one.name for one in LANGUAGES.values()] == [
        "Français", "Français facile à lire", "English", "Nederlands",
    ]  # fmt: skip
