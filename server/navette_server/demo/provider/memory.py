"""What the stand-in remembers while it runs: its sessions, codes and access tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest

from navette.clock import Clock, SystemClock

CODE_LIFE = timedelta(seconds=60)
TOKEN_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(hours=8)


@dataclass
class Session:
    """Somebody signed in at the stand-in, and the clients that were told."""

    value: str
    sid: str
    sub: str
    until: datetime
    clients: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Grant:
    """What a code, and then an access token, stands for."""

    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    scopes: Sequence[str]
    sub: str
    sid: str
    until: datetime


class Memory:
    """Everything that ends with the process."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Start with nobody."""
        self._clock = clock or SystemClock()
        self._sessions: dict[str, Session] = {}
        self._codes: dict[str, Grant] = {}
        self._used: dict[str, str] = {}  # code -> access token, withdrawn when the code comes back
        self._tokens: dict[str, Grant] = {}

    def now(self) -> datetime:
        """Return the real instant."""
        return self._clock.now()

    def enter(self, sub: str) -> Session:
        """Open a session."""
        made = Session(_value(), _value(), sub, self.now() + SESSION_LIFE)
        self._sessions[made.value] = made
        return made

    def session(self, value: str | None) -> Session | None:
        """Return the open session of a cookie."""
        found = self._sessions.get(value or "")
        return found if found is not None and found.until > self.now() else None

    def end(self, session: Session) -> None:
        """Close a session."""
        self._sessions.pop(session.value, None)

    def by_sid(self, sid: str) -> Session | None:
        """Return the open session that tokens name."""
        return next((one for one in self._sessions.values() if one.sid == sid), None)

    def grant(
        self, session: Session, *, client_id: str, redirect_uri: str, challenge: str, nonce: str,
        scopes: Sequence[str],
    ) -> str:  # fmt: skip
        """Return a code for this client."""
        session.clients.add(client_id)
        code = _value()
        until = self.now() + CODE_LIFE
        self._codes[code] = Grant(
            client_id, redirect_uri, challenge, nonce, scopes, session.sub, session.sid, until
        )
        return code

    def redeem(
        self, code: str, *, client_id: str, redirect_uri: str, verifier: str
    ) -> tuple[str, Grant] | None:
        """Return an access token and what it stands for; None for a code that does not serve."""
        if code in self._used:
            self._tokens.pop(self._used[code], None)
            return None
        grant = self._codes.pop(code, None)
        if grant is None or grant.until < self.now() or grant.client_id != client_id:
            return None
        if grant.redirect_uri != redirect_uri:
            return None
        if not compare_digest(grant.challenge, challenge_of(verifier)):
            return None
        token = self._used[code] = _value()
        self._tokens[token] = grant
        return token, grant

    def holder(self, token: str) -> Grant | None:
        """Return what an access token stands for."""
        found = self._tokens.get(token)
        return found if found and found.until + TOKEN_LIFE > self.now() else None


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _value() -> str:
    return secrets.token_urlsafe(32)
