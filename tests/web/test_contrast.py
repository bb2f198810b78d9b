"""Colours that can be read: every pair of tokens used for text, in light and in dark."""

from __future__ import annotations

import re

import pytest

from navette_web.covers import PALETTES
from navette_web.sheets import SHEET, content_of
from navette_web.stops import COLOURS

TEXT, SHAPES, ENHANCED = 4.5, 3.0, 7.0
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


def tokens_after(*selectors: str) -> list[dict[str, str]]:
    """The colours that stand behind each of these selectors of the sheet, in its order."""
    css = content_of(SHEET).decode()
    return [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block))
        for selector in selectors
        for block in re.findall(re.escape(selector) + r" \{([^}]*--[^}]*)\}", css)
    ]


def themes() -> dict[str, dict[str, str]]:
    light = tokens_after("\n:root")[0]
    dark = tokens_after("\n  :root:not([data-theme=light])")[0]
    more = tokens_after("\n:root[data-contrast=more]")[0]
    more_dark = tokens_after("\n:root[data-contrast=more][data-theme=dark]")[0]
    return {
        "light": light, "dark": light | dark,
        "more": light | more, "more dark": light | dark | more_dark,
    }  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark", "more", "more dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(theme: str, ink: str, ground: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[ink], tokens[ground]) >= (ENHANCED if "more" in theme else TEXT)


@pytest.mark.parametrize("theme", ["light", "dark", "more", "more dark"])
def test_edges_of_fields_and_focus_can_be_seen(theme: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens["edge"], tokens["sheet"]) >= SHAPES
    assert contrast(tokens["focus"], tokens["paper"]) >= SHAPES


def test_a_theme_that_is_chosen_is_the_one_that_the_phone_would_ask_for() -> None:
    dark = tokens_after(":root:not([data-theme=light])", ":root[data-theme=dark]")
    more = tokens_after("{ :root", "\n:root[data-contrast=more]")
    assert len(more) >= 2
    assert more[0] == more[-1]
    assert dark[0] == next(one for one in dark[1:] if "night" in one)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_stop_is_seen_on_paper_and_carries_white_words(colour: str) -> None:
    assert contrast(colour, "#faf6ef") >= SHAPES
    assert contrast(colour, "#ffffff") >= TEXT


@pytest.mark.parametrize(("ground", "ink"), PALETTES)
def test_a_cover_can_be_read(ground: str, ink: str) -> None:
    assert contrast(ground, ink) >= TEXT
