"""The one way out: an HTTP client with time-outs, no redirects, a size limit, no private addresses.

Every call to a service outside fails in one way, `Unavailable`, and says so in one log line. A
service may hold at most `AT_ONCE` of our threads, as many may wait a moment for a place; when it
has just failed it is left alone, so that a slow provider never takes the catalogue with it.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpcore2
import httpx2
import orjson

from navette.errors import Unavailable

log = logging.getLogger("navette.outbound")

CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
WHOLE_SECONDS = 10.0
LARGEST = 1_000_000
AT_ONCE = 4
WAIT_SECONDS = 1.0
REST_SECONDS = 5.0
FAILURES_BEFORE_REST = 3
SERVER_ERROR = 500
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """What a service said: its status, headers (names in lower case) and whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON; ValueError when it is none."""
        return orjson.loads(self.body)


class _Service:
    """What we know of one service: free places, failures in a row, when to try again."""

    def __init__(self) -> None:
        self.door = threading.BoundedSemaphore(AT_ONCE * 2)
        self.places = threading.BoundedSemaphore(AT_ONCE)
        self.failures = 0
        self.rest_until = 0.0

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Give a place, or say that there is none: now at the door, or after a moment inside."""
        if not self.door.acquire(blocking=False):
            yield False
            return
        try:
            found = self.places.acquire(timeout=WAIT_SECONDS)
            try:
                yield found
            finally:
                if found:
                    self.places.release()
        finally:
            self.door.release()

    def went(self, *, well: bool) -> None:
        self.failures = 0 if well else self.failures + 1
        if self.failures >= FAILURES_BEFORE_REST:
            self.rest_until = time.monotonic() + REST_SECONDS


class Outbound:
    """The client of a process. `allowed` names `host:port` that may be private and plain http."""

    def __init__(
        self, *, allowed: Collection[str] = (), transport: httpx2.BaseTransport | None = None
    ) -> None:
        """Open connections when they are needed; `transport` replaces the network in tests."""
        self.allowed = frozenset(allowed)
        self._client = httpx2.Client(
            transport=transport or _GuardedTransport(self.allowed),
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Navette", "Accept-Encoding": "identity"},
        )
        self._services: dict[str, _Service] = {}
        self._meeting = threading.Lock()

    def call(
        self,
        method: str,
        address: str,
        *,
        service: str,
        operation: str,
        most: int = LARGEST,
        **given: Any,
    ) -> Answer:
        """Ask once; `given` is httpx's headers, data, json, content or params.

        Raises Unavailable when there is no whole answer or a 5xx. A 4xx is an answer.
        """
        self._check_address(address, service, operation)
        known = self._service(service)
        if known.rest_until > time.monotonic():
            raise Unavailable(service, operation, detail="left alone after failures")
        with known.place() as found:
            if not found:
                raise Unavailable(service, operation, detail="too many calls at once")
            try:
                answer = self._ask(method, address, service, operation, most, given)
            except Unavailable as error:
                known.went(well=False)
                log.warning("%s (%s)", error, address.partition("?")[0])
                raise
        known.went(well=True)
        return answer

    def close(self) -> None:
        """Close the connections that were kept."""
        self._client.close()

    def _service(self, name: str) -> _Service:
        with self._meeting:
            return self._services.setdefault(name, _Service())

    def _check_address(self, address: str, service: str, operation: str) -> None:
        parts = httpx2.URL(address)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        if parts.scheme != "https" and f"{parts.host}:{port}" not in self.allowed:
            raise Unavailable(service, operation, detail=f"address is not https: {parts.host}")

    def _ask(
        self,
        method: str,
        address: str,
        service: str,
        operation: str,
        most: int,
        given: Mapping[str, Any],
    ) -> Answer:
        until = time.monotonic() + WHOLE_SECONDS
        try:
            with self._client.stream(method, address, **given) as response:
                body = _body(response, most, until)
        except (httpx2.TimeoutException, TimeoutError) as error:
            raise Unavailable(service, operation, timed_out=True, detail=str(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise Unavailable(
                service, operation, detail=f"{type(error).__name__} {error}"
            ) from error
        if response.status_code >= SERVER_ERROR:
            raise Unavailable(service, operation, status=response.status_code)
        return Answer(response.status_code, dict(response.headers), body)


def _body(response: httpx2.Response, most: int, until: float) -> bytes:
    """Read the body whole; ValueError when it is too large, TimeoutError when it drips."""
    if response.headers.get("content-encoding", "identity") != "identity":
        message = "an encoding that was not asked for"  # a little body could become a vast one
        raise ValueError(message)
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > most:
            message = f"more than {most} bytes"
            raise ValueError(message)
        if time.monotonic() > until:
            raise TimeoutError("the answer took too long")
    return bytes(body)


def public_address(host: str, port: int, allowed: Collection[str] = ()) -> str:
    """Return the address to connect to for a host; PermissionError when it is a private one.

    Every address of the name must be public, and it is the checked address that is used: a name
    that answers something else a moment later gains nothing.
    """
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if f"{host}:{port}" not in allowed:
        for address in found:
            if not _public(address):
                message = f"{host} is at the private address {address}"
                raise PermissionError(message)
    return found[0]


def _public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    chosen = mapped or address
    return chosen.is_global and not chosen.is_multicast


class _GuardedBackend(httpcore2.SyncBackend):
    """Connects only where `public_address` allows."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve, check, connect to what was checked."""
        try:
            address = public_address(host, port, self._allowed)
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        return super().connect_tcp(address, port, timeout, local_address, socket_options)


class _GuardedTransport(httpx2.HTTPTransport):
    """httpx's own transport over a pool that connects through the guard."""

    def __init__(self, allowed: Collection[str]) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=20,
            max_keepalive_connections=5,
            keepalive_expiry=5.0,
            network_backend=_GuardedBackend(allowed),
        )
