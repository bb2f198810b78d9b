"""Opaque access tokens: the provider itself says whom one stands for (RFC 7662), found by discovery.

An answer serves for a minute, a refusal too, so that a program's requests are not all asked about.
Tokens that nobody knows are asked about at most so often: whoever throws made-up ones at our API
must not make us knock without end.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from navette.clock import Clock
from navette.errors import Unavailable
from navette_auth.access_tokens import scopes_in
from navette_auth.discovery import SERVICE
from navette_auth.id_tokens import LEEWAY, check_expiry, instant, subject_of
from navette_auth.opaque import digest
from navette_auth.providers import Access, ProviderFault

KEPT = timedelta(minutes=1)
MOST_KEPT = 1000
MOST_A_MINUTE = 120
SHORTEST, LONGEST = 16, 4000
Ask = Callable[[str], Mapping[str, Any]]


def introspected(
    told: Mapping[str, Any], *, issuer: str, audience: str, now: datetime
) -> tuple[Access, datetime]:
    """Return whom the token stands for and until when; ProviderFault unless it is ours and alive.

    `aud` is optional in RFC 7662 and essential here: a token for another API opens nothing.
    """
    if told.get("active") is not True:
        raise ProviderFault("access token is not active")
    if told.get("iss", issuer) != issuer:
        raise ProviderFault("iss is another issuer's", repr(told.get("iss")))
    named = told.get("aud")
    if not audience or audience not in (named if isinstance(named, list) else [named]):
        raise ProviderFault("aud is not our API", repr(named))
    kind = told.get("token_type", "Bearer")
    if not isinstance(kind, str) or kind.lower() not in {"bearer", "access_token"}:
        raise ProviderFault("not a bearer token", repr(kind))
    until = now + KEPT
    if "exp" in told:
        check_expiry(told, now)
        until = min(until, instant(told, "exp", now) + LEEWAY)
    if "nbf" in told and instant(told, "nbf", now) > now + LEEWAY:
        raise ProviderFault("nbf is in the future")
    subject, client = subject_of(told), told.get("client_id")
    if subject == client:
        raise ProviderFault("nobody in particular", str(client))  # a program's own token
    return Access(issuer, subject, scopes_in(told.get("scope"))), until


class Introspection:
    """What one provider said of opaque tokens within the last minute; only hashes are kept."""

    def __init__(self, wall: Clock) -> None:
        """Nothing was asked yet."""
        self._wall = wall
        self._kept: OrderedDict[str, tuple[datetime, Access | ProviderFault]] = OrderedDict()
        self._asked: deque[datetime] = deque()
        self._turn = threading.Lock()

    def access(self, token: str, issuer: str, audience: str, ask: Ask) -> Access:
        """Return whom a token stands for, asking when it is not known; ProviderFault, Unavailable."""
        if not SHORTEST <= len(token) <= LONGEST or not token.isascii() or not token.isprintable():
            raise ProviderFault("not an access token")
        now, mark = self._wall.now(), digest(token)
        known = self._known(mark, now)
        if known is None:
            self._count(now)
            until: datetime
            try:
                known, until = introspected(ask(token), issuer=issuer, audience=audience, now=now)
            except ProviderFault as fault:
                known, until = fault, now + KEPT
            self._keep(mark, until, known)
        if isinstance(known, ProviderFault):
            raise ProviderFault(known.fault, known.detail)
        return known

    def _known(self, mark: str, now: datetime) -> Access | ProviderFault | None:
        with self._turn:
            kept = self._kept.get(mark)
        return kept[1] if kept is not None and now < kept[0] else None

    def _keep(self, mark: str, until: datetime, what: Access | ProviderFault) -> None:
        with self._turn:
            self._kept[mark] = (until, what)
            self._kept.move_to_end(mark)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def _count(self, now: datetime) -> None:
        with self._turn:
            while self._asked and now - self._asked[0] >= timedelta(minutes=1):
                self._asked.popleft()
            if len(self._asked) >= MOST_A_MINUTE:
                raise Unavailable(SERVICE, "introspection", detail="asked too often")
            self._asked.append(now)
