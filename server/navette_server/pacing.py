"""A pace for what costs most: searching, suggestions and GraphQL, for each client.

A token bucket for each address in the memory of the process: it protects the machine, not a
secret, so a restart may forget it. The places are wide enough for a school class
behind one address that searches as it types. Requests of this machine are not counted.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from navette.errors import TooManyAttempts
from navette.wording import sentence_of
from navette_web.errors import too_fast

TOO_MANY = 429
MOST_CLIENTS = 20_000
PACED = ("/recherche", "/suggestions", "/graphql")


@dataclass(frozen=True)
class Pace:
    """How many requests at once, and how many a second after that."""

    burst: float = 300.0
    a_second: float = 40.0


PACE = Pace()


class Buckets:
    """What each client has left; the clients that were not seen for longest are forgotten."""

    def __init__(self, pace: Pace, ticks: Callable[[], float] = time.monotonic) -> None:
        """`ticks` gives seconds that never go back."""
        self._pace = pace
        self._ticks = ticks
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_of(self, client: str) -> float:
        """Take one place; return 0, or the seconds until there is one (then none is taken)."""
        now = self._ticks()
        left, seen = self._left.pop(client, (self._pace.burst, now))
        left = min(self._pace.burst, left + (now - seen) * self._pace.a_second)
        wait = 0.0 if left >= 1.0 else (1.0 - left) / self._pace.a_second
        self._left[client] = (left if wait else left - 1.0, now)
        if len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)
        return wait


class Pacing:
    """Refuses with 429 and the seconds to wait; on the event loop, so it needs no lock."""

    def __init__(self, app: ASGIApp, pace: Pace | None = None) -> None:
        """Begin with full buckets."""
        self.app = app
        self._buckets = Buckets(pace or PACE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, or say when to come back."""
        client = client_of(scope) if scope["type"] == "http" and scope["path"] in PACED else ""
        wait = self._buckets.wait_of(client) if client else 0.0
        if not wait:
            await self.app(scope, receive, send)
            return
        await _answer(scope["path"], max(1, ceil(wait)))(scope, receive, send)


def client_of(scope: Scope) -> str:
    """Return who is counted, by address; "" for this machine itself."""
    return _counted((scope.get("client") or ("",))[0])


@lru_cache(maxsize=4_096)
def _counted(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if address.is_loopback:
        return ""
    if address.version == 6:  # noqa: PLR2004 - a household has 2^64 addresses of its own
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _answer(path: str, seconds: int) -> Response:
    if path != "/graphql":
        return too_fast(seconds)
    refusal = TooManyAttempts(seconds)
    error = {"message": sentence_of(refusal), "extensions": {"code": refusal.code}}
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    return Response(orjson.dumps({"errors": [error]}), TOO_MANY, headers, "application/json")
