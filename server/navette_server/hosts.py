"""Known names only: another host is refused, `localhost` is sent on to the address of the house."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from navette.settings import Settings

# a balancer asks for these by address
MACHINE_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
MISDIRECTED = 421
KEEP_METHOD = 308


class KnownHosts:
    """Lets requests for our own names pass."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Names are those of NAVETTE_BASE_URL and NAVETTE_TRUSTED_HOSTS."""
        self.app = app
        self._base_url = settings.base_url
        own = (urlsplit(settings.base_url).hostname or "").lower()
        self._names = {own, *(name.lower() for name in settings.trusted_hosts)}
        self._redirected = {"localhost", "::1"} if own == "127.0.0.1" else set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, redirect or refuse."""
        if scope["type"] not in {"http", "websocket"} or scope["path"] in MACHINE_PATHS:
            await self.app(scope, receive, send)
            return
        name = name_of(Headers(scope=scope).get("host", ""))
        if name in self._names:
            await self.app(scope, receive, send)
            return
        await self._answer(name, scope)(scope, receive, send)

    def _answer(self, name: str, scope: Scope) -> Response:
        if name in self._redirected:
            query = scope["query_string"].decode("latin-1")
            path = scope["raw_path"].decode("latin-1").partition("?")[0]
            target = f"{self._base_url}{path}" + (f"?{query}" if query else "")
            return RedirectResponse(target, KEEP_METHOD)
        return PlainTextResponse(f"This is not {name[:100]}.", MISDIRECTED)


@lru_cache(maxsize=256)
def name_of(host: str) -> str:
    """Return the name in a Host header, without its port; '' for nonsense."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
