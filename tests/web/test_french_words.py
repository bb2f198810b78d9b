"""Dates, hours and counts as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from navette_web import french

TODAY = date(2026, 11, 24)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 24), "mardi 24 novembre"),
        (date(2026, 12, 1), "mardi 1er décembre"),
        (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "mercredi 25 novembre"),
    ],
)
def test_a_day_is_said_with_its_name(day: date, said: str) -> None:
    assert plain(french.day_in_words(day)) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [(23, "hier"), (24, "aujourd’hui"), (25, "demain"), (27, "vendredi 27 novembre")],
)
def test_a_near_day_has_a_word_of_its_own(day: int, said: str) -> None:
    assert plain(french.near_day(date(2026, 11, day), TODAY)) == said


def test_hours_never_break_between_number_and_h() -> None:
    assert french.hour_in_words(time(14)) == "14\u00a0h"
    assert french.hour_in_words(time(9, 5)) == "9\u00a0h\u00a005"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 livre"), (1, "1 livre"), (2, "2 livres"), (7196, "7 196 livres")]
)
def test_nought_and_one_are_singular(count: int, said: str) -> None:
    assert plain(french.counted(count, "livre")) == said


def test_punctuation_stays_with_its_word() -> None:
    assert french.typeset("Blake : la marque « jaune »") == (
        "Blake\u00a0: la marque «\u00a0jaune\u00a0»"
    )


def test_a_card_number_is_read_by_four() -> None:
    assert french.card_in_groups("20590000012345") == "2059 0000 0123 45"
