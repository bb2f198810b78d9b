"""Passkeys in a real Chromium: a reader's on a phone, and a coordinator's that opens a locked desk.

Browsers bind them to a name: `http://localhost` will do, `http://127.0.0.1` will not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
from navette_auth.staff import add_staff
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
    with _opened(chromium, unit, clock, tmp_path, PHONE) as page:
        yield page


@pytest.fixture
def desk(
    chromium: Browser, unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[Page]:
    with _opened(chromium, unit, clock, tmp_path, {"width": 1280, "height": 800}) as page:
        yield page


@contextmanager
def _opened(
    chromium: Browser, unit: Unit, clock: FrozenClock, folder: Path, screen: dict[str, int]
) -> Iterator[Page]:
    """Serve the house under a name, to a browser with an authenticator that always says yes."""

    def application(base: str) -> object:
        named = base.replace("127.0.0.1", "localhost")
        settings = Settings(
            base_url=named, data_dir=str(folder), staff_second_factor=("coordinator",)
        )
        return create_app(settings, clock=clock, unit=unit)

    with served(application) as base:  # type: ignore[arg-type]
        address = base.replace("127.0.0.1", "localhost")
        context = chromium.new_context(viewport=screen, base_url=address)  # type: ignore[arg-type]
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


def test_a_coordinator_s_passkey_is_the_second_factor_and_opens_a_locked_desk(
    desk: Page, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    """The second factor is set up before anything opens; the password alone is not enough after."""
    hem, hashed = network.library("hem").id, hash_password(PASSWORD)
    for login, role in (("chef", "coordinator"), ("nora", "agent")):
        unit.write(
            lambda tx, n=login, r=role: add_staff(
                tx, clock, login=n, name=n.title(), role=r, library_id=hem, password_hash=hashed
            )
        )
    _enter(desk, "chef")
    desk.get_by_text("Votre fonction en demande un").wait_for()
    desk.get_by_role("button", name="Ajouter une clé ici").click()
    desk.wait_for_url("**/bureau")
    desk.goto("/bureau/compte")
    desk.get_by_role("button", name="Retirer cette clé").wait_for()
    desk.context.clear_cookies()
    _enter(desk, "chef")
    desk.get_by_text("Entrez avec votre clé d’accès").wait_for()
    assert _session(desk) == "", "the password is one factor of two"
    _enter(desk, "nora")
    desk.wait_for_url("**/bureau")
    clock.advance(minutes=16)
    desk.goto("/bureau/etagere")
    desk.get_by_text("Verrouillé. Nora était ici.").wait_for()
    desk.get_by_role("button", name="Entrer par clé d’accès").click()
    desk.wait_for_url("**/bureau/etagere")
    desk.get_by_text("Chef").first.wait_for()


def _enter(page: Page, login: str) -> None:
    page.goto("/connexion/personnel?next=/bureau")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Entrer", exact=True).click()


def _session(page: Page) -> str:
    found = (str(c["value"]) for c in page.context.cookies() if c["name"] == "navette")
    return next(found, "")
