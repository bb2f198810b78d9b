"""Signing in with an honest provider, and with one that is away."""

from __future__ import annotations

from dataclasses import replace

import httpx2
import pytest

from fake_provider import CLIENT, ISSUER, FakeProvider, a_key, query_of
from fakes import FrozenClock
from navette.errors import SignInRefused, Unavailable
from navette.settings import Settings
from navette_auth.oidc import allowed_by, provider_of
from navette_auth.providers import ProviderFault

HOUR_AND_MORE = {"hours": 1, "minutes": 1}


def test_the_browser_leaves_with_all_that_protects_it(fake: FakeProvider) -> None:
    departure = fake.provider().begin()
    asked = query_of(departure.address)
    assert departure.address.startswith(f"{ISSUER}/authorize?")
    assert asked["response_type"] == "code"
    assert asked["client_id"] == "navette"
    assert asked["redirect_uri"] == "https://navette.example.org/connexion/sso/retour"
    assert asked["scope"] == "openid profile library"
    assert asked["code_challenge_method"] == "S256"
    assert (asked["state"], asked["nonce"]) == (departure.state, departure.nonce)
    values = [asked["state"], asked["nonce"], asked["code_challenge"], departure.verifier]
    assert all(len(value) >= 43 for value in values)
    assert len(set(values)) == 4


def test_two_departures_share_nothing(fake: FakeProvider) -> None:
    provider = fake.provider()
    one, other = provider.begin(), provider.begin()
    assert not {one.state, one.nonce, one.verifier} & {other.state, other.nonce, other.verifier}


def test_an_honest_provider_says_who_it_is(fake: FakeProvider) -> None:
    identity = fake.sign_in()
    assert (identity.issuer, identity.subject, identity.sid) == (ISSUER, "mel-1", "s1")
    assert identity.claims == {"name": "Alice Dubois"}, "nothing that is not needed is kept"
    form = fake.form("/token")
    assert form["grant_type"] == ["authorization_code"]
    assert form["redirect_uri"] == [CLIENT.redirect_uri]
    assert len(form["code_verifier"][0]) >= 43
    assert "client_secret" not in form


def test_the_secret_is_written_as_the_rfc_says(fake: FakeProvider) -> None:
    fake.sign_in()
    request = next(one for one in fake.asked if one.url.path == "/token")
    auth = httpx2.BasicAuth("navette", "a+secret%3A+with+%25+signs")
    expected = next(auth.auth_flow(httpx2.Request("POST", ISSUER))).headers["authorization"]
    assert request.headers["authorization"] == expected


def test_the_secret_goes_in_the_form_where_only_that_is_taken(fake: FakeProvider) -> None:
    fake.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    fake.sign_in()
    assert fake.form("/token")["client_secret"] == [CLIENT.secret]


def test_a_client_without_secret_says_its_name(fake: FakeProvider) -> None:
    provider = fake.provider(replace(CLIENT, secret=""))
    departure = provider.begin()
    provider.finish(fake.answer(departure), departure.nonce, departure.verifier)
    assert fake.form("/token")["client_id"] == ["navette"]


def test_a_provider_without_userinfo_and_iss_parameter_is_believed_for_its_id_token(
    fake: FakeProvider,
) -> None:
    del fake.metadata["userinfo_endpoint"]
    del fake.metadata["authorization_response_iss_parameter_supported"]
    provider = fake.provider()
    departure = provider.begin()
    answer = fake.answer(departure)
    del answer["iss"]
    assert provider.finish(answer, departure.nonce, departure.verifier).subject == "mel-1"


def test_an_issuer_may_end_with_a_slash(fake: FakeProvider) -> None:
    fake.metadata["issuer"] = f"{ISSUER}/"
    fake.claims["iss"] = f"{ISSUER}/"
    assert fake.sign_in(iss=f"{ISSUER}/").issuer == f"{ISSUER}/"


