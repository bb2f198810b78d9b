"""An OpenID provider that lives in a transport and lies on demand."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey

from fakes import FrozenClock
from navette.outbound import Outbound
from navette_auth.id_tokens import LOGOUT_EVENT
from navette_auth.oidc import Client, OpenIdProvider
from navette_auth.providers import Departure, Identity

ISSUER = "https://sso.example.org"
CLIENT = Client(
    ISSUER, "navette", "a secret: with % signs", "openid profile library", "https://navette.example.org"
)  # fmt: skip


@cache
def a_key(kid: str, size: int = 2048) -> RSAKey:
    return RSAKey.generate_key(size, {"kid": kid, "use": "sig", "alg": "RS256"})


class FakeProvider:
    """Honest until a test changes one of its parts."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.key = a_key("k1")
        self.keys: list[dict[str, Any]] = [self.key.as_dict(private=False)]
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "k1"}
        self.metadata: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "end_session_endpoint": f"{ISSUER}/end",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        self.userinfo: dict[str, Any] = {"sub": "mel-1", "name": "Alice Dubois", "secret": "x"}
        self.tokens: dict[str, Any] = {"access_token": "access", "token_type": "Bearer"}
        self.claims: dict[str, Any] = {"sub": "mel-1", "sid": "s1"}
        self.answers: dict[str, Callable[[], httpx2.Response]] = {}
        self.asked: list[httpx2.Request] = []
        self.nonce = ""
        self.sign: Callable[[dict[str, Any]], str] = self.signed

    def provider(self, client: Client = CLIENT) -> OpenIdProvider:
        outbound = Outbound(transport=httpx2.MockTransport(self.handle))
        return OpenIdProvider(client, outbound, self.clock)

    def times(self) -> dict[str, Any]:
        now = int(self.clock.now().timestamp())
        return {"iss": ISSUER, "aud": "navette", "iat": now, "exp": now + 300}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(dict(self.header), claims, self.key, algorithms=["RS256", "none"])

    def id_token(self) -> str:
        claims = {**self.times(), "nonce": self.nonce, **self.claims}
        return self.sign({name: value for name, value in claims.items() if value is not ...})

    def logout_token(self, **changed: Any) -> str:
        claims = {
            **self.times(), "jti": "j1", "sid": "s1", "sub": "mel-1", "events": {LOGOUT_EVENT: {}},
            **changed,
        }  # fmt: skip
        return self.sign({name: value for name, value in claims.items() if value is not ...})

    def answer(self, departure: Departure, **changed: Any) -> dict[str, str]:
        self.nonce = departure.nonce
        answer: dict[str, Any] = {
            "code": "a-code",
            "state": departure.state,
            "iss": ISSUER,
            **changed,
        }
        return {name: value for name, value in answer.items() if value is not ...}

    def sign_in(self, **changed: Any) -> Identity:
        """Walk the whole way with an honest browser."""
        provider = self.provider()
        departure = provider.begin()
        answer = self.answer(departure, **changed)
        return provider.finish(answer, departure.nonce, departure.verifier)

    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]

    def form(self, path: str) -> dict[str, list[str]]:
        request = next(one for one in self.asked if one.url.path == path)
        return parse_qs(request.content.decode())

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        path = request.url.path
        if path in self.answers:
            return self.answers[path]()
        if path.endswith("openid-configuration"):
            return httpx2.Response(200, json=self.metadata)
        if path == "/jwks":
            return httpx2.Response(200, json={"keys": self.keys})
        if path == "/userinfo":
            return httpx2.Response(200, json=self.userinfo)
        if path == "/token":
            return httpx2.Response(200, json={"id_token": self.id_token(), **self.tokens})
        return httpx2.Response(404)


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
