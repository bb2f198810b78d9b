"""A staged house in a real Chromium: a phone that must have nothing to complain of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from navette_auth.house import House
from navette_server.headers import SecurityHeaders
from serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or ""
IN_CHROMIUM = [
    pytest.mark.one_database,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Chromium's own pipes
]
ARGUMENTS = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}
CONTROLLED = """() => navigator.serviceWorker.controller ? true : new Promise((done) =>
  navigator.serviceWorker.addEventListener("controllerchange", () => done(true)))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, only where it is used

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
def complaints() -> list[str]:
    """What the browser complained of; a test takes out what it expects."""
    return []


@pytest.fixture
def opened(
    chromium: Browser, client: TestClient, address: str, complaints: list[str]
) -> Iterator[Page]:
    """A phone that is signed in as the test's client is; it must have nothing to complain of."""
    context = chromium.new_context(viewport=PHONE, base_url=address)  # type: ignore[arg-type]
    cookies = [{"name": c.name, "value": c.value, "url": address} for c in client.cookies.jar]
    if cookies:
        context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [c for c in complaints if "INTERNET_DISCONNECTED" not in c] == []
