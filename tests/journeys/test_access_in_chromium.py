"""WCAG 2.2 A and AA as axe sees them, on the main pages, on a phone and on a desk's screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from journeys.browser import DESK, PHONE, Demonstration, Watched, sign_in, sign_in_at_desk
from journeys.main_pages import DESK as DESK_PAGES
from journeys.main_pages import PERSONAL, PUBLIC, RECORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async (only) => {
  const found = await axe.run(document, { resultTypes: ['violations'], runOnly: only });
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' | ')}`);
}"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
ALICE = "20590000012345"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
DARK: dict[str, Any] = {**PHONE, "color_scheme": "dark"}  # only the colours differ
SCREENS = pytest.mark.parametrize("screen", [PHONE, DESK, DARK], ids=["phone", "desk", "dark"])


class Checker:
    """Looks at one page after the other and keeps what is wrong."""

    def __init__(self, page: Page, rules: dict[str, Any]) -> None:
        self.page = page
        self.rules = rules
        self.wrong: dict[str, list[str]] = {}
        self._axe = AXE.read_text(encoding="utf-8")

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.look(path)

    def look(self, name: str) -> None:
        """Check what is on the screen now."""
        self.page.evaluate(self._axe)
        found = list(self.page.evaluate(RUN, self.rules))
        if self.page.evaluate(TOO_WIDE):
            found.append("it scrolls sideways")
        if found:
            self.wrong[name] = found


@pytest.fixture(autouse=True)
def _with_axe() -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed (npm ci --ignore-scripts)")


@pytest.fixture
def checker(browsing: Callable[..., Watched], screen: dict[str, Any]) -> Callable[[], Checker]:
    rules = CONTRAST if screen is DARK else RULES
    return lambda: Checker(browsing(**screen, reduced_motion="reduce").page(), rules)


def test_the_checker_sees_what_is_wrong(browsing: Callable[..., Watched]) -> None:
    check = Checker(browsing(**PHONE).page(), RULES)
    check.page.goto("/")
    check.page.evaluate("document.querySelector('main').innerHTML = '<img src=\"/static/x\">'")
    check.page.evaluate("document.documentElement.removeAttribute('lang')")
    check.look("/")
    assert {found.partition(":")[0] for found in check.wrong["/"]} == {"image-alt", "html-has-lang"}


@SCREENS
def test_pages_for_everybody(checker: Callable[[], Checker], screen: dict[str, Any]) -> None:
    check = checker()
    for path in PUBLIC:
        check.open(path)
    check.page.goto(RECORD)
    check.page.locator("#resultats .result a").first.click()
    check.page.get_by_role("heading", level=1).wait_for()
    check.look("/notice")
    assert check.wrong == {}


@SCREENS
def test_pages_of_a_person(
    checker: Callable[[], Checker], screen: dict[str, Any], demonstration: Demonstration
) -> None:
    check = checker()
    sign_in(check.page, ALICE, demonstration.password(ALICE))
    for path in PERSONAL:
        check.open(path)
    _walk_through_a_reservation(check)
    assert check.wrong == {}


def _walk_through_a_reservation(check: Checker) -> None:
    page = check.page
    page.goto(RECORD)
    page.locator("#resultats .result a").first.click()
    page.get_by_role("button", name="Réserver").click()
    page.wait_for_url("**/reserver?**")
    check.look("/reserver")
    page.get_by_role("button", name="Réserver").click()
    page.get_by_role("heading", name="C’est réservé").wait_for()
    check.look("reserved")
    number = page.locator("[name=reservation]").first.get_attribute("value") or ""
    page.get_by_role("button", name="Annuler").click()
    page.locator("main > .toast").wait_for()
    check.look("cancelled")
    page.get_by_role("button", name="La remettre").click()
    row = page.locator(f"#r{number}")
    row.wait_for(state="attached")
    page.request.post("/reservations/annuler", form={"reservation": number})
    row.evaluate("(one) => one.closest('details')?.setAttribute('open', '')")
    row.get_by_role("button", name="Annuler").click()
    page.locator(".refused").wait_for()
    check.look("refused beside its verb")


@SCREENS
def test_pages_of_a_desk(
    checker: Callable[[], Checker], screen: dict[str, Any], demonstration: Demonstration
) -> None:
    check = checker()
    sign_in_at_desk(check.page, "agent.hem", demonstration.password("agent.hem"))
    for path in DESK_PAGES:
        check.open(path)
    page = check.page
    page.goto("/bureau/usagers?q=dubois+alice")
    page.locator("table").get_by_role("link").first.click()
    page.get_by_role("heading", level=1).wait_for()
    check.look("/bureau/usagers/{patron}")
    page.goto("/bureau")
    for code, order in ((ALICE, "Bonjour"), ("XX-UNKNOWN", "Inconnu")):
        page.locator("#scan").fill(code)
        page.locator("#scan").press("Enter")
        page.locator("#consigne .big", has_text=order).wait_for()
        check.look(f"/bureau after {order}")
    assert check.wrong == {}
