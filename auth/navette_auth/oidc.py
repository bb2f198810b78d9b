"""OpenID Connect by discovery: code with PKCE S256, state, nonce, and the `iss` answer parameter."""

from __future__ import annotations

import base64
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from navette.clock import Clock, SystemClock
from navette.errors import SignInRefused, Unavailable
from navette.outbound import Answer, Outbound
from navette.settings import Settings
from navette_auth.access_tokens import access_of
from navette_auth.discovery import OK, SERVICE, Discovery, Metadata, json_of
from navette_auth.id_tokens import (
    check_answer_issuer,
    check_id_token,
    check_renewed_id_token,
    check_userinfo,
    farewell_of,
    subject_of,
)
from navette_auth.introspection import Introspection
from navette_auth.keys import Keys
from navette_auth.opaque import fresh
from navette_auth.providers import (
    Access,
    Departure,
    Farewell,
    Identity,
    NoLonger,
    ProviderFault,
    origin_of,
)

log = logging.getLogger("navette.sign_in")

RETURN_PATH = "/connexion/sso/retour"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# What is kept of a person: shown on /compte/identites, nothing else is stored.
KEPT_CLAIMS = (
    "name", "given_name", "family_name", "email", "email_verified", "library_card_number",
    "home_library",
)  # fmt: skip
LONGEST_CLAIM = 300
LONGEST_CODE = 4000
ENDED = (400, 401)
JWT_DOTS = 2


@dataclass(frozen=True)
class Client:
    """Who we are at the provider."""

    issuer: str
    client_id: str
    secret: str
    scopes: str
    base_url: str
    card_claim: str = ""

    @property
    def redirect_uri(self) -> str:
        """Return the one address that answers may come to."""
        return self.base_url + RETURN_PATH


