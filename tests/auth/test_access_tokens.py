"""The provider's access tokens open our API only when they were made for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from fake_provider import ISSUER, FakeProvider, a_key
from navette.errors import Unavailable
from navette_auth.flows import SignIn
from navette_auth.identities import remember_identity, set_card
from navette_auth.providers import Identity
from navette_auth.scopes import SCOPES, allowed

API = "https://navette.example.org/graphql"


@pytest.fixture
def api(ways: SignIn, fake: FakeProvider, alice: int) -> SignIn:
    """The ways in, with an audience of ours, and Alice linked."""
    fake.header["typ"] = "at+jwt"
    now = ways.clock.now()

    def link(tx: Any) -> None:
        known = remember_identity(tx, Identity(ISSUER, "mel-1"), now)
        set_card(tx, known.id, alice, now)

    ways.unit.write(link)
    return replace(ways, settings=replace(ways.settings, oidc_api_audience=API))


def token(fake: FakeProvider, **changed: Any) -> str:
    claims = {
        **fake.times(), "aud": [API], "sub": "mel-1", "client_id": "reading-app", "jti": "a1",
        "scope": "openid navette.read navette.holds", **changed,
    }  # fmt: skip
    return fake.signed({name: value for name, value in claims.items() if value is not ...})


def test_a_token_made_for_us_stands_for_the_linked_card(
    api: SignIn, fake: FakeProvider, alice: int
) -> None:
    visitor = api.whose_access(token(fake))
    assert visitor is not None
    assert visitor.patron_id == alice
    assert visitor.scopes == {"read", "holds"}
    assert visitor.session_id is None
    plain = api.whose_access(token(fake, scope=...))
    assert plain is not None
    assert plain.scopes == {"read"}


@pytest.mark.parametrize(
    "given",
    [
        {"aud": "navette"}, {"aud": ...}, {"aud": []}, {"aud": ["https://other.example"]},
        {"iss": "https://evil.example"}, {"iss": ...}, {"exp": 1}, {"exp": ...},
        {"iat": 4_000_000_000}, {"iat": ...}, {"nbf": 4_000_000_000}, {"sub": ""}, {"sub": ...},
        {"sub": "reading-app"}, {"client_id": ...}, {"client_id": 7}, {"sub": "nobody-here"},
    ],
    ids=str,
)  # fmt: skip
def test_any_other_token_opens_nothing(
    api: SignIn, fake: FakeProvider, given: dict[str, Any]
) -> None:
    assert api.whose_access(token(fake, **given)) is None


@pytest.mark.parametrize("kind", ["JWT", "logout+jwt", ""])
def test_an_id_token_is_no_access_token(api: SignIn, fake: FakeProvider, kind: str) -> None:
    fake.header["typ"] = kind
    assert api.whose_access(token(fake)) is None


def test_somebody_elses_signature_opens_nothing(
    api: SignIn, fake: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    fake.key = a_key("other")
    assert api.whose_access(token(fake)) is None
    assert "access token not believed" in caplog.text


def test_without_an_audience_of_ours_none_is_taken(api: SignIn, fake: FakeProvider) -> None:
    closed = replace(api, settings=replace(api.settings, oidc_api_audience=""))
    assert closed.whose_access(token(fake)) is None
    assert fake.asked == []


def test_a_provider_that_is_away_is_no_wrong_token(api: SignIn, fake: FakeProvider) -> None:
    fake.answers["/.well-known/openid-configuration"] = lambda: httpx2.Response(503)
    with pytest.raises(Unavailable):
        api.whose_access(token(fake))


def test_scopes_hold_what_they_say() -> None:
    assert all(allowed(None, scope) for scope in SCOPES)
    assert allowed(frozenset({"write"}), "holds")
    assert not allowed(frozenset({"write"}), "read")
    assert not allowed(frozenset({"holds"}), "loans")
