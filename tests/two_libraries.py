"""Our pages and the stand-in library side by side, and a browser that walks between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from empty_house import empty_house
from navette.clock import Clock
from navette.outbound import Outbound
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.flows import SignIn
from navette_auth.oidc import provider_of
from navette_auth.origin import OriginMiddleware
from navette_server.demo.provider.app import create_provider
from navette_server.demo.provider.registry import Account, Client
from navette_web.errors import exception_handlers
from navette_web.routes import routes

HERE, THERE = "http://127.0.0.1:8000", "http://127.0.0.1:8001"
SECRET = "navette-secret"
ACCOUNTS = [
    Account("alice", "jardin-boussole", "mel-1", "Alice Dubois", "a@example.org", "20590000012345", "hem"),
    Account("david", "brioche-satellite", "mel-2", "David Sans-Carte", "d@example.org"),
]  # fmt: skip


class Bridge(httpx2.BaseTransport):
    """Carries calls from one application to the other, without a network."""

    def __init__(self) -> None:
        self.ends: dict[str, TestClient] = {}
        self.down = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.down:
            raise httpx2.ConnectError("down")
        end = self.ends[f"{request.url.scheme}://{request.url.netloc.decode()}"]
        headers = {k: v for k, v in request.headers.items() if k != "cookie"}
        answer = end.request(
            request.method, str(request.url), content=request.read(), headers=headers,
            follow_redirects=False,
        )  # fmt: skip
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


class Browser:
    """Keeps the cookies of both sites apart and follows redirections between them."""

    def __init__(self, apps: dict[str, Starlette]) -> None:
        self.sites = {base: TestClient(app, base_url=base) for base, app in apps.items()}
        self.trail: list[str] = []

    def go(self, address: str, data: dict[str, str] | None = None, **given: Any) -> httpx2.Response:
        """Open an address of either site (ours when it is a path), following redirections."""
        self.trail = []
        method = "GET" if data is None else "POST"
        while True:
            address = address if address.startswith("http") else HERE + address
            self.trail.append(address)
            parts = urlsplit(address)
            site = self.sites[f"{parts.scheme}://{parts.netloc}"]
            answer = site.request(method, address, data=data, follow_redirects=False, **given)
            if not answer.is_redirect:
                return answer
            base, method, data = f"{parts.scheme}://{parts.netloc}", "GET", None
            address = answer.headers["location"]
            address = address if address.startswith("http") else base + address

    def submit(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Fill the form of the stand-in's page and send it."""
        found = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert found, page.text
        return self.go(THERE + unescape(found[1]), data=fields)

    def sign_in(self, login: str = "alice", password: str = "jardin-boussole") -> httpx2.Response:
        """Walk from our door through the other library and back."""
        return self.submit(
            self.go("/connexion/sso?next=/numerique"), login=login, password=password
        )

    def signed_in(self) -> bool:
        return self.go("/compte/identites").url.path == "/compte/identites"


@contextmanager
def two_libraries(
    unit: Unit, clock: Clock, folder: Path, **settings: Any
) -> Iterator[SimpleNamespace]:
    """Give `browser()`, `bridge`, `ways`: both applications are running."""
    bridge = Bridge()
    chosen = Settings(
        base_url=HERE, oidc_issuer=THERE, oidc_client_id="navette", oidc_client_secret=SECRET,
        **settings,
    )  # fmt: skip
    client = Client(
        "navette", SECRET, [f"{HERE}/connexion/sso/retour"], [f"{HERE}/"],
        f"{HERE}/connexion/sso/deconnexion",
    )  # fmt: skip
    outbound = Outbound(allowed=["127.0.0.1:8000", "127.0.0.1:8001"], transport=bridge)
    there = create_provider(THERE, [client], ACCOUNTS, folder / "key.json", outbound)
    ways = SignIn(chosen, unit, clock, provider_of(chosen, outbound))
    here = Starlette(
        routes=routes(), exception_handlers=exception_handlers(),
        middleware=[Middleware(OriginMiddleware, settings=chosen)],
    )  # fmt: skip
    here.state.house = empty_house(ways)
    apps = {HERE: here, THERE: there}
    with TestClient(here, base_url=HERE) as one, TestClient(there, base_url=THERE) as other:
        bridge.ends = {HERE: one, THERE: other}
        yield SimpleNamespace(browser=lambda: Browser(apps), bridge=bridge, ways=ways)
