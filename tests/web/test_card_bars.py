"""The bars of the card: one path, in the symbology that the desks' lasers read."""

from __future__ import annotations

import re

import pytest
import segno

from navette_web.card import bars, modules_of
from navette_web.squares import QUIET, square

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


def test_a_square_holds_every_module_of_its_code_inside_a_quiet_zone() -> None:
    text = "https://navette.example.org/compte/lier?code=K7M4-PQ2X"
    drawn = str(square(text, "Code"))
    dark = {
        (int(down) - QUIET, int(left) - QUIET + step)
        for left, down, long in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawn)
        for step in range(int(long))
    }
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    assert dark == {(y, x) for y, row in enumerate(matrix) for x, bit in enumerate(row) if bit}
    assert f'viewBox="0 0 {len(matrix) + 8} {len(matrix) + 8}"' in drawn


def test_a_desk_that_reads_screens_with_a_camera_gets_a_square() -> None:
    assert 'class="qr"' in str(bars(CARD, "qr"))
