"""Origin: a change asked with our cookie must come from our own pages (DESIGN.md section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from navette.settings import Settings
from navette_auth.sessions import cookie_name

HARMLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FOREIGN_SITES = frozenset({"cross-site", "same-site"})
FORBIDDEN = 403


def foreign(headers: Mapping[str, str], base_url: str) -> bool:
    """Return whether a browser says that another site asks; `null` is another site.

    With neither header it is no browser, and nobody's cookie was borrowed.
    """
    if headers.get("sec-fetch-site", "").strip().lower() in FOREIGN_SITES:
        return True
    origin = headers.get("origin")
    return origin is not None and origin.strip().lower() != origin_of(base_url)


class OriginMiddleware:
    """Refuses with 403 what `foreign` finds, when it carries the session cookie."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Stand before the whole application."""
        self.app = app
        self.base_url = settings.base_url
        self.cookie = cookie_name(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] == "http" and scope["method"] not in HARMLESS:
            headers = Headers(scope=scope)
            if _carries(headers, self.cookie) and foreign(headers, self.base_url):
                refusal = PlainTextResponse("Forbidden: this came from another site.", FORBIDDEN)
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _carries(headers: Headers, name: str) -> bool:
    """Return whether the cookie is there, read the way requests read it."""
    return any(name in cookie_parser(line) for line in headers.getlist("cookie"))


def origin_of(base_url: str) -> str:
    """Return the origin as a browser writes it: without the port that goes without saying."""
    parts = urlsplit(base_url.lower())
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
