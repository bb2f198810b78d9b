"""`make speed`: how fast the five main pages of the running demonstration are on a slow phone.

Needs `make run` beside it (same PORT and DATA_DIR). Chromium on slow 4G (1.6 Mbit/s, 150 ms) with a
processor slowed four times, a first visit each time, the median of three; exits 1 beyond a budget.
A loaded machine is a slower phone: look at the load that is printed. With LIGHTHOUSE=PATH (its
cli/index.js) Lighthouse scores the same pages too, each category out of 100.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from journeys.browser import FLAGS, sign_in
from journeys.main_pages import RECORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = {
    "home": "/",
    "search": RECORD,
    "record": "",
    "documents": "/reservations",
    "card": "/carte",
}
SIGNED_IN = ("documents", "card")
BUDGETS = {"lcp": 1200.0, "cls": 0.01, "blocked": 200.0, "kB": 100.0}  # kB: with font and covers
PATRON = "20590000012345"
SLOW_4G = {
    "offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8,
    "uploadThroughput": 750 * 1024 / 8,
}  # fmt: skip
WATCH = """window.seen = { lcp: 0, cls: 0, blocked: 0 };
const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
watch("largest-contentful-paint", (one) => { seen.lcp = one.startTime; });
watch("layout-shift", (one) => { if (!one.hadRecentInput) seen.cls += one.value; });
watch("longtask", (one) => { seen.blocked += Math.max(0, one.duration - 50); });"""


def main() -> None:
    data = Path(os.environ.get("DATA_DIR", "var"))
    base = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    accounts = json.loads((data / "accounts.json").read_text())
    password = next(one["password"] for one in accounts["patrons"] if one["card"] == PATRON)
    found = shutil.which("chromium")
    if found is None:
        sys.exit("There is no Chromium here (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        cookies, pages = _prepared(browser, base, password)
        late = [_measured(browser, base, name, path, cookies) for name, path in pages.items()]
        browser.close()
    _say(f"load of this machine: {os.getloadavg()[0]:.1f}")
    scored = [_scored(base, name, path, cookies, found) for name, path in pages.items()]
    if any(late) or not all(scored):
        sys.exit(1)


def _prepared(browser: Browser, base: str, password: str) -> tuple[list[Any], dict[str, str]]:
    """Sign in once, and find the record that is measured."""
    page = browser.new_context(base_url=base, locale="fr-FR").new_page()
    sign_in(page, PATRON, password)
    page.goto(RECORD)
    record = page.locator("#resultats .result a").first.get_attribute("href") or "/"
    cookies = page.context.cookies()
    page.context.close()
    return cookies, {name: path or record for name, path in PAGES.items()}


def _measured(browser: Browser, base: str, name: str, path: str, cookies: list[Any]) -> bool:
    """Print the medians of one page; True when one is beyond its budget."""
    runs = [_one_visit(browser, base, path, cookies if name in SIGNED_IN else []) for _ in range(3)]
    medians = {what: statistics.median(run[what] for run in runs) for what in BUDGETS}
    beyond = [what for what, budget in BUDGETS.items() if medians[what] > budget]
    figures = "  ".join(f"{what} {medians[what]:.3g} (<= {BUDGETS[what]:g})" for what in BUDGETS)
    _say(f"{name:10} {figures}{'  MISSED: ' + ', '.join(beyond) if beyond else ''}")
    return bool(beyond)


def _one_visit(browser: Browser, base: str, path: str, cookies: list[Any]) -> dict[str, float]:
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True}
    context = browser.new_context(base_url=base, locale="fr-FR", **phone)
    context.add_cookies(cookies)
    page = context.new_page()
    page.add_init_script(WATCH)
    wire = context.new_cdp_session(page)
    weights: list[float] = []
    wire.on("Network.loadingFinished", lambda one: weights.append(one["encodedDataLength"]))
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(path, wait_until="networkidle", timeout=60_000)
    seen: dict[str, float] = page.evaluate("seen")
    context.close()
    return seen | {"kB": sum(weights) / 1000}


def _scored(base: str, name: str, path: str, cookies: list[Any], chromium: str) -> bool:
    """Print Lighthouse's scores of a page; False when one is not 100."""
    program = os.environ.get("LIGHTHOUSE", "")
    if not program:
        return True
    headers = {}
    if name in SIGNED_IN:
        headers["Cookie"] = "; ".join(f"{one['name']}={one['value']}" for one in cookies)
    flags = " ".join(("--headless=new", *FLAGS))
    with tempfile.TemporaryDirectory(prefix="navette-lighthouse-") as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [os.environ.get("NODE", "node"), program, base + path, "--quiet", "--output=json",
             f"--output-path={report}", f"--extra-headers={json.dumps(headers)}",
             "--no-enable-error-reporting", f"--chrome-flags={flags}"],
            env={**os.environ, "CHROME_PATH": chromium}, check=True, timeout=180,
        )  # fmt: skip
        kinds = json.loads(report.read_text())["categories"]
    scores = {kind: round((one["score"] or 0) * 100) for kind, one in kinds.items()}
    _say(f"{name:10} Lighthouse {scores}")
    return all(score == 100 for score in scores.values())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
