"""Colours that can be read: every pair of tokens used for text, in light and in dark."""

from __future__ import annotations

import re

import pytest

from navette_web.covers import PALETTES
from navette_web.render import STATIC
from navette_web.stops import COLOURS

TEXT, SHAPES = 4.5, 3.0
PAIRS = [
    *((ink, ground) for ink in ("ink", "soft", "van-text") for ground in ("paper", "sheet")),
    ("go", "go-bg"), ("wait", "wait-bg"), ("stop", "stop-bg"), ("ink", "go-bg"),
    ("ink", "wait-bg"), ("ink", "stop-bg"), ("soft", "go-bg"), ("on-night", "night"),
    ("on-night-soft", "night"), ("on-act", "act"),
]  # fmt: skip


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def themes() -> dict[str, dict[str, str]]:
    css = (STATIC / "navette.css").read_text()
    blocks = re.findall(r":root \{([^}]*)\}", css)[:2]
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", b)) for b in blocks)
    return {"light": light, "dark": light | dark}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(theme: str, ink: str, ground: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[ink], tokens[ground]) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_fields_and_focus_can_be_seen(theme: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens["edge"], tokens["sheet"]) >= SHAPES
    assert contrast(tokens["focus"], tokens["paper"]) >= SHAPES


@pytest.mark.parametrize("colour", COLOURS)
def test_a_stop_is_seen_on_paper_and_carries_white_words(colour: str) -> None:
    assert contrast(colour, "#faf6ef") >= SHAPES
    assert contrast(colour, "#ffffff") >= TEXT


@pytest.mark.parametrize(("ground", "ink"), PALETTES)
def test_a_cover_can_be_read(ground: str, ink: str) -> None:
    assert contrast(ground, ink) >= TEXT
