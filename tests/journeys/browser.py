"""The demonstration as `make run` starts it, and phones and desks in a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2
import pytest

from free_ports import a_free_port
from push_service import PushService
from waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True,
    "has_touch": True,
}  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
# Chromium here cannot reach its maker's push service: a local one makes the subscription.
SUBSCRIBING = """
const kept = () => JSON.parse(localStorage.getItem('stub-subscription') ?? 'null');
const shaped = (told) => told && {
  endpoint: told.endpoint, toJSON: () => told,
  unsubscribe: async () => { localStorage.removeItem('stub-subscription'); return true; },
};
PushManager.prototype.getSubscription = async () => shaped(kept());
PushManager.prototype.subscribe = async (options) => {
  const bytes = new Uint8Array(options.applicationServerKey);
  const key = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const made = await window.subscribeAtTheLocalService(key);
  localStorage.setItem('stub-subscription', JSON.stringify(made));
  return shaped(made);
};
"""


@dataclass(frozen=True)
class Demonstration:
    """A running demonstration: its address, its accounts, its data folder."""

    base: str
    data: Path
    environ: dict[str, str]

    @property
    def accounts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "accounts.json").read_text())
        return found

    def password(self, who: str) -> str:
        """The password of a card or of a login."""
        known = [*self.accounts["patrons"], *self.accounts["staff"], *self.accounts["sso"]]
        return str(next(a["password"] for a in known if who in {a.get("card"), a.get("login")}))

    def navette(self, *arguments: str) -> str:
        """Run a command of the CLI on it while it is at work."""
        done = subprocess.run(
            [sys.executable, "-m", "navette_server.cli", *arguments],
            env=self.environ, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@dataclass
class Watched:
    """A context whose errors and requests are remembered."""

    context: BrowserContext
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    offline: bool = False

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._heard(said.type, f"{page.url}: {said.text}"))
        return page

    def go_offline(self, away: bool) -> None:  # noqa: FBT001 - said in words at the call
        self.offline = away
        self.context.set_offline(away)

    def asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"}:
            self.hosts.add(address.netloc)

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not self.offline:
            self.errors.append(text)


@pytest.fixture(scope="session")
def phone_service() -> Iterator[PushService]:
    """The push service of the browsers."""
    with PushService() as service:
        yield service


@pytest.fixture(scope="session")
def demonstration(
    tmp_path_factory: pytest.TempPathFactory, phone_service: PushService
) -> Iterator[Demonstration]:
    """The real launcher with its children, in a data folder of its own."""
    data, port = tmp_path_factory.mktemp("demonstration"), a_free_port(beside=1)
    ours = {n: v for n, v in os.environ.items() if not n.startswith("NAVETTE_")}
    environ = {
        **ours, "PORT": str(port), "DATA_DIR": str(data), "NAVETTE_READY_WINDOW": "0",
        "NAVETTE_PUSH_HOSTS": phone_service.host,
    }  # fmt: skip
    running = Demonstration(f"http://127.0.0.1:{port}", data, environ)
    with (data / "launcher.log").open("wb") as log:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "navette_server.launcher"],
            env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        until(lambda: launcher.poll() is not None or _is_ready(running), 90, "the demonstration")
        assert launcher.poll() is None, (data / "launcher.log").read_text()
        yield running
    finally:
        launcher.send_signal(signal.SIGTERM)
        launcher.wait(10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no Chromium here (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, only where it is used

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def browsing(
    chromium: Browser, demonstration: Demonstration, phone_service: PushService
) -> Iterator[Callable[..., Watched]]:
    """Give `browsing(**PHONE)`: somebody's own browser, closed after the test."""
    opened: list[Watched] = []

    def new(**kind: Any) -> Watched:
        context = chromium.new_context(
            base_url=demonstration.base, locale="fr-FR", timezone_id="Europe/Paris", **kind
        )
        context.set_default_timeout(15_000)
        context.grant_permissions(["notifications"], origin=demonstration.base)
        context.expose_function(
            "subscribeAtTheLocalService", lambda key: phone_service.subscribe(key).to_json()
        )
        context.add_init_script(SUBSCRIBING)
        watched = Watched(context)
        context.on("request", watched.asked)
        opened.append(watched)
        return watched

    yield new
    for watched in opened:
        watched.context.close()


def sign_in(page: Page, card: str, password: str, wanted: str = "/") -> None:
    """Use the card's door."""
    page.goto(f"/connexion?next={wanted}")
    page.get_by_label("Numéro de carte").fill(card)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Entrer", exact=True).click()
    page.wait_for_url(f"**{wanted}")


def sign_in_at_desk(page: Page, login: str, password: str) -> None:
    """Use the team's door."""
    page.goto("/connexion/personnel")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Entrer", exact=True).click()
    page.wait_for_url("**/bureau")


def _is_ready(running: Demonstration) -> bool:
    try:
        return httpx2.get(f"{running.base}/readyz", timeout=2).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False
