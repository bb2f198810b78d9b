"""The bars of the card: one path, in the symbology that the desks' lasers read."""

from __future__ import annotations

import pytest

from navette_web.card import bars, modules_of

CARD = "20590000012345"


@pytest.mark.parametrize(
    ("symbology", "first"),
    [
        ("code128", "11010"),
        ("code39", "1000101110111010"),
        ("codabar", "1100111110000011"),
        ("", "11010"),
    ],
)
def test_a_card_begins_with_the_start_of_its_symbology(symbology: str, first: str) -> None:
    assert modules_of(CARD, symbology).startswith(first)


def test_the_whole_card_is_one_path_between_quiet_zones() -> None:
    drawn = str(bars(CARD, "code39"))
    assert drawn.count("<path") == 1
    assert 'd="M10 0h' in drawn
    assert 'aria-label="Code-barres de la carte"' in drawn