def test_keys_that_turn_are_followed(fake: FakeProvider, clock: FrozenClock) -> None:
    provider = fake.provider()
    for kid in ("k1", "k2"):
        fake.key, fake.header = a_key(kid), {"alg": "RS256", "kid": kid}
        fake.keys = [fake.key.as_dict(private=False)]
        departure = provider.begin()
        answer = fake.answer(departure)
        assert provider.finish(answer, departure.nonce, departure.verifier).subject == "mel-1"
        clock.advance(minutes=2)
    assert fake.paths().count("/jwks") == 2


def test_a_key_without_a_name_serves_when_it_is_the_only_one(fake: FakeProvider) -> None:
    fake.header = {"alg": "RS256"}
    assert fake.sign_in().subject == "mel-1"


def test_unknown_keys_do_not_make_us_knock_without_end(
    fake: FakeProvider, clock: FrozenClock
) -> None:
    provider = fake.provider()
    fake.header = {"alg": "RS256", "kid": "unknown"}
    for _ in range(20):
        with pytest.raises(ProviderFault, match="key is unknown"):
            provider.farewell(fake.logout_token())
    assert fake.paths().count("/jwks") == 1
    clock.advance(seconds=61)
    with pytest.raises(ProviderFault):
        provider.farewell(fake.logout_token())
    assert fake.paths().count("/jwks") == 2


def test_whoever_stops_at_the_provider_is_told_calmly(fake: FakeProvider) -> None:
    with pytest.raises(SignInRefused) as refusal:
        fake.sign_in(error="access_denied")
    assert refusal.value.reason == "cancelled"
    assert "/token" not in fake.paths()


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
def test_a_provider_that_fails_is_unavailable(fake: FakeProvider, path: str) -> None:
    fake.answers[path] = lambda: httpx2.Response(502)
    with pytest.raises(Unavailable) as error:
        fake.sign_in()
    assert error.value.status == 502


def test_a_provider_that_is_slow_is_unavailable(fake: FakeProvider) -> None:
    def slow() -> httpx2.Response:
        raise httpx2.ReadTimeout("slow")

    fake.answers["/token"] = slow
    with pytest.raises(Unavailable) as error:
        fake.sign_in()
    assert error.value.timed_out


def test_old_metadata_serves_while_the_provider_is_away(
    fake: FakeProvider, clock: FrozenClock
) -> None:
    provider = fake.provider()
    provider.begin()
    fake.answers["/.well-known/openid-configuration"] = lambda: httpx2.Response(503)
    clock.advance(**HOUR_AND_MORE)
    assert provider.begin().address.startswith(ISSUER)
    assert provider.end_session("a-token").startswith(f"{ISSUER}/end?id_token_hint=a-token")


def test_signing_out_goes_nowhere_when_the_provider_cannot_be_asked(fake: FakeProvider) -> None:
    fake.answers["/.well-known/openid-configuration"] = lambda: httpx2.Response(503)
    assert fake.provider().end_session("a-token") == ""


def test_signing_out_names_the_page_to_come_back_to(fake: FakeProvider) -> None:
    asked = query_of(fake.provider().end_session("a-token"))
    assert asked["post_logout_redirect_uri"] == "https://navette.example.org/"
    assert fake.provider().end_session("") == ""


def test_only_a_loopback_issuer_in_development_may_be_private() -> None:
    local = "http://127.0.0.1:8001"
    assert allowed_by(Settings(oidc_issuer=local)) == {"127.0.0.1:8001"}
    assert allowed_by(Settings(oidc_issuer=local, env="production")) == set()
    assert allowed_by(Settings(oidc_issuer="http://10.0.0.8:8001")) == set()
    assert provider_of(Settings()) is None
    assert provider_of(Settings(oidc_issuer=local)) is not None


def test_where_browsers_are_sent_is_read_from_discovery(fake: FakeProvider) -> None:
    fake.metadata["end_session_endpoint"] = "https://adieu.example.org:8443/end?x=1"
    fake.metadata["authorization_endpoint"] = "https://porte.example.org/authorize"
    provider = fake.provider()
    assert provider.origins() == [ISSUER]
    assert fake.asked == [], "a page never waits for the provider"
    provider.look_ahead()
    assert provider.origins() == [
        ISSUER, "https://porte.example.org", "https://adieu.example.org:8443",
    ]  # fmt: skip
