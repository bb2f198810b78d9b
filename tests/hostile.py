"""The faults of a hostile provider, by name."""

from __future__ import annotations

import base64
import hmac
import json
import math
from collections.abc import Callable
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from fake_provider import ISSUER, FakeProvider, a_key
from navette_auth.id_tokens import LOGOUT_EVENT

Fault = Callable[[FakeProvider], None]


def claim(name: str, value: Any) -> Fault:
    return lambda fake: fake.claims.update({name: value})


def times(name: str, seconds: float) -> Fault:
    return lambda fake: fake.claims.update({name: fake.clock.now().timestamp() + seconds})


def metadata(name: str, value: Any) -> Fault:
    return lambda fake: fake.metadata.update({name: value})


def tokens(name: str, value: Any) -> Fault:
    return lambda fake: fake.tokens.update({name: value})


def userinfo(value: dict[str, Any]) -> Fault:
    def change(fake: FakeProvider) -> None:
        fake.userinfo = value

    return change


def answer(path: str, **given: Any) -> Fault:
    return lambda fake: fake.answers.update({path: lambda: httpx2.Response(**given)})


def hangs(path: str) -> Fault:
    def wait() -> httpx2.Response:
        raise httpx2.ReadTimeout("it says nothing")

    return lambda fake: fake.answers.update({path: wait})


def drops(path: str) -> Fault:
    def drop() -> httpx2.Response:
        raise httpx2.RemoteProtocolError("the line was cut")

    return lambda fake: fake.answers.update({path: drop})


def unsigned(fake: FakeProvider) -> None:
    fake.metadata["id_token_signing_alg_values_supported"] = ["RS256", "none"]
    fake.sign = lambda claims: _bare({"alg": "none"}, claims)


def with_the_public_key_as_a_secret(fake: FakeProvider) -> None:
    fake.metadata["id_token_signing_alg_values_supported"] = ["RS256", "HS256"]

    def sign(claims: dict[str, Any]) -> str:
        body = _bare({"alg": "HS256", "kid": "k1"}, claims)
        mark = hmac.digest(fake.key.as_pem(private=False), body[:-1].encode(), "sha256")
        return body + _text(mark)

    fake.sign = sign


def with_a_published_secret(fake: FakeProvider) -> None:
    secret = OctKey.generate_key(256, {"kid": "o1"})
    fake.keys.append(secret.as_dict())
    fake.sign = lambda claims: jwt.encode({"alg": "HS256", "kid": "o1"}, claims, secret)


def with_somebody_elses_key(fake: FakeProvider) -> None:
    fake.key = a_key("other")


def with_a_key_it_brings_along(fake: FakeProvider) -> None:
    fake.key = a_key("other")
    fake.header = {"alg": "RS256", "jwk": fake.key.as_dict(private=False), "kid": "mine"}


def with_a_short_key(fake: FakeProvider) -> None:
    fake.key = a_key("short", 1024)
    fake.keys = [fake.key.as_dict(private=False)]
    fake.header = {"alg": "RS256", "kid": "short"}


def with_a_key_for_encrypting(fake: FakeProvider) -> None:
    fake.keys = [fake.key.as_dict(private=False) | {"use": "enc"}]


def with_a_key_of_another_kind(fake: FakeProvider) -> None:
    key = ECKey.generate_key("P-256", {"kid": "k1"})
    fake.sign = lambda claims: jwt.encode({"alg": "ES256", "kid": "k1"}, claims, key)


def with_two_keys_of_one_name(fake: FakeProvider) -> None:
    fake.keys.append(a_key("other").as_dict(private=False) | {"kid": "k1"})


def with_a_changed_body(fake: FakeProvider) -> None:
    def sign(claims: dict[str, Any]) -> str:
        head, _, mark = fake.signed(claims).split(".")
        return ".".join([head, _bare({}, claims | {"sub": "mel-2"}).split(".")[1], mark])

    fake.sign = sign


def with_a_critical_header(fake: FakeProvider) -> None:
    fake.sign = lambda claims: _bare({"alg": "RS256", "kid": "k1", "crit": ["x"], "x": 1}, claims)


