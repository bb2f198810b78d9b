"""Many small posts to a few services, over connections that stay open: how web pushes leave.

A quarter of the processor time of the general client (outbound.py), with the same guards: time-outs,
no redirects, a size limit, no private addresses, and a service that has just failed is left alone.
"""

from __future__ import annotations

import io
import logging
import select
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import SplitResult

import httpx2

from navette.errors import Unavailable
from navette.outbound import Answer, public_address

log = logging.getLogger("navette.outbound")
CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
WHOLE_SECONDS = 10.0
BUSY_SECONDS = 0.05
IDLE_SECONDS = 4.0
REST_SECONDS = 5.0
FAILURES_BEFORE_REST = 3
AT_ONCE = 4
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
        service = f"push {parts.netloc}"
        with self._meeting:
            host = self._hosts.setdefault(f"{parts.scheme}://{parts.netloc}", _Host())
        if host.rest_until > time.monotonic():
            raise Unavailable(service, "send", detail="left alone after failures")
        try:
            with self._line(host, parts) as line:
                answer = line.post(parts, headers, body)
        except (HTTPException, OSError, ValueError) as error:
            self._failed(host, parts, error)
            raise Unavailable(
                service, "send", timed_out=isinstance(error, TimeoutError),
                detail=f"{type(error).__name__} {error}",
            ) from error  # fmt: skip
        if answer.status >= SERVER_ERROR:
            self._failed(host, parts, None)
            raise Unavailable(service, "send", status=answer.status)
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
        """Give a line of our own, open or not yet; it is kept for the next post."""
        if not host.places.acquire(timeout=WHOLE_SECONDS):
            raise TimeoutError("too many posts at once")
        try:
            line = host.lines.pop() if host.lines else self._new(parts)
            try:
                yield line
            except BaseException:
                line.close()
                raise
            finally:
                host.lines.append(line)
        finally:
            host.places.release()

    def _new(self, parts: SplitResult) -> _Line:
        name, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        if parts.scheme != "https" and f"{name}:{port}" not in self._allowed:
            message = f"address is not https: {name}"
            raise ValueError(message)
        secure = self._secure if parts.scheme == "https" else None
        return _Line(name, port, self._allowed, secure)


class _Line(HTTPConnection):
    """The standard library's connection, to the address that was checked; one post at a time."""

    def __init__(
        self, name: str, port: int, allowed: Collection[str], secure: ssl.SSLContext | None
    ) -> None:
        super().__init__(name, port, timeout=CONNECT_SECONDS)
        self._allowed = allowed
        self._context = secure
        self._used = time.monotonic()
        self._until = 0.0
        self._pieces: list[bytes] = []
        self.response_class = self._clocked  # type: ignore[assignment]

    def connect(self) -> None:
        """Resolve, check, connect to what was checked."""
        address = public_address(self.host, self.port, self._allowed)
        link = socket.create_connection((address, self.port), timeout=CONNECT_SECONDS)
        link.settimeout(READ_SECONDS)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = link
        if self._context is not None:
            try:
                self.sock = self._context.wrap_socket(link, server_hostname=self.host)
            except OSError:
                link.close()
                raise

    def send(self, data: Any) -> None:
        """Keep a piece of the request: head and body leave together, in one packet."""
        if self.sock is None:
            self.connect()
        self._pieces.append(data)

    def post(self, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a request and read its answer whole; HTTPException, OSError, ValueError."""
        if not self._usable():
            self.close()
        self._until = time.monotonic() + WHOLE_SECONDS
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        self._pieces.clear()
        self.request("POST", target, body, dict(headers))
        self.sock.sendall(b"".join(self._pieces))
        answer = self.getresponse()
        if len(answer.read(LARGEST_BODY + 1)) > LARGEST_BODY:
            raise ValueError("the answer is too long")
        self._used = time.monotonic()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, b"")

    def _usable(self) -> bool:
        """Return whether it was used a moment ago and the other side still listens."""
        if self.sock is None:
            return False
        idle = time.monotonic() - self._used
        if idle < BUSY_SECONDS:
            return True
        return (
            idle < IDLE_SECONDS and not select.select([self.sock], [], [], 0)[0]
        )  # readable now: it is closing

    def _clocked(self, link: socket.socket, *args: Any, **given: Any) -> HTTPResponse:
        """Read an answer that may take so long and no longer, however it drips."""
        clocked: Any = _Clocked(link, self._until)
        return HTTPResponse(clocked, *args, **given)


class _Clocked(io.RawIOBase):
    """A socket as a file, with an end to patience."""

    def __init__(self, link: socket.socket, until: float) -> None:
        self._link = link
        self._until = until

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what HTTPResponse reads from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Return that it is for reading."""
        return True

    def readinto(self, into: Any) -> int:
        """Read what there is; TimeoutError when the whole takes too long."""
        if time.monotonic() > self._until:
            raise TimeoutError("the answer took too long")
        return self._link.recv_into(into)
