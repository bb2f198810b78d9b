"""A passkey in a real Chromium, on a phone's screen: added after a fresh sign-in, then the way in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from factories import a_patron
from fakes import FrozenClock
from in_chromium import IN_CHROMIUM, PHONE, chromium
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.passwords import hash_password
from navette_server.app import create_app
from serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]
pytestmark = IN_CHROMIUM
CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def phone(
    chromium: Browser, unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[Page]:
    def application(base: str) -> object:
        named = base.replace("127.0.0.1", "localhost")  # browsers want a name
        return create_app(Settings(base_url=named, data_dir=str(tmp_path)), clock=clock, unit=unit)

    with served(application) as base:  # type: ignore[arg-type]
        address = base.replace("127.0.0.1", "localhost")
        context = chromium.new_context(viewport=PHONE, base_url=address)  # type: ignore[arg-type]
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page
        context.close()


def test_a_passkey_is_added_and_opens_the_card_without_a_password(phone: Page, unit: Unit) -> None:
    a_patron(unit, card=CARD, password_hash=hash_password(PASSWORD))
    phone.goto("/connexion?next=/compte/cles")
    phone.get_by_label("Numéro de carte").fill(CARD)
    phone.get_by_label("Mot de passe").fill(PASSWORD)
    phone.get_by_role("button", name="Entrer", exact=True).click()
    before = _session(phone)
    phone.get_by_role("button", name="Ajouter une clé ici").click()
    phone.get_by_role("heading", name="Chrome sur Linux").wait_for()
    assert _session(phone) != before, "a new id at each change of privilege"
    phone.goto("/plus")
    phone.get_by_role("button", name="Me déconnecter").click()
    phone.get_by_role("link", name="Entrer", exact=True).wait_for()
    phone.goto("/connexion?next=/compte/appareils")
    phone.get_by_role("button", name="Entrer par clé d’accès").click()
    phone.get_by_role("heading", name="Mes appareils").wait_for()
    phone.goto("/compte/cles")
    phone.get_by_text("Servie le").wait_for()
    phone.get_by_role("button", name="Retirer").click()
    phone.get_by_text("Aucune clé pour l’instant").wait_for()


def _session(page: Page) -> str:
    return next(str(c["value"]) for c in page.context.cookies() if c["name"] == "navette")
