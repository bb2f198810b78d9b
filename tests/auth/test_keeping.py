"""Refresh tokens: sealed, turned twice a day, ended with the provider's session, given back."""

from __future__ import annotations

from dataclasses import replace

import httpx2
import pytest
from sqlalchemy import select

from fake_provider import CLIENT, FakeProvider
from fakes import FrozenClock
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette_auth.flows import SignIn
from navette_auth.identities import find_identity
from navette_auth.keeping import Keeper
from navette_auth.opaque import fresh
from navette_auth.opening import Caller
from navette_auth.providers import Departure, ProviderFault
from navette_auth.sessions import visitor_of_value
from navette_auth.tables import AuthSession
from navette_auth.vault import Vault

KEPT = Query(select(table(AuthSession).c.refresh_token).order_by(table(AuthSession).c.id), scalar)


@pytest.fixture
def keeping(ways: SignIn, fake: FakeProvider) -> SignIn:
    """The ways in, at a provider that gives refresh tokens and turns them."""
    turned = iter(range(2, 100))
    fake.metadata["revocation_endpoint"] = f"{CLIENT.issuer}/revoke"
    fake.answers["/revoke"] = lambda: httpx2.Response(200)
    fake.tokens["refresh_token"] = "turn-1"
    fake.turn = lambda: fake.tokens.update(refresh_token=f"turn-{next(turned)}")
    client = replace(CLIENT, scopes="openid offline_access")
    settings = replace(ways.settings, secret_keys=("first-key-of-thirty-two-characters",))
    return replace(ways, settings=settings, provider=fake.provider(client))


def enter(ways: SignIn, fake: FakeProvider, caller: Caller) -> str:
    browser = fresh()
    left = ways.leave("/", browser)
    query = dict(httpx2.URL(left.address).params)
    answer = fake.answer(Departure(left.address, query["state"], query["nonce"], ""))
    session = ways.come_back(caller, answer, browser).session
    fake.nonce = ""
    fake.claims["nonce"] = ...
    return session


def keeper(ways: SignIn) -> Keeper:
    found = ways.keeper
    assert found is not None
    return found


def kept(ways: SignIn) -> list[str]:
    with ways.unit.read() as reader:
        return [ways.vault.open(sealed) for sealed in reader.all(KEPT)]


def alive(ways: SignIn, session: str) -> bool:
    return visitor_of_value(ways.unit, ways.clock, session).signed_in


def revoked(fake: FakeProvider) -> list[str]:
    requests = [one for one in fake.asked if one.url.path == "/revoke"]
    return [httpx2.QueryParams(one.content.decode())["token"] for one in requests]


def test_a_refresh_token_lies_sealed(keeping: SignIn, fake: FakeProvider, caller: Caller) -> None:
    enter(keeping, fake, caller)
    with keeping.unit.read() as reader:
        (sealed,) = reader.all(KEPT)
    assert "turn-1" not in sealed
    assert kept(keeping) == ["turn-1"]


def test_the_scope_for_refresh_tokens_is_asked_with_consent(keeping: SignIn) -> None:
    assert "prompt=consent" in keeping.leave("/", None).address


def test_it_turns_twice_a_day_and_claims_follow(
    keeping: SignIn, fake: FakeProvider, caller: Caller, clock: FrozenClock
) -> None:
    session = enter(keeping, fake, caller)
    assert keeper(keeping).tend() == {"revoked": 0, "renewed": 0}, "not before half a day"
    clock.advance(hours=13)
    fake.turn()  # type: ignore[attr-defined]
    fake.userinfo["name"] = "Alice Martin"
    assert keeper(keeping).tend()["renewed"] == 1
    assert kept(keeping) == ["turn-2"]
    assert fake.form("/token")  # the sign-in; the refresh is the last one
    assert b"turn-1" in [one for one in fake.asked if one.url.path == "/token"][-1].content
    with keeping.unit.read() as reader:
        identity = find_identity(reader, CLIENT.issuer, "mel-1")
    assert identity is not None
    assert identity.name == "Alice Martin"
    assert keeper(keeping).tend()["renewed"] == 0
    assert alive(keeping, session)


