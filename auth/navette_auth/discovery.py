"""Discovery: what an OpenID provider says of itself, read with distrust and kept for an hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from authlib.oidc.discovery import get_well_known_url

from navette.clock import Clock
from navette.errors import Unavailable
from navette.outbound import Answer, Outbound
from navette_auth.providers import ProviderFault

SERVICE = "metropolitan sign-in"
FRESH = timedelta(hours=1)
ALLOWED_ALGORITHMS: Sequence[str] = ("RS256", "PS256", "ES256")
OK = 200


@dataclass(frozen=True)
class Metadata:
    """The part of a discovery document that we use; addresses were checked."""

    issuer: str
    authorization: str
    token: str
    jwks: str
    userinfo: str
    end_session: str
    revocation: str
    introspection: str
    algorithms: Sequence[str]
    auth_methods: Sequence[str]
    iss_parameter: bool


def metadata_of(document: Any, issuer: str) -> Metadata:
    """Read a discovery document; ProviderFault when it is another issuer's or cannot be used."""
    if not isinstance(document, Mapping):
        raise ProviderFault("discovery is not an object")
    named = document.get("issuer")
    if named not in {issuer, f"{issuer}/"}:  # settings drop a final slash, tokens keep theirs
        raise ProviderFault("discovery names another issuer", repr(named))
    listed = _texts(document, "id_token_signing_alg_values_supported", ("RS256",))
    algorithms = tuple(name for name in ALLOWED_ALGORITHMS if name in listed)
    if not algorithms:
        raise ProviderFault("no algorithm that we allow", ", ".join(listed))
    if "S256" not in _texts(document, "code_challenge_methods_supported", ("S256",)):
        raise ProviderFault("no PKCE with S256")
    return Metadata(
        issuer=named,
        authorization=_address(document, "authorization_endpoint", issuer),
        token=_address(document, "token_endpoint", issuer),
        jwks=_address(document, "jwks_uri", issuer),
        userinfo=_address(document, "userinfo_endpoint", issuer, needed=False),
        end_session=_address(document, "end_session_endpoint", issuer, needed=False),
        revocation=_address(document, "revocation_endpoint", issuer, needed=False),
        introspection=_address(document, "introspection_endpoint", issuer, needed=False),
        algorithms=algorithms,
        auth_methods=_texts(
            document, "token_endpoint_auth_methods_supported", ("client_secret_basic",)
        ),
        iss_parameter=document.get("authorization_response_iss_parameter_supported") is True,
    )


def json_of(answer: Answer, what: str) -> dict[str, Any]:
    """Return the object that an endpoint answered; ProviderFault when it is none."""
    if answer.status != OK:
        raise ProviderFault(f"{what} refused", f"{answer.status} {answer.body[:200]!r}")
    try:
        found = answer.json()
    except ValueError as error:
        raise ProviderFault(f"{what} is not JSON", repr(answer.body[:80])) from error
    if not isinstance(found, dict):
        raise ProviderFault(f"{what} is not an object")
    return found


class Discovery:
    """The metadata of one issuer, fetched when first needed and again after an hour."""

    def __init__(self, outbound: Outbound, issuer: str, wall: Clock) -> None:
        """Nothing is fetched yet."""
        self._outbound = outbound
        self.issuer = issuer
        self._wall = wall
        self._kept: tuple[datetime, Metadata] | None = None

    def known(self) -> Metadata | None:
        """Return what was read last, however old, without asking anybody."""
        return self._kept[1] if self._kept is not None else None

    def metadata(self) -> Metadata:
        """Return the metadata; an old one serves while the provider does not answer."""
        now, kept = self._wall.now(), self._kept
        if kept is not None and now - kept[0] < FRESH:
            return kept[1]
        try:
            found = self._fetch()
        except Unavailable:
            if kept is None:
                raise
            return kept[1]
        self._kept = (now, found)
        return found

    def _fetch(self) -> Metadata:
        address = get_well_known_url(self.issuer, external=True)
        answer = self._outbound.call("GET", address, service=SERVICE, operation="discovery")
        return metadata_of(json_of(answer, "discovery"), self.issuer)


def _texts(document: Mapping[str, Any], name: str, default: Sequence[str]) -> Sequence[str]:
    found = document.get(name, default)
    if not isinstance(found, list | tuple) or not all(isinstance(each, str) for each in found):
        raise ProviderFault("discovery has a list that is none", name)
    return tuple(found)


def _address(document: Mapping[str, Any], name: str, issuer: str, *, needed: bool = True) -> str:
    """Return an endpoint: https, or as plain as the issuer itself is (development)."""
    found = document.get(name, "")
    if not found and not needed:
        return ""
    if not isinstance(found, str):
        raise ProviderFault("discovery has an endpoint that is no address", name)
    parts = urlsplit(found)
    schemes = {"https", urlsplit(issuer).scheme}
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.fragment:
        raise ProviderFault("discovery has an endpoint that we do not call", f"{name}={found}")
    return found
