"""Many small posts to a few services, over connections that stay open: how web pushes leave.

A fraction of the processor time of the general client (outbound.py), with the same guards: time-outs,
no redirects, a size limit, no private addresses, and a service that has just failed is left alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import SplitResult

import httpx2

from navette.errors import Unavailable
from navette.outbound import Answer
from navette.postline import Line

log = logging.getLogger("navette.outbound")
WHOLE_SECONDS = 10.0
REST_SECONDS = 5.0
FAILURES_BEFORE_REST = 3
AT_ONCE = 4
SERVER_ERROR = 500
_PORTS = {"http": 80, "https": 443}


@dataclass
class _Host:
    """What we know of one service: its open lines, its failures in a row, when to try again."""

    places: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(AT_ONCE)
    )
    lines: list[Line] = field(default_factory=list)
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
            host = self._hosts.get(name := f"{parts.scheme}://{parts.netloc}")
            if host is None:
                host = self._hosts[name] = _Host()
        if host.rest_until > time.monotonic():
            raise Unavailable(service, "send", detail="left alone after failures")
        try:
            with self._line(host, parts) as line:
                answer = line.post(parts, headers, body, time.monotonic() + WHOLE_SECONDS)
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
    def _line(self, host: _Host, parts: SplitResult) -> Iterator[Line]:
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

    def _new(self, parts: SplitResult) -> Line:
        name, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        if parts.scheme != "https" and f"{name}:{port}" not in self._allowed:
            message = f"address is not https: {name}"
            raise ValueError(message)
        secure = self._secure if parts.scheme == "https" else None
        return Line(parts, self._allowed, secure)