def _bare(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return ".".join(_text(json.dumps(part).encode()) for part in (header, claims)) + "."


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


FAULTS: dict[str, Fault] = {
    "nonce is missing": claim("nonce", ...),
    "nonce is another": claim("nonce", "x" * 43),
    "nonce is no text": claim("nonce", 7),
    "nonce is empty": claim("nonce", ""),
    "iss is missing": claim("iss", ...),
    "iss is another": claim("iss", "https://evil.example"),
    "iss has another case": claim("iss", ISSUER.upper()),
    "aud is missing": claim("aud", ...),
    "aud is empty text": claim("aud", ""),
    "aud is an empty list": claim("aud", []),
    "aud is foreign": claim("aud", "other"),
    "aud is foreign and azp is ours": lambda f: f.claims.update(aud="other", azp="navette"),
    "aud is foreign in a list and azp is ours": lambda f: f.claims.update(
        aud=["other"], azp="navette"
    ),
    "aud names somebody besides us": lambda f: f.claims.update(
        aud=["navette", "other"], azp="navette"
    ),
    "aud is a number": claim("aud", 7),
    "aud is an object": claim("aud", {"navette": 1}),
    "azp is foreign": claim("azp", "other"),
    "azp is empty": claim("azp", ""),
    "sub is missing": claim("sub", ...),
    "sub is empty": claim("sub", ""),
    "sub is blank": claim("sub", "  "),
    "sub is a number": claim("sub", 1),
    "sub is null": claim("sub", None),
    "sub is a list": claim("sub", ["mel-1"]),
    "sub is too long": claim("sub", "x" * 256),
    "exp is missing": claim("exp", ...),
    "exp is past": times("exp", -31),
    "exp is text": claim("exp", "tomorrow"),
    "exp is true": claim("exp", True),
    "exp is no number": claim("exp", math.nan),
    "exp is endless": claim("exp", math.inf),
    "exp is absurd": claim("exp", 1e30),
    "iat is missing": claim("iat", ...),
    "iat is in the future": times("iat", 31),
    "iat is text": claim("iat", "now"),
    "nbf is in the future": times("nbf", 31),
    "at_hash is of another access token": claim("at_hash", "x" * 22),
    "nothing is signed": unsigned,
    "the public key signs as a secret": with_the_public_key_as_a_secret,
    "a published secret signs": with_a_published_secret,
    "somebody else signs": with_somebody_elses_key,
    "the token brings its key": with_a_key_it_brings_along,
    "the key is short": with_a_short_key,
    "the key is for encrypting": with_a_key_for_encrypting,
    "the key is of another kind": with_a_key_of_another_kind,
    "two keys have one name": with_two_keys_of_one_name,
    "the body was changed": with_a_changed_body,
    "a critical header is unknown": with_a_critical_header,
    "id_token is missing": tokens("id_token", None),
    "id_token is empty": tokens("id_token", ""),
    "id_token is no token": tokens("id_token", "abc"),
    "id_token is five parts": tokens("id_token", "a.b.c.d.e"),
    "id_token is huge": tokens("id_token", "a" * 30_000),
    "id_token is an object": tokens("id_token", {}),
    "access_token is missing": tokens("access_token", None),
    "userinfo is of another sub": userinfo({"sub": "mel-2"}),
    "userinfo has no sub": userinfo({"name": "Alice"}),
    "userinfo refuses": answer("/userinfo", status_code=401),
    "userinfo is a list": answer("/userinfo", status_code=200, json=[]),
    "userinfo is a page": answer("/userinfo", status_code=200, text="<html>"),
    "token endpoint refuses": answer("/token", status_code=400, json={"error": "invalid_grant"}),
    "token endpoint sends elsewhere": answer(
        "/token", status_code=307, headers={"location": "https://evil.example"}
    ),
    "token endpoint answers a page": answer("/token", status_code=200, text="<html>"),
    "token endpoint answers a list": answer("/token", status_code=200, json=[1]),
    "token endpoint answers without end": answer(
        "/token", status_code=200, content=b" " * 2_000_000
    ),
    "keys are a page": answer("/jwks", status_code=200, text="<html>"),
    "keys are no list": answer("/jwks", status_code=200, json={"keys": "none"}),
    "keys are broken": answer("/jwks", status_code=200, json={"keys": [{"kty": "RSA"}, 7]}),
    "there are no keys": answer("/jwks", status_code=200, json={"keys": []}),
    "discovery is a page": answer(
        "/.well-known/openid-configuration", status_code=200, text="<html>"
    ),
    "discovery is missing": answer("/.well-known/openid-configuration", status_code=404),
    "discovery is a list": answer("/.well-known/openid-configuration", status_code=200, json=[]),
    "discovery sends elsewhere": answer(
        "/.well-known/openid-configuration",
        status_code=302,
        headers={"location": "https://evil.example"},
    ),
    "discovery names another issuer": metadata("issuer", "https://evil.example"),
    "discovery names no token endpoint": metadata("token_endpoint", ""),
    "discovery has a plain token endpoint": metadata("token_endpoint", "http://sso.example.org/t"),
    "discovery has a file as keys": metadata("jwks_uri", "file:///etc/passwd"),
    "discovery has a number as endpoint": metadata("authorization_endpoint", 7),
    "discovery hides a password": metadata("token_endpoint", "https://a:b@sso.example.org/t"),
    "discovery allows nothing that is signed": metadata(
        "id_token_signing_alg_values_supported", ["none", "HS256"]
    ),
    "discovery lists no algorithms": metadata("id_token_signing_alg_values_supported", "RS256"),
    "discovery has no S256": metadata("code_challenge_methods_supported", ["plain"]),
    "keys send elsewhere": answer(
        "/jwks", status_code=302, headers={"location": "https://evil.example"}
    ),
    "keys are away": answer("/jwks", status_code=500),
    "token endpoint is away": answer("/token", status_code=503),
    "token endpoint hangs": hangs("/token"),
    "token endpoint drops the line": drops("/token"),
    "userinfo hangs": hangs("/userinfo"),
    "userinfo sends elsewhere": answer(
        "/userinfo", status_code=302, headers={"location": "https://evil.example"}
    ),
    "discovery hangs": hangs("/.well-known/openid-configuration"),
    "discovery is endless": answer(
        "/.well-known/openid-configuration", status_code=200, content=b" " * 2_000_000
    ),
}

# What a browser may bring back instead of an honest answer: its query, changed.
ANSWERS: dict[str, dict[str, Any]] = {
    "state is missing": {"state": ...},
    "state is empty": {"state": ""},
    "state is another": {"state": "x" * 43},
    "state is not ours at all": {"state": "' OR 1=1 --"},
    "state is huge": {"state": "x" * 5000},
    "code is missing": {"code": ...},
    "code is empty": {"code": ""},
    "code is huge": {"code": "x" * 5000},
    "iss parameter is missing": {"iss": ...},
    "iss parameter is empty": {"iss": ""},
    "iss parameter is another issuer's": {"iss": "https://evil.example"},
    "iss parameter has another case": {"iss": ISSUER.upper()},
    "an error comes from another issuer": {"error": "access_denied", "iss": "https://evil.example"},
    "an error comes without issuer": {"error": "server_error", "iss": ...},
    "an error comes with a code": {"error": "server_error"},
}

# Logout tokens: claims of an honest one, changed.
FAREWELLS: dict[str, dict[str, Any]] = {
    "logout iss is another": {"iss": "https://evil.example"},
    "logout iss is missing": {"iss": ...},
    "logout aud is foreign": {"aud": "other"},
    "logout aud is empty": {"aud": []},
    "logout aud is missing": {"aud": ...},
    "logout iat is missing": {"iat": ...},
    "logout iat is in the future": {"iat": 4_000_000_000},
    "logout iat is old": {"iat": 1},
    "logout exp is missing": {"exp": ...},
    "logout exp is past": {"exp": 1},
    "logout jti is missing": {"jti": ...},
    "logout jti is empty": {"jti": ""},
    "logout jti is a number": {"jti": 7},
    "logout events are missing": {"events": ...},
    "logout events are empty": {"events": {}},
    "logout events are a text": {"events": LOGOUT_EVENT},
    "logout event is null": {"events": {LOGOUT_EVENT: None}},
    "logout event is another": {"events": {"https://evil.example": {}}},
    "logout has a nonce": {"nonce": "n"},
    "logout names nobody": {"sid": ..., "sub": ...},
    "logout sid is a number": {"sid": 7},
    "logout sub is empty": {"sub": ""},
}
