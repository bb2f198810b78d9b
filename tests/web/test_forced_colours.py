"""A reader's own colours: nothing is told by a colour, a ground or a shadow alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from in_chromium import IN_CHROMIUM
from navette.ils.views import DeskAnswer, ScanResult

pytestmark = IN_CHROMIUM
PAGES = {
    "patron": ("/", "/reservations", "/carte", "/recherche?q=x&tri=bientot"),
    "agent": ("/bureau", "/bureau/etagere", "/bureau/usagers", "/bureau/navette?arret=hem"),
    "coordinator": (
        "/coordination/equipe", "/coordination/journal", "/coordination/regles",
        "/bureau/navette?arret=leers",
    ),
}  # fmt: skip
# What is current has a line that its neighbours lack: an underline, a border, a bold word.
ALIKE = """() => [...document.querySelectorAll("[aria-current]")].filter((one) => {
  const box = one.getBoundingClientRect();
  if (!box.width || !box.height) return false;
  const look = (node) => [node, ...node.querySelectorAll("*")].map((part) => {
    const { borderBottomWidth, borderBottomColor, fontWeight, textDecoration } = getComputedStyle(part);
    return [borderBottomWidth, borderBottomColor, fontWeight, textDecoration].join();
  }).join("|");
  const list = one.closest("ul, ol, form, nav");
  const other = [...(list?.querySelectorAll(`${one.localName}:not([aria-current])`) ?? [])]
    .find((node) => node.children.length === one.children.length);
  return other && look(other) === look(one);
}).map((one) => one.outerHTML.slice(0, 90))"""
# A mark drawn with the ground's own colour is not there.
UNSEEN = """() => [...document.querySelectorAll("svg:not(.cover) path[stroke], svg.shape path")].filter((path) => {
  const drawn = getComputedStyle(path);
  const ink = drawn.stroke === "none" ? drawn.fill : drawn.stroke;
  const box = path.getBoundingClientRect();
  const hidden = !box.width || path.closest("[style*=forced], .qr, .barcode, .logo");
  return !hidden && ink === getComputedStyle(document.documentElement).backgroundColor;
}).map((path) => path.closest("svg").outerHTML.slice(0, 90))"""


@pytest.fixture(params=PAGES)
def forced(request: pytest.FixtureRequest, search: Any) -> tuple[Page, tuple[str, ...]]:
    """A browser of each kind of person, in colours of their own, and the pages they open."""
    request.getfixturevalue(request.param)
    page: Page = request.getfixturevalue("opened")
    page.emulate_media(forced_colors="active")
    return page, PAGES[request.param]


def test_nothing_is_told_by_a_colour_alone(forced: tuple[Page, tuple[str, ...]]) -> None:
    page, paths = forced
    wrong = {}
    for path in paths:
        page.goto(path)
        found = [*page.evaluate(ALIKE), *page.evaluate(UNSEEN)]
        if found:
            wrong[path] = found
    assert wrong == {}


def test_the_huge_instruction_keeps_its_sign(
    agent: int, opened: Page, circulation: Any, a_scan: ScanResult
) -> None:
    opened.emulate_media(forced_colors="active")
    circulation.answers["desk_scan"] = DeskAnswer("route", "", item=a_scan.item, scan=a_scan)
    opened.goto("/bureau")
    opened.keyboard.type("I1")
    opened.keyboard.press("Enter")
    expect(opened.locator(".order .mark")).to_be_visible()
    assert opened.evaluate(UNSEEN) == []
