"""Pages in a real browser: strict policy, narrow screens, the kept card, the desk's keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.testclient import TestClient

from factories import a_record
from navette.errors import UnknownBarcode
from navette.ils.views import DeskAnswer, ScanResult
from navette_auth.house import House
from navette_server.headers import SecurityHeaders
from serving import served

CHROMIUM = shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Chromium's own pipes
]
ARGUMENTS = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
NARROW = {"width": 320, "height": 640}
PHONE = {"width": 390, "height": 844}
EVERY_PAGE = (
    "/", "/recherche?q=x", "/notice/1", "/bibliotheques", "/numerique", "/style", "/accessibilite",
    "/confidentialite", "/mentions-legales", "/hors-ligne", "/connexion", "/connexion/personnel",
    "/plus", "/reservations", "/prets", "/carte", "/notifications", "/reserver?notice=1",
)  # fmt: skip
DESK_PAGES = (
    "/bureau", "/bureau/prelevements", "/bureau/etagere", "/bureau/transferts", "/bureau/usagers",
)  # fmt: skip


CONTROLLED = """() => navigator.serviceWorker.controller ? true : new Promise((done) =>
  navigator.serviceWorker.addEventListener("controllerchange", () => done(true)))"""
CARD_GONE = """async () => {
  const until = performance.now() + 5000;
  while (performance.now() < until) {
    if (!(await caches.has("navette-carte"))) return true;
    await new Promise(requestAnimationFrame);
  }
  return false;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(client: TestClient, house: House) -> Iterator[str]:
    """The staged house, served for real on a free port."""
    app: Any = SecurityHeaders(client.app, house.settings)
    with served(lambda _base: app) as base:
        yield base


@pytest.fixture
def opened(chromium: Browser, client: TestClient, address: str) -> Iterator[Page]:
    """A phone that is signed in as the test's client is; it must have nothing to complain of."""
    context = chromium.new_context(viewport=PHONE, base_url=address)  # type: ignore[arg-type]
    cookies = [{"name": c.name, "value": c.value, "url": address} for c in client.cookies.jar]
    if cookies:
        context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [c for c in complaints if "INTERNET_DISCONNECTED" not in c] == []


def too_wide(page: Page, paths: tuple[str, ...]) -> list[str]:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    wide = []
    for path in paths:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
            wide.append(path)
    return wide


def test_no_page_of_a_resident_scrolls_sideways_on_a_narrow_screen(
    patron: int, opened: Page, house: House
) -> None:
    a_record(house.unit, "Anticonstitutionnellement, ou la vie d’un mot interminable")
    assert too_wide(opened, EVERY_PAGE) == []


def test_no_page_of_the_desk_scrolls_sideways_on_a_narrow_screen(agent: int, opened: Page) -> None:
    assert too_wide(opened, DESK_PAGES) == []


def test_the_card_is_kept_by_choice_and_leaves_with_its_owner(patron: int, opened: Page) -> None:
    opened.goto("/carte")
    opened.evaluate(CONTROLLED)
    assert not opened.evaluate("caches.has('navette-carte')")
    opened.get_by_role("button", name="Garder ma carte sur ce téléphone").click()
    opened.get_by_text("Votre carte est gardée").wait_for()
    opened.context.set_offline(True)
    opened.goto("/carte")
    assert opened.locator(".number").inner_text() == "2059 0000 0123 45"
    opened.goto("/reservations")
    assert "Pas de réseau" in opened.content()
    opened.context.set_offline(False)
    opened.goto("/plus")
    opened.get_by_role("button", name="Me déconnecter").click()
    assert opened.evaluate(CARD_GONE)


def test_a_personal_page_is_in_no_cache(patron: int, opened: Page) -> None:
    opened.goto("/carte")
    opened.evaluate(CONTROLLED)
    for path in ("/", "/reservations", "/carte"):
        opened.goto(path)
    kept = opened.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const asked of await (await caches.open(name)).keys())
              found.push(new URL(asked.url).pathname);
          return found;
        }"""
    )
    assert {path for path in kept if not path.startswith("/static/")} == {"/hors-ligne"}


def test_the_desk_works_by_keyboard_and_keeps_the_focus(
    agent: int, opened: Page, circulation: Any, a_scan: ScanResult
) -> None:
    reshelved = DeskAnswer("route", "", item=a_scan.item, scan=a_scan)
    opened.goto("/bureau")
    for code, words, answer in (
        ("I1", "En rayon", reshelved),
        ("RIEN", "Inconnu", UnknownBarcode("RIEN")),
    ):
        circulation.answers["desk_scan"] = answer
        opened.keyboard.type(code)
        opened.keyboard.press("Enter")
        opened.locator(".order .big", has_text=words).wait_for()
        assert opened.evaluate("document.activeElement.id") == "scan"


def test_results_follow_what_is_typed(
    opened: Page, house: House, search: Any, network: Any
) -> None:
    search.hits.append(a_record(house.unit))
    opened.goto("/recherche")
    opened.locator("#q").press_sequentially("krem")
    opened.locator(".result").wait_for()
    opened.wait_for_url("**/recherche?q=krem")
    assert opened.locator("#nombre").inner_text().replace("\u00a0", " ") == "1 résultat"


def test_the_button_names_the_stop_that_is_chosen(opened: Page, house: House, network: Any) -> None:
    opened.goto(f"/notice/{a_record(house.unit)}")
    opened.locator("#retrait-lys").check(force=True)
    assert opened.locator("[data-line-submit]").inner_text() == "Réserver pour Lys"
