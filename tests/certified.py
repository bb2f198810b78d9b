"""The certified provider beside our application: one process a session, a browser between them."""

from __future__ import annotations

import json
import re
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import uvicorn
from starlette.applications import Starlette

from free_ports import a_free_port
from navette.settings import Settings
from waiting import until

DRIVER = Path(__file__).parent / "auth" / "certified.mjs"
ROOT = Path(__file__).parents[1]
SECRET = "a-secret-of-the-tests-0123456789012345"
START_SECONDS = 20


@dataclass(frozen=True)
class Certified:
    """The provider that runs, and where it expects us."""

    issuer: str
    base: str

    @property
    def api(self) -> str:
        return f"{self.base}/graphql"

    def settings(self, folder: Path, **given: Any) -> Settings:
        values = {
            "data_dir": str(folder), "base_url": self.base, "oidc_issuer": self.issuer,
            "oidc_client_id": "navette", "oidc_client_secret": SECRET,
            "oidc_scopes": "openid profile library offline_access",
            "oidc_api_audience": self.api,
            "secret_keys": ("a-key-of-thirty-two-characters-01",), **given,
        }  # fmt: skip
        return Settings(**values)

    def ask(self, path: str) -> Any:
        return httpx2.get(self.issuer + path, trust_env=False).json()


def why_not() -> str:
    """Return why the provider cannot run here, '' when it can."""
    if shutil.which("node") is None:
        return "node is not installed: the certified provider cannot run"
    if not (ROOT / "node_modules" / "oidc-provider").is_dir():
        return "npm ci has not been run: the certified provider is not installed"
    return ""


@contextmanager
def running() -> Iterator[Certified]:
    """Run the provider; it ends with its standard input."""
    base = f"http://127.0.0.1:{a_free_port()}"
    port = a_free_port()
    given = {"port": port, "rp": base, "secret": SECRET, "api": f"{base}/graphql"}
    process = subprocess.Popen(
        ["node", str(DRIVER), json.dumps(given)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        assert ready, "the certified provider did not start"
        yield Certified(json.loads(process.stdout.readline())["issuer"], base)
    finally:
        process.communicate(timeout=10)


@contextmanager
def serving(app: Starlette, base: str) -> Iterator[None]:
    """Serve our application where the provider expects it."""
    port = int(base.rpartition(":")[2])
    listening = socket.create_server(("127.0.0.1", port), backlog=64)
    config = uvicorn.Config(
        app, ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until(lambda: server.started or not thread.is_alive(), START_SECONDS, "the start")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


class Browser:
    """Follows redirections, fills the provider's forms, keeps cookies."""

    def __init__(self, certified: Certified) -> None:
        self._client = httpx2.Client(timeout=20, trust_env=False)
        self.certified = certified
        self.trail: list[str] = []

    def go(self, address: str, data: dict[str, str] | None = None, **given: Any) -> httpx2.Response:
        """Open an address, ours when it is a path."""
        address = address if address.startswith("http") else self.certified.base + address
        answer = self._client.request(
            "GET" if data is None else "POST", address, data=data, **given
        )
        self.trail = [address]
        while answer.is_redirect:
            address = urljoin(address, answer.headers["location"])
            self.trail.append(address)
            answer = self._client.get(address)
        return answer

    def submit(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Send the page's form with its hidden fields and these."""
        action = re.search(r'action="([^"]+)"', page.text)
        assert action, page.text
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        return self.go(urljoin(str(page.url), unescape(action[1])), data={**hidden, **fields})

    def sign_in(self, login: str = "alice", password: str = "") -> httpx2.Response:
        page = self.go("/connexion/sso?next=/compte/identites")
        return self.submit(page, login=login, password=password or f"{login}-secret")

    def signed_in(self) -> bool:
        return self.go("/compte/identites").url.path == "/compte/identites"

    def sign_out_there(self) -> httpx2.Response:
        """End the session at the provider only."""
        return self.submit(self.go(f"{self.certified.issuer}/session/end"), logout="yes")

    def close(self) -> None:
        self._client.close()
