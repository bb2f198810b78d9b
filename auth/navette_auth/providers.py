"""Identity providers behind one interface: leave for it, come back with an identity."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from navette.errors import NavetteError

LONGEST_DETAIL = 300


@dataclass(eq=False)
class ProviderFault(NavetteError):
    """A provider's answer is not one that we may believe. `fault` is for the log, not for people."""

    fault: str
    detail: str = ""

    def __str__(self) -> str:
        """Return one line for the log."""
        said = "".join(c if c.isprintable() else "?" for c in self.detail[:LONGEST_DETAIL])
        return f"{self.fault}: {said}" if said else self.fault


@dataclass(frozen=True)
class Departure:
    """Where the browser goes, and what to remember until it is back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """A person as a provider knows them: (issuer, subject), never an e-mail."""

    issuer: str
    subject: str
    claims: Mapping[str, Any] = field(default_factory=dict)
    id_token: str = ""
    sid: str = ""
    refresh_token: str = ""


@dataclass(frozen=True)
class Access:
    """Whom an access token of the provider stands for, and what it may do here."""

    issuer: str
    subject: str
    scopes: frozenset[str]


class NoLonger(NavetteError):
    """The provider says that a refresh token is good for nothing any more: its session is over."""


@dataclass(frozen=True)
class Farewell:
    """A provider says that somebody signed out there: in one session (`sid`) or everywhere."""

    issuer: str
    jti: str
    sid: str
    subject: str


class IdentityProvider(Protocol):
    """What each provider can do. Every outside call may raise Unavailable."""

    def begin(self, *, afresh: bool = False) -> Departure:
        """Make a sign-in ready; `afresh`: whoever is signed in there is asked again."""
        ...

    def finish(self, answer: Mapping[str, str], nonce: str, verifier: str) -> Identity:
        """Turn the query of the answer into an identity; SignInRefused, ProviderFault."""
        ...

    def end_session(self, id_token: str) -> str:
        """Return where the browser goes to end its session at the provider, '' for nowhere."""
        ...

    def farewell(self, logout_token: str) -> Farewell:
        """Verify a back-channel logout token; ProviderFault."""
        ...

    def origins(self) -> Collection[str]:
        """Return the origins that a browser is sent to, as far as they are known; asks nobody."""
        ...

    def look_ahead(self) -> None:
        """Ask the provider where its pages are, so that `origins` knows; may raise ProviderFault."""
        ...

    def renew(self, refresh_token: str, subject: str) -> Identity:
        """Ask who it is today and turn the refresh token; NoLonger, ProviderFault."""
        ...

    def revoke(self, refresh_token: str) -> None:
        """Tell the provider that a refresh token is not needed any more; ProviderFault."""
        ...

    def access(self, token: str, audience: str) -> Access:
        """Verify an access token that was made for our API; ProviderFault."""
        ...


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address, '' for none."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
