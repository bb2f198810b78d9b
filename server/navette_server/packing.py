"""Answers packed on the way out: brotli where the browser reads it, gzip otherwise."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from navette.squeezing import HAS_BROTLI, squeezed

SMALLEST = 800
QUALITY = 4  # as quick as gzip 5, and a tenth smaller
GZIP = 5
PACKABLE = ("text/", "application/json", "application/graphql", "application/manifest")


class Packing:
    """Packs whole answers of text; streams and what is packed already go through as they are."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the application."""
        self._app = app
        self._gzip = GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=GZIP)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the smallest form that is accepted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accepted = Headers(scope=scope).get("accept-encoding", "")
        if _reads_brotli(accepted):
            await self._app(scope, receive, _Packer(send))
        elif "gzip" in accepted:
            await self._gzip(scope, receive, send)
        else:
            await self._app(scope, receive, _Packer(send, pack=False))


def _reads_brotli(accepted: str) -> bool:
    if not HAS_BROTLI:
        return False
    offered = {part.strip().lower() for part in accepted.split(",")}
    return any(part.partition(";")[0] == "br" and not part.endswith("q=0") for part in offered)


class _Packer:
    """Holds the head of an answer until its body is there; says that another reader has it packed."""

    def __init__(self, send: Send, *, pack: bool = True) -> None:
        self._send = send
        self._pack = pack
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            message = self._packed(start, message)
            await self._send(start)
        await self._send(message)

    def _packed(self, start: Message, message: Message) -> Message:
        headers = MutableHeaders(scope=start)
        body: bytes = message.get("body", b"")
        packable = headers.get("content-type", "").startswith(PACKABLE)
        if not packable or "content-encoding" in headers:
            return message
        headers.add_vary_header("Accept-Encoding")
        if not self._pack or message.get("more_body") or len(body) < SMALLEST:
            return message
        packed = squeezed(body, QUALITY)
        headers["Content-Encoding"] = "br"
        headers["Content-Length"] = str(len(packed))
        return {**message, "body": packed}
