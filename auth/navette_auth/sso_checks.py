"""Fifteen checks of the metropolitan sign-in, by name: what a stranger's provider must be and do.

Each asks one thing and says what to do about it. Nobody signs in: the client's secret and the
redirect address are tried with a code that is none and a sign-in that is not finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from authlib.oidc.discovery import get_well_known_url

from navette.clock import Clock, SystemClock
from navette.errors import Unavailable
from navette.outbound import Answer, Outbound
from navette.settings import Settings
from navette_auth.discovery import (
    ALLOWED_ALGORITHMS,
    SERVICE,
    Metadata,
    json_of,
    metadata_of,
)
from navette_auth.keys import keys_in
from navette_auth.oidc import LOOPBACK, OpenIdProvider, allowed_by, provider_of
from navette_auth.opaque import fresh
from navette_auth.providers import ProviderFault, origin_of

CLOCKS = timedelta(seconds=30)
BAD = 400


class Unmet(Exception):
    """A check that failed; the message says what to do."""


@dataclass(frozen=True)
class Found:
    """What a check says."""

    check: str
    ok: bool
    says: str


@dataclass
class Visit:
    """One visit at the provider: what it said is kept for the checks that follow."""

    settings: Settings
    outbound: Outbound
    wall: Clock = field(default_factory=SystemClock)
    document: Mapping[str, Any] = field(default_factory=dict)
    answer: Answer | None = None

    @property
    def provider(self) -> OpenIdProvider:
        """Return the provider of the settings."""
        made = provider_of(self.settings, self.outbound, self.wall)
        if made is None:
            raise Unmet("set NAVETTE_OIDC_ISSUER")
        return made

    @property
    def metadata(self) -> Metadata:
        """Return what discovery says, checked."""
        if not self.document:
            raise Unmet("discovery has to work first")
        return metadata_of(self.document, self.settings.oidc_issuer)

    def listed(self, name: str) -> list[str]:
        """Return a list of the discovery document."""
        value = self.document.get(name)
        return [str(each) for each in value] if isinstance(value, list) else []


def examined(
    settings: Settings, outbound: Outbound | None = None, wall: Clock | None = None
) -> Iterator[Found]:
    """Do the checks in order; one that fails stops no other."""
    client = outbound or Outbound(allowed=allowed_by(settings))
    visit = Visit(settings, client, wall or SystemClock())
    try:
        for name, check in CHECKS.items():
            try:
                yield Found(name, ok=True, says=check(visit))
            except (Unmet, ProviderFault, Unavailable) as error:
                yield Found(name, ok=False, says=str(error))
    finally:
        if outbound is None:
            client.close()


def _settings(visit: Visit) -> str:
    settings = visit.settings
    missing = [
        f"NAVETTE_{name}"
        for name, value in (
            ("OIDC_ISSUER", settings.oidc_issuer), ("OIDC_CLIENT_ID", settings.oidc_client_id),
            ("OIDC_CLIENT_SECRET", settings.oidc_client_secret), ("BASE_URL", settings.base_url),
        )
        if not value
    ]  # fmt: skip
    if missing:
        raise Unmet(f"set {', '.join(missing)}")
    return "the four settings are there"


def _addresses(visit: Visit) -> str:
    base = visit.settings.base_url
    if not visit.settings.secure and not any(f"//{host}" in base for host in LOOPBACK):
        raise Unmet(f"NAVETTE_BASE_URL is {base}: it has to be https")
    return (
        f"to be registered there: redirect {base}/connexion/sso/retour, after sign-out {base}/,"
        f" back-channel {base}/connexion/sso/deconnexion"
    )


def _discovery(visit: Visit) -> str:
    issuer = visit.settings.oidc_issuer
    if not issuer:
        raise Unmet("set NAVETTE_OIDC_ISSUER")
    address = get_well_known_url(issuer, external=True)
    visit.answer = visit.outbound.call("GET", address, service=SERVICE, operation="discovery")
    document = json_of(visit.answer, "discovery")
    if document.get("issuer") not in {issuer, f"{issuer}/"}:
        raise Unmet(f"it calls itself {document.get('issuer')!r}: set NAVETTE_OIDC_ISSUER to that")
    visit.document = document
    return f"read at {address}"


def _clocks(visit: Visit) -> str:
    said = visit.answer.headers.get("date", "") if visit.answer is not None else ""
    if not said:
        return "it does not say its hour: compare the clocks by hand"
    try:
        apart = abs(parsedate_to_datetime(said) - visit.wall.now())
    except (ValueError, TypeError) as error:
        raise Unmet(f"its hour cannot be read: {said!r}") from error
    if apart > CLOCKS:
        raise Unmet(f"the clocks are {int(apart.total_seconds())} s apart: tokens would be refused")
    return f"{int(apart.total_seconds())} s apart"


def _algorithms(visit: Visit) -> str:
    return ", ".join(visit.metadata.algorithms)


def _pkce(visit: Visit) -> str:
    said = visit.listed("code_challenge_methods_supported")
    if said and "S256" not in said:
        raise Unmet("it has no PKCE with S256: ask for it")
    return "S256" if said else "it does not say; S256 is sent all the same"


def _endpoints(visit: Visit) -> str:
    metadata = visit.metadata
    named = [metadata.authorization, metadata.token, metadata.jwks, metadata.userinfo]
    return ", ".join(dict.fromkeys(origin_of(address) for address in named if address))


def _keys(visit: Visit) -> str:
    answer = visit.outbound.call("GET", visit.metadata.jwks, service=SERVICE, operation="keys")
    keys = keys_in(json_of(answer, "keys"))
    if not keys:
        raise Unmet(f"no key that we allow: {', '.join(ALLOWED_ALGORITHMS)}, RSA of 2048 and more")
    return f"{len(keys)}: {', '.join(str(key.kid) for key in keys)}"


def _client(visit: Visit) -> str:
    answer = visit.provider.try_code(fresh(), fresh())
    said = answer.json() if answer.body[:1] == b"{" else {}
    error = said.get("error", "") if isinstance(said, dict) else ""
    if error == "invalid_grant":
        return f"{visit.settings.oidc_client_id} is known there, and its secret is right"
    if error in {"invalid_client", "unauthorized_client"}:
        raise Unmet("client or secret is refused: compare NAVETTE_OIDC_CLIENT_ID and _SECRET")
    raise Unmet(f"a code that is none gives {answer.status} {error or answer.body[:80]!r}")


def _redirect(visit: Visit) -> str:
    departure = visit.provider.begin()
    answer = visit.outbound.call("GET", departure.address, service=SERVICE, operation="sign-in")
    target = answer.headers.get("location", "")
    if answer.status >= BAD or "error=" in target:
        raise Unmet(
            f"its sign-in page answers {answer.status} {target or answer.body[:120]!r}: register"
            f" {visit.settings.base_url}/connexion/sso/retour there, letter by letter"
        )
    return f"its sign-in page answers {answer.status}"


def _scopes(visit: Visit) -> str:
    asked, said = visit.settings.oidc_scopes.split(), visit.listed("scopes_supported")
    missing = [scope for scope in asked if said and scope not in said]
    if missing:
        raise Unmet(f"it has no {', '.join(missing)}: change NAVETTE_OIDC_SCOPES, or ask for them")
    return " ".join(asked)


def _card(visit: Visit) -> str:
    claim, said = visit.settings.oidc_card_claim, visit.listed("claims_supported")
    if not claim:
        return "not trusted: everybody proves their card once"
    if said and claim not in said:
        raise Unmet(f"it does not list {claim}: ask for it, or empty NAVETTE_OIDC_CARD_CLAIM")
    return f"{claim} links a card by itself, where the name is the same"


def _answer_issuer(visit: Visit) -> str:
    return "said and checked" if visit.metadata.iss_parameter else "not said: nothing to check"


def _sign_out(visit: Visit) -> str:
    if not visit.metadata.end_session:
        raise Unmet("it has no end_session_endpoint: people would stay signed in there")
    return visit.metadata.end_session


def _back_channel(visit: Visit) -> str:
    if visit.document.get("backchannel_logout_supported") is not True:
        raise Unmet("it does not tell sign-outs: sessions here would outlive the one there")
    with_sid = visit.document.get("backchannel_logout_session_supported") is True
    return "told, one session at a time" if with_sid else "told, all sessions of a person at once"


CHECKS: Mapping[str, Callable[[Visit], str]] = {
    "settings": _settings,
    "addresses": _addresses,
    "discovery": _discovery,
    "clocks": _clocks,
    "algorithms": _algorithms,
    "pkce": _pkce,
    "endpoints": _endpoints,
    "keys": _keys,
    "client": _client,
    "redirect": _redirect,
    "scopes": _scopes,
    "card-claim": _card,
    "answer-issuer": _answer_issuer,
    "sign-out": _sign_out,
    "back-channel": _back_channel,
}
