"""`make pictures`: every page of the running demonstration at three sizes, to be looked at.

Needs `make run` beside it (same PORT and DATA_DIR); writes DATA_DIR/pictures/SIZE/page.png. ONLY=
names the pages by a pattern, THEME=dark the theme, THEME=forced the colours of a reader's own;
SCREENS=1 makes the manifest's pictures anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from journeys.browser import FLAGS, sign_in, sign_in_at_desk
from journeys.main_pages import COORDINATION, DESK, PERSONAL, PUBLIC, RECORD
from navette_web.sheets import STATIC

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {390: 844, 768: 1024, 1280: 800}
PATRON, AGENT, COORDINATOR = "20590000012345", "agent.hem", "coordination"


def main() -> None:
    data = Path(os.environ.get("DATA_DIR", "var"))
    base = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    accounts = json.loads((data / "accounts.json").read_text())
    found = shutil.which("chromium")
    if found is None:
        sys.exit("There is no Chromium here (Debian: apt-get install chromium).")
    only, theme = os.environ.get("ONLY", ""), os.environ.get("THEME", "light")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        for width, height in SIZES.items():
            kind: dict[str, Any] = {
                "viewport": {"width": width, "height": height}, "base_url": base, "locale": "fr-FR",
                "color_scheme": "dark" if theme == "dark" else "light", "reduced_motion": "reduce",
                "forced_colors": "active" if theme == "forced" else "none",
                "service_workers": "block",
            }  # fmt: skip
            taken = Camera(browser, kind, data / "pictures" / str(width), only)
            taken.everything(accounts)
        if os.environ.get("SCREENS"):
            screens(browser, base)
        browser.close()


def screens(browser: Browser, base: str) -> None:
    """Take the pictures that the manifest shows before somebody installs the app."""
    narrow, wide = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
    shown = (
        ("accueil", "/", narrow),
        ("recherche", RECORD, narrow),
        ("fiche", "", narrow),
        ("large", RECORD, wide),
    )
    for name, path, size in shown:
        kind: dict[str, Any] = {"viewport": size, "base_url": base, "reduced_motion": "reduce"}
        page = browser.new_context(locale="fr-FR", service_workers="block", **kind).new_page()
        page.goto(path or RECORD)
        if not path:
            page.locator("#resultats .result a").first.click()
            page.get_by_role("heading", level=1).wait_for()
        page.reload()  # in the font of the house: a first visit may be in the phone's
        page.screenshot(path=STATIC / "screens" / f"{name}.jpg", type="jpeg", quality=72)
        page.context.close()


class Camera:
    """Opens pages at one size and keeps what it sees."""

    def __init__(self, browser: Browser, kind: dict[str, Any], folder: Path, only: str) -> None:
        self.browser = browser
        self.kind = kind
        self.folder = folder
        self.only = re.compile(only)
        folder.mkdir(parents=True, exist_ok=True)

    def everything(self, accounts: dict[str, Any]) -> None:
        passwords = {one["card"]: one["password"] for one in accounts["patrons"]}
        staff = {one["login"]: one["password"] for one in accounts["staff"]}
        page = self.browser.new_context(**self.kind).new_page()
        self.walk(page, "", PUBLIC)
        self.record(page)
        page.context.close()
        page = self.browser.new_context(**self.kind).new_page()
        sign_in(page, PATRON, passwords[PATRON])
        self.walk(page, "moi", PERSONAL)
        self.reserve(page)
        page.context.close()
        for who, login, paths in (
            ("bureau", AGENT, DESK),
            ("coordination", COORDINATOR, COORDINATION),
        ):
            page = self.browser.new_context(**self.kind).new_page()
            sign_in_at_desk(page, login, staff[login])
            self.walk(page, who, paths)
            page.context.close()

    def walk(self, page: Page, who: str, paths: tuple[str, ...]) -> None:
        for path in paths:
            name = f"{who}-{re.sub(r'[^a-z0-9]+', '-', path.lower()).strip('-') or 'accueil'}"
            if self.only.search(name):
                page.goto(path)
                self.take(page, name.strip("-"))

    def record(self, page: Page) -> None:
        if self.only.search("fiche"):
            page.goto(RECORD)
            page.locator("#resultats .result a").first.click()
            page.get_by_role("heading", level=1).wait_for()
            self.take(page, "fiche")

    def reserve(self, page: Page) -> None:
        if self.only.search("reserver"):
            page.goto(RECORD)
            page.locator("#resultats .result a").first.click()
            page.get_by_role("button", name="Réserver").first.click()
            page.wait_for_url("**/reserver?**")
            self.take(page, "reserver")

    def take(self, page: Page, name: str) -> None:
        page.screenshot(path=self.folder / f"{name}.png", full_page=True)


if __name__ == "__main__":
    main()
