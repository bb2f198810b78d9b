"""Opaque access tokens: the provider is asked, seldom, and believed only about tokens for us."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from fake_provider import ISSUER, FakeProvider
from fakes import FrozenClock
from navette.errors import Unavailable
from navette_auth.flows import SignIn
from navette_auth.identities import remember_identity, set_card
from navette_auth.introspection import MOST_A_MINUTE
from navette_auth.providers import Identity

API, TOKEN = "https://navette.example.org/graphql", "an-opaque-token-of-the-provider"
SAYS: dict[str, Any] = {
    "active": True, "iss": ISSUER, "aud": API, "sub": "mel-1", "client_id": "reading-app",
    "scope": "navette.read navette.holds", "token_type": "Bearer",
}  # fmt: skip


@pytest.fixture
def api(ways: SignIn, fake: FakeProvider, alice: int) -> SignIn:
    fake.metadata["introspection_endpoint"] = f"{ISSUER}/introspect"

    def link(tx: Any) -> None:
        known = remember_identity(tx, Identity(ISSUER, "mel-1"), ways.clock.now())
        set_card(tx, known.id, alice, ways.clock.now())

    ways.unit.write(link)
    return replace(ways, settings=replace(ways.settings, oidc_api_audience=API))


def says(fake: FakeProvider, status: int = 200, **changed: Any) -> None:
    told = {name: value for name, value in (SAYS | changed).items() if value is not ...}
    fake.answers["/introspect"] = lambda: httpx2.Response(status, json=told)


def knocks(fake: FakeProvider) -> int:
    return fake.paths().count("/introspect")


def test_an_active_token_for_us_stands_for_the_linked_card(
    api: SignIn, fake: FakeProvider, alice: int, clock: FrozenClock
) -> None:
    says(fake, exp=int(clock.now().timestamp()) + 30)
    visitor = api.whose_access(TOKEN)
    assert visitor is not None
    assert (visitor.patron_id, visitor.scopes) == (alice, {"read", "holds"})
    assert fake.form("/introspect")["token"] == [TOKEN]
    asked = next(one for one in fake.asked if one.url.path == "/introspect")
    assert asked.headers["authorization"].startswith("Basic "), "we say who asks"
    for _ in range(20):
        assert api.whose_access(TOKEN) is not None
    assert knocks(fake) == 1, "an answer serves for a while"
    clock.advance(minutes=1)
    says(fake, active=False)
    assert api.whose_access(TOKEN) is None, "revoked there, closed here within a minute"
    assert knocks(fake) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"active": False}, {"active": ...}, {"active": "true"}, {"aud": ...}, {"aud": []},
        {"aud": "https://other.example"}, {"aud": "navette"}, {"iss": "https://evil.example"},
        {"exp": 1}, {"exp": "soon"}, {"nbf": 4_000_000_000}, {"sub": ...}, {"sub": ""},
        {"sub": "reading-app"}, {"sub": "nobody-here"}, {"token_type": "DPoP"}, {"token_type": 7},
        {"status": 401}, {"status": 500},
    ],
    ids=str,
)  # fmt: skip
def test_anything_else_opens_nothing(
    api: SignIn, fake: FakeProvider, given: dict[str, Any]
) -> None:
    says(fake, **given)
    try:
        found = api.whose_access(TOKEN)
    except Unavailable:
        found = None
    assert found is None


@pytest.mark.parametrize("body", [b"", b"[]", b"nothing", b"{"])
def test_an_answer_that_is_none_opens_nothing(api: SignIn, fake: FakeProvider, body: bytes) -> None:
    fake.answers["/introspect"] = lambda: httpx2.Response(200, content=body)
    assert api.whose_access(TOKEN) is None


def test_made_up_tokens_do_not_make_us_knock_without_end(
    api: SignIn, fake: FakeProvider, clock: FrozenClock
) -> None:
    says(fake, active=False)
    for _ in range(5):
        assert api.whose_access(TOKEN) is None
    assert knocks(fake) == 1, "a refusal serves for a while too"
    for text in ("short", "é" * 40, "a b\n" * 20, "x" * 5000, "a.b.c", "a.b"):
        assert api.whose_access(text) is None
    assert knocks(fake) == 1, "what cannot be one is not asked about"
    for number in range(MOST_A_MINUTE - 1):
        api.whose_access(f"made-up-token-number-{number:06d}")
    with pytest.raises(Unavailable):
        api.whose_access("one-made-up-token-too-many")
    assert knocks(fake) == MOST_A_MINUTE
    assert api.whose_access(TOKEN) is None, "what is known is still answered"
    clock.advance(minutes=1)
    assert api.whose_access("one-made-up-token-too-many") is None


def test_without_the_endpoint_an_opaque_token_is_refused_and_the_log_says_why(
    api: SignIn, fake: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    del fake.metadata["introspection_endpoint"]
    assert api.whose_access(TOKEN) is None
    assert "no introspection endpoint" in caplog.text


def test_a_provider_that_is_away_is_no_wrong_token(api: SignIn, fake: FakeProvider) -> None:
    fake.answers["/introspect"] = lambda: httpx2.Response(503)
    with pytest.raises(Unavailable):
        api.whose_access(TOKEN)
