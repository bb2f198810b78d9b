"""`navette doctor sso`: each of the fifteen checks passes with a good provider and fails by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.utils import format_datetime

import httpx2
import pytest

from fake_provider import FakeProvider
from fakes import FrozenClock
from navette.outbound import Outbound
from navette.settings import Settings
from navette_auth import sso_checks
from navette_auth.sso_checks import CHECKS, Found

Break = Callable[[FakeProvider], None]
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def good(fake: FakeProvider) -> FakeProvider:
    fake.metadata |= {
        "scopes_supported": ["openid", "profile", "email", "library"],
        "claims_supported": ["sub", "library_card_number"],
        "backchannel_logout_supported": True,
    }
    fake.answers["/token"] = lambda: httpx2.Response(400, json={"error": "invalid_grant"})
    fake.answers["/authorize"] = lambda: httpx2.Response(303, headers={"location": "/login"})
    return fake


@pytest.fixture
def look(
    good: FakeProvider, settings: Settings, clock: FrozenClock
) -> Callable[..., dict[str, Found]]:
    def examine(**changed: str) -> dict[str, Found]:
        outbound = Outbound(transport=httpx2.MockTransport(good.handle))
        visit = replace(settings, **changed)
        return {one.check: one for one in sso_checks.examined(visit, outbound, clock)}

    return examine


def test_a_good_provider_passes_all_fifteen(look: Callable[..., dict[str, Found]]) -> None:
    found = look()
    assert len(found) == len(CHECKS) == 15
    assert [one for one in found.values() if not one.ok] == []
    assert "https://navette.example.org/connexion/sso/retour" in found["addresses"].says


def metadata(**given: object) -> Break:
    return lambda fake: fake.metadata.update(given)


def answering(path: str, **given: object) -> Break:
    return lambda fake: fake.answers.update({path: lambda: httpx2.Response(**given)})


def an_hour_late(fake: FakeProvider) -> None:
    late = format_datetime(fake.clock.now().replace(hour=3))
    body = fake.metadata
    fake.answers[DISCOVERY] = lambda: httpx2.Response(200, json=body, headers={"date": late})


@pytest.mark.parametrize(
    ("check", "broken", "says"),
    [
        ("discovery", metadata(issuer="https://other.example"), "set NAVETTE_OIDC_ISSUER to that"),
        ("discovery", answering(DISCOVERY, status_code=404), "404"),
        ("clocks", an_hour_late, "tokens would be refused"),
        ("algorithms", metadata(id_token_signing_alg_values_supported=["none"]), "no algorithm"),
        ("pkce", metadata(code_challenge_methods_supported=["plain"]), "S256"),
        ("endpoints", metadata(token_endpoint="http://sso.example.org/t"), "token_endpoint"),
        ("keys", answering("/jwks", status_code=200, json={"keys": []}), "no key"),
        (
            "client",
            answering("/token", status_code=401, json={"error": "invalid_client"}),
            "SECRET",
        ),
        ("client", answering("/token", status_code=200, text="<html>"), "a code that is none"),
        ("redirect", answering("/authorize", status_code=400, text="bad"), "letter by letter"),
        (
            "redirect",
            answering("/authorize", status_code=303, headers={"location": "/x?error=invalid"}),
            "letter by letter",
        ),
        ("scopes", metadata(scopes_supported=["openid"]), "profile"),
        ("sign-out", metadata(end_session_endpoint=""), "end_session_endpoint"),
        ("back-channel", metadata(backchannel_logout_supported=False), "outlive"),
    ],
)
def test_what_is_wrong_is_named_with_the_way_out(
    good: FakeProvider, look: Callable[..., dict[str, Found]], check: str, broken: Break, says: str
) -> None:
    broken(good)
    found = look()
    assert not found[check].ok
    assert says in found[check].says


@pytest.mark.parametrize(
    ("check", "changed"),
    [
        ("settings", {"oidc_client_secret": ""}),
        ("settings", {"oidc_issuer": ""}),
        ("addresses", {"base_url": "http://navette.example.org"}),
        ("card-claim", {"oidc_card_claim": "carte"}),
    ],
)
def test_what_is_wrong_on_our_side_is_named_too(
    look: Callable[..., dict[str, Found]], check: str, changed: dict[str, str]
) -> None:
    assert not look(**changed)[check].ok


def test_a_provider_that_is_away_fails_calmly(
    good: FakeProvider, look: Callable[..., dict[str, Found]]
) -> None:
    good.answers[DISCOVERY] = lambda: httpx2.Response(503)
    found = look()
    assert len(found) == 15
    assert found["settings"].ok
    assert not found["discovery"].ok