class OpenIdProvider:
    """The metropolitan library as an IdentityProvider.

    Tokens are dated by real time: `wall` is the machine's clock, whatever instant the house plays.
    """

    def __init__(self, client: Client, outbound: Outbound, wall: Clock | None = None) -> None:
        """Nothing is asked of the provider before somebody signs in."""
        self._client = client
        self._outbound = outbound
        self._wall = wall or SystemClock()
        self._discovery = Discovery(outbound, client.issuer, self._wall)
        self._keys = Keys(outbound, self._discovery, self._wall)
        self._introspection = Introspection(self._wall)

    def begin(self, *, afresh: bool = False) -> Departure:
        """Return where to send the browser, with fresh state, nonce and verifier."""
        metadata = self._discovery.metadata()
        state, nonce, verifier = fresh(), fresh(), fresh()
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._client.redirect_uri,
            "scope": _with_openid(self._client.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        prompts = ["login"] if afresh else []
        if "offline_access" in self._client.scopes.split():
            prompts.append("consent")  # OpenID Connect Core 11: without it the scope is ignored
        if prompts:
            asked["prompt"] = " ".join(prompts)
        address = add_params_to_uri(metadata.authorization, list(asked.items()))
        return Departure(address, state, nonce, verifier)

    def finish(self, answer: Mapping[str, str], nonce: str, verifier: str) -> Identity:
        """Check the answer, exchange its code, check the tokens; return who it is."""
        metadata = self._discovery.metadata()
        check_answer_issuer(answer.get("iss"), metadata.issuer, announced=metadata.iss_parameter)
        if "error" in answer:
            log.info("sign-in ended at the provider: %r", answer["error"][:80])
            raise SignInRefused("cancelled")
        code = answer.get("code", "")
        if not code or len(code) > LONGEST_CODE:
            raise ProviderFault("code is missing")
        tokens = self._exchange(metadata, code, verifier)
        id_token, access_token = _token(tokens, "id_token"), _token(tokens, "access_token")
        read = self._keys.read(id_token)
        check_id_token(
            read.claims, read.header, issuer=metadata.issuer,
            client_id=self._client.client_id, nonce=nonce, access_token=access_token,
            now=self._wall.now(),
        )  # fmt: skip
        subject = subject_of(read.claims)
        claims = {**read.claims, **self._userinfo(metadata, access_token, subject)}
        sid = read.claims.get("sid", "")
        return Identity(
            metadata.issuer, subject, self._kept(claims), id_token,
            sid if isinstance(sid, str) else "", _refresh_token(tokens),
        )  # fmt: skip

    def renew(self, refresh_token: str, subject: str) -> Identity:
        """Ask who it is today; the answer's refresh token replaces the one that was given.

        Raises NoLonger when the provider ends it, ProviderFault for anything unbelievable.
        """
        metadata = self._discovery.metadata()
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        answer = self._post(metadata, metadata.token, "refresh", form)
        if answer.status in ENDED and _error_of(answer) == "invalid_grant":
            raise NoLonger
        tokens = json_of(answer, "refresh")
        access_token = _token(tokens, "access_token")
        claims: dict[str, Any] = {}
        if tokens.get("id_token"):
            read = self._keys.read(_token(tokens, "id_token"))
            check_renewed_id_token(
                read.claims, read.header, issuer=metadata.issuer,
                client_id=self._client.client_id, subject=subject, access_token=access_token,
                now=self._wall.now(),
            )  # fmt: skip
            claims.update(read.claims)
        claims.update(self._userinfo(metadata, access_token, subject))
        turned = _refresh_token(tokens) or refresh_token
        return Identity(metadata.issuer, subject, self._kept(claims), refresh_token=turned)

    def revoke(self, refresh_token: str) -> None:
        """Revoke a refresh token and what came from it (RFC 7009)."""
        metadata = self._discovery.metadata()
        if not metadata.revocation:
            return
        form = {"token": refresh_token, "token_type_hint": "refresh_token"}
        answer = self._post(metadata, metadata.revocation, "revocation", form)
        if answer.status != OK:
            raise ProviderFault("revocation refused", f"{answer.status} {answer.body[:200]!r}")

    def access(self, token: str, audience: str) -> Access:
        """Verify an access token whose audience is ours: a JWT (RFC 9068), or an opaque one."""
        if token.count(".") != JWT_DOTS:
            issuer = self._discovery.metadata().issuer
            return self._introspection.access(token, issuer, audience, self._introspect)
        read = self._keys.read(token)
        return access_of(
            read.claims, read.header, issuer=self._discovery.metadata().issuer,
            audience=audience, now=self._wall.now(),
        )  # fmt: skip

    def _introspect(self, token: str) -> Mapping[str, Any]:
        metadata = self._discovery.metadata()
        if not metadata.introspection:
            raise ProviderFault("opaque access token, and no introspection endpoint")
        form = {"token": token, "token_type_hint": "access_token"}
        answer = self._post(metadata, metadata.introspection, "introspection", form)
        return json_of(answer, "introspection")

    def origins(self) -> Collection[str]:
        """Return where browsers are sent: the issuer, and what discovery has said so far."""
        known = self._discovery.known()
        named = [self._client.issuer]
        if known is not None:
            named += [known.authorization, known.end_session]
        return [found for found in dict.fromkeys(map(origin_of, named)) if found]

    def look_ahead(self) -> None:
        """Read the discovery document before the first person needs it."""
        self._discovery.metadata()

    def end_session(self, id_token: str) -> str:
        """Return the provider's sign-out address; '' when it has none or does not answer."""
        try:
            address = self._discovery.metadata().end_session
        except (Unavailable, ProviderFault):
            return ""
        if not address or not id_token:
            return ""
        asked = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": self._client.base_url + "/",
            "client_id": self._client.client_id,
        }
        full: str = add_params_to_uri(address, list(asked.items()))
        return full

    def farewell(self, logout_token: str) -> Farewell:
        """Verify a back-channel logout token."""
        read = self._keys.read(logout_token)
        return farewell_of(
            read.claims, read.header, issuer=self._discovery.metadata().issuer,
            client_id=self._client.client_id, now=self._wall.now(),
        )  # fmt: skip

    def _exchange(self, metadata: Metadata, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.redirect_uri,
            "code_verifier": verifier,
        }
        return json_of(self._post(metadata, metadata.token, "token", form), "token")

    def try_code(self, code: str, verifier: str) -> Answer:
        """Show a code to the token endpoint and return what it says (`navette doctor sso`)."""
        metadata = self._discovery.metadata()
        form = {
            "grant_type": "authorization_code", "code": code,
            "redirect_uri": self._client.redirect_uri, "code_verifier": verifier,
        }  # fmt: skip
        return self._post(metadata, metadata.token, "token", form)

    def _post(
        self, metadata: Metadata, address: str, operation: str, form: dict[str, str]
    ) -> Answer:
        """Post a form as the client that we are."""
        headers = {"Accept": "application/json"}
        if not self._client.secret:
            form["client_id"] = self._client.client_id
        elif "client_secret_basic" in metadata.auth_methods:
            headers["Authorization"] = _basic(self._client.client_id, self._client.secret)
        else:
            form |= {"client_id": self._client.client_id, "client_secret": self._client.secret}
        return self._outbound.call(
            "POST", address, service=SERVICE, operation=operation, data=form, headers=headers
        )

    def _userinfo(self, metadata: Metadata, access_token: str, subject: str) -> Mapping[str, Any]:
        if not metadata.userinfo:
            return {}
        answer = self._outbound.call(
            "GET", metadata.userinfo, service=SERVICE, operation="userinfo",
            headers={"Authorization": f"Bearer {access_token}", "Accept": "application/json"},
        )  # fmt: skip
        userinfo = json_of(answer, "userinfo")
        check_userinfo(userinfo, subject)
        return userinfo

    def _kept(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        names = {*KEPT_CLAIMS, self._client.card_claim} - {""}
        return {
            name: value
            for name in sorted(names)
            if isinstance(value := claims.get(name), str | bool | int)
            and len(str(value)) <= LONGEST_CLAIM
        }


def provider_of(
    settings: Settings, outbound: Outbound | None = None, wall: Clock | None = None
) -> OpenIdProvider | None:
    """Return the provider that is configured, or None: then the card is the only way in."""
    if not settings.oidc_issuer:
        return None
    client = Client(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret,
        settings.oidc_scopes, settings.base_url, settings.oidc_card_claim,
    )  # fmt: skip
    return OpenIdProvider(client, outbound or Outbound(allowed=allowed_by(settings)), wall)


def allowed_by(settings: Settings) -> frozenset[str]:
    """Return the private `host:port` that may be called: a loopback provider, in development."""
    parts = urlsplit(settings.provider_url)
    if settings.production or parts.hostname not in LOOPBACK:
        return frozenset()
    return frozenset({f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"})


def _with_openid(scopes: str) -> str:
    return " ".join(dict.fromkeys(["openid", *scopes.split()]))


def _token(tokens: Mapping[str, Any], name: str) -> str:
    value = tokens.get(name)
    if not isinstance(value, str) or not value:
        raise ProviderFault(f"{name} is missing")
    return value


def _refresh_token(tokens: Mapping[str, Any]) -> str:
    value = tokens.get("refresh_token")
    return value if isinstance(value, str) and len(value) <= LONGEST_CODE else ""


def _error_of(answer: Answer) -> str:
    try:
        said = answer.json()
    except ValueError:
        return ""
    return str(said.get("error", "")) if isinstance(said, dict) else ""


def _basic(name: str, secret: str) -> str:
    """Write client_secret_basic as RFC 6749 2.3.1 says: each part form-encoded first."""
    pair = f"{quote_plus(name)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
