"""Security headers on every answer: a strict policy without `unsafe-*`, and the usual locks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from navette.settings import Settings

YEAR = 31_536_000
PERMISSIONS = (
    "camera=(self), screen-wake-lock=(self), fullscreen=(self), accelerometer=(), autoplay=(),"
    " display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), magnetometer=(),"
    " microphone=(), midi=(), payment=(), picture-in-picture=(), usb=(), xr-spatial-tracking=()"
)


class SecurityHeaders:
    """Adds the headers that a handler has not set itself."""

    def __init__(
        self, app: ASGIApp, settings: Settings, origins: Callable[[], Iterable[str]] | None = None
    ) -> None:
        """Write the headers once a set of `origins`: where the sign-in's own pages stand."""
        self.app = app
        self._settings = settings
        self._origins = origins or (lambda: _issuer(settings))
        self._written: dict[tuple[str, ...], Sequence[tuple[bytes, bytes]]] = {}

    def _headers(self) -> Sequence[tuple[bytes, bytes]]:
        origins = tuple(self._origins())
        if origins not in self._written:
            headers = headers_of(self._settings, origins)
            self._written = {origins: [(n.lower().encode(), v.encode()) for n, v in headers]}
        return self._written[origins]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and complete the answer's headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _value in given}
                message["headers"] = given + [h for h in self._headers() if h[0] not in names]
            await send(message)

        await self.app(scope, receive, completed)


def headers_of(settings: Settings, origins: Iterable[str] = ()) -> Sequence[tuple[str, str]]:
    """Return the headers of this installation."""
    headers = [
        ("Content-Security-Policy", policy_of(settings, origins)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", PERMISSIONS),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ]
    if settings.secure:
        headers.append(("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains"))
    return headers


def policy_of(settings: Settings, origins: Iterable[str] = ()) -> str:
    """Return the content policy: everything is ours, nothing inline.

    A form may also lead to the sign-in's own pages, wherever its discovery says that they stand:
    signing out is a POST that ends there, and linking anew begins there.
    """
    directives = [
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "media-src 'self'",
        " ".join(("form-action 'self'", *origins)),
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
    if settings.secure:
        directives.append("upgrade-insecure-requests")
    return "; ".join(directives)


def _issuer(settings: Settings) -> list[str]:
    parts = urlsplit(settings.provider_url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
