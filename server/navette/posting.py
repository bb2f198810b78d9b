"""Many small posts to a few services, over connections that stay open: how web pushes leave.

A tenth of the processor time of the general client (outbound.py), with the same guards: time-outs,
no redirects, a size limit, no private addresses, and a service that has just failed is left alone.
"""

from __future__ import annotations

import logging
import select
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult

import httpx2

from navette.errors import Unavailable
from navette.outbound import Answer, public_address

log = logging.getLogger("navette.outbound")
CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
WAIT_SECONDS = 10.0
IDLE_SECONDS = 4.0
REST_SECONDS = 5.0
FAILURES_BEFORE_REST = 3
AT_ONCE = 4
LARGEST_HEAD = 16_384
LARGEST_BODY = 65_536
SERVER_ERROR = 500
_PORTS = {"http": 80, "https": 443}


@dataclass
class _Host:
    """What we know of one service: its open lines, its failures in a row, when to try again."""

    places: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(AT_ONCE)
    )
    lines: list[_Line] = field(default_factory=list)
    failures: int = 0
    rest_until: float = 0.0


class Posting:
    """The lines of a process. `allowed` names `host:port` that may be private and plain http."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        """Open connections when they are needed."""
        self._allowed = frozenset(allowed)
        self._secure = httpx2.create_ssl_context(trust_env=False)
        self._hosts: dict[str, _Host] = {}
        self._meeting = threading.Lock()

    def post(self, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post once; a 4xx or a redirect is an answer. Raises Unavailable."""
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._meeting:
            host = self._hosts.setdefault(origin, _Host())
        if host.rest_until > time.monotonic():
            raise Unavailable(f"push {parts.netloc}", "send", detail="left alone after failures")
        try:
            with self._line(host, parts) as line:
                answer = line.post(_request(parts, headers, body))
        except (OSError, ValueError) as error:
            self._failed(host, parts, error)
            raise Unavailable(
                f"push {parts.netloc}", "send", timed_out=isinstance(error, TimeoutError),
                detail=f"{type(error).__name__} {error}",
            ) from error  # fmt: skip
        if answer.status >= SERVER_ERROR:
            self._failed(host, parts, None)
            raise Unavailable(f"push {parts.netloc}", "send", status=answer.status)
        host.failures = 0
        return answer

    def close(self) -> None:
        """Close the connections that were kept."""
        for host in self._hosts.values():
            while host.lines:
                host.lines.pop().close()

    def _failed(self, host: _Host, parts: SplitResult, error: Exception | None) -> None:
        host.failures += 1
        if host.failures >= FAILURES_BEFORE_REST:
            host.rest_until = time.monotonic() + REST_SECONDS
        log.warning("push %s does not answer: %s", parts.netloc, error or "a 5xx")

    @contextmanager
    def _line(self, host: _Host, parts: SplitResult) -> Iterator[_Line]:
        """Give an open line, kept for the next post when this one ended well."""
        if not host.places.acquire(timeout=WAIT_SECONDS):
            raise TimeoutError("too many posts at once")
        line = None
        try:
            while host.lines:
                line = host.lines.pop()
                if line.usable():
                    break
                line.close()
                line = None
            line = line or self._opened(parts)
            yield line
            if line.open:
                host.lines.append(line)
                line = None
        finally:
            if line is not None:
                line.close()
            host.places.release()

    def _opened(self, parts: SplitResult) -> _Line:
        name = parts.hostname or ""
        port = parts.port or _PORTS[parts.scheme]
        if parts.scheme != "https" and f"{name}:{port}" not in self._allowed:
            message = f"address is not https: {name}"
            raise ValueError(message)
        address = public_address(name, port, self._allowed)
        plain = socket.create_connection((address, port), timeout=CONNECT_SECONDS)
        plain.settimeout(READ_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if parts.scheme != "https":
            return _Line(plain)
        try:
            return _Line(self._secure.wrap_socket(plain, server_hostname=name))
        except (OSError, ssl.CertificateError):
            plain.close()
            raise


class _Line:
    """One open connection; one post at a time."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._used = time.monotonic()
        self.open = True

    def usable(self) -> bool:
        """Return whether it was used a moment ago and the other side still listens."""
        if time.monotonic() - self._used > IDLE_SECONDS:
            return False
        return not select.select([self._link], [], [], 0)[0]  # readable now: it is closing

    def post(self, request: bytes) -> Answer:
        """Send a request and read its answer whole; OSError, ValueError."""
        self.open = False
        until = time.monotonic() + WAIT_SECONDS
        self._link.sendall(request)
        received = self._link.recv(LARGEST_HEAD)
        while b"\r\n\r\n" not in received:
            received += self._more(received, LARGEST_HEAD, until)
        head, _, body = received.partition(b"\r\n\r\n")
        status, headers = _parsed(head)
        if "content-length" in headers:
            length = int(headers["content-length"])
            while len(body) < min(length, LARGEST_BODY):
                body += self._more(body, LARGEST_BODY, until)
            self.open = length <= LARGEST_BODY and _stays(head, headers)
        self._used = time.monotonic()
        return Answer(status, headers, b"")

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._link.close()

    def _more(self, so_far: bytes, most: int, until: float) -> bytes:
        if len(so_far) >= most:
            raise ValueError("the answer is too long")
        if time.monotonic() > until:
            raise TimeoutError("the answer took too long")
        piece = self._link.recv(LARGEST_HEAD)
        if not piece:
            raise ConnectionError("hung up before the answer")
        return piece


def _request(parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join([*lines, "", ""])
    if head.count("\r\n") != len(lines) + 1 or not head.isascii():
        raise ValueError("a header with a line break")
    return head.encode("ascii") + body


def _stays(head: bytes, headers: Mapping[str, str]) -> bool:
    """Return whether the service keeps the line open: HTTP/1.0 only when it says so."""
    said = headers.get("connection", "").lower()
    return said != "close" and (head.startswith(b"HTTP/1.1") or said == "keep-alive")


def _parsed(head: bytes) -> tuple[int, dict[str, str]]:
    first, *rest = head.decode("latin-1").split("\r\n")
    version, _, said = first.partition(" ")
    if not version.startswith("HTTP/1.") or not said[:3].isdecimal():
        message = f"no HTTP answer: {first[:40]!r}"
        raise ValueError(message)
    pairs = (line.partition(":") for line in rest)
    return int(said[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}