def test_a_session_that_the_provider_ends_ends_here(
    keeping: SignIn, fake: FakeProvider, caller: Caller, clock: FrozenClock
) -> None:
    session = enter(keeping, fake, caller)
    clock.advance(hours=13)
    fake.answers["/token"] = lambda: httpx2.Response(400, json={"error": "invalid_grant"})
    assert keeper(keeping).tend() == {"revoked": 0, "renewed": 0}
    assert not alive(keeping, session)
    assert kept(keeping) == [""]


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(503),
        httpx2.Response(400, json={"error": "invalid_client"}),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, json={"token_type": "Bearer"}),
    ],
    ids=["away", "other error", "a page", "no token"],
)
def test_a_provider_that_stumbles_signs_nobody_out(
    keeping: SignIn, fake: FakeProvider, caller: Caller, clock: FrozenClock,
    answer: httpx2.Response,
) -> None:  # fmt: skip
    session = enter(keeping, fake, caller)
    clock.advance(hours=13)
    fake.answers["/token"] = lambda: answer
    keeper(keeping).tend()
    assert alive(keeping, session)
    assert kept(keeping) == ["turn-1"]


@pytest.mark.parametrize(
    "lie",
    [{"sub": "mel-2"}, {"aud": "other"}, {"iss": "https://evil.example"}, {"exp": 1}],
    ids=str,
)
def test_a_refresh_that_names_somebody_else_is_not_believed(
    keeping: SignIn, fake: FakeProvider, caller: Caller, lie: dict[str, object]
) -> None:
    enter(keeping, fake, caller)
    fake.claims.update(lie)
    provider = keeping.provider
    assert provider is not None
    with pytest.raises(ProviderFault):
        provider.renew("turn-1", "mel-1")


def test_signing_out_gives_it_back(keeping: SignIn, fake: FakeProvider, caller: Caller) -> None:
    session = enter(keeping, fake, caller)
    keeping.sign_out(visitor_of_value(keeping.unit, keeping.clock, session))
    assert keeper(keeping).give_back() == 1
    assert revoked(fake) == ["turn-1"]
    assert kept(keeping) == [""]
    assert keeper(keeping).give_back() == 0, "once"


def test_a_session_that_ran_out_gives_it_back_too(
    keeping: SignIn, fake: FakeProvider, caller: Caller, clock: FrozenClock
) -> None:
    enter(keeping, fake, caller)
    clock.advance(days=401)
    assert keeper(keeping).tend() == {"revoked": 1, "renewed": 0}
    assert revoked(fake) == ["turn-1"]


def test_while_the_provider_is_away_it_is_tried_for_a_day(
    keeping: SignIn, fake: FakeProvider, caller: Caller, clock: FrozenClock
) -> None:
    session = enter(keeping, fake, caller)
    keeping.sign_out(visitor_of_value(keeping.unit, keeping.clock, session))
    fake.answers["/revoke"] = lambda: httpx2.Response(503)
    assert keeper(keeping).give_back() == 0
    assert kept(keeping) == ["turn-1"]
    clock.advance(hours=25)
    assert keeper(keeping).give_back() == 1
    assert kept(keeping) == [""]


def test_linking_a_card_keeps_one_copy_of_it(
    keeping: SignIn, fake: FakeProvider, caller: Caller, alice: int
) -> None:
    session = enter(keeping, fake, caller)
    visitor = visitor_of_value(keeping.unit, keeping.clock, session)
    keeping.link_card(
        replace(caller, session=session), visitor, "20590000012345", "tilleul-parapluie-horizon"
    )
    assert kept(keeping) == ["", "turn-1"]
    assert keeper(keeping).give_back() == 0, "the session that goes on still needs it"


def test_keys_turn_without_signing_anybody_out(
    keeping: SignIn, fake: FakeProvider, caller: Caller
) -> None:
    old, new = "first-key-of-thirty-two-characters", "second-key-of-thirty-two-character"
    enter(keeping, fake, caller)
    both = replace(keeper(keeping), vault=Vault((new, old)))
    assert both.reseal() == 1
    with keeping.unit.read() as reader:
        (sealed,) = reader.all(KEPT)
    assert Vault((new,)).open(sealed) == "turn-1", "the old key can be taken away"
    assert Vault((old,)).open(sealed) == ""
