"""What tests of identity start from: people with passwords, a provider, the ways in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factories import a_patron
from fake_provider import CLIENT, ISSUER, FakeProvider
from fakes import FrozenClock
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.flows import SignIn
from navette_auth.opening import Caller
from navette_auth.passwords import hash_password

CARD = "20590000012345"
PASSWORD = "tilleul-parapluie-horizon"
HASH = hash_password(PASSWORD)


@pytest.fixture
def fake(clock: FrozenClock) -> FakeProvider:
    return FakeProvider(clock)


@pytest.fixture
def caller() -> Caller:
    return Caller("203.0.113.7", "Firefox")


@pytest.fixture
def alice(unit: Unit, network: Network) -> int:
    return a_patron(unit, card=CARD, first_name="Alice", last_name="Dubois", password_hash=HASH)


@pytest.fixture
def settings() -> Settings:
    return Settings(
        base_url=CLIENT.base_url, oidc_issuer=ISSUER, oidc_client_id="navette",
        oidc_client_secret=CLIENT.secret,
    )  # fmt: skip


@pytest.fixture
def ways(settings: Settings, unit: Unit, clock: FrozenClock, fake: FakeProvider) -> SignIn:
    return SignIn(settings, unit, clock, fake.provider())


@pytest.fixture
def trusting(ways: SignIn) -> SignIn:
    """The same ways, where the provider's card claim is trusted."""
    return replace(ways, settings=replace(ways.settings, oidc_card_claim="library_card_number"))
