"""Against the certified provider: sign-in, linking, refresh, every sign-out, and its tokens."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from sqlalchemy import delete, select
from starlette.applications import Starlette

from certified import SECRET, Browser, Certified, running, serving, why_not
from factories import a_network, a_patron
from navette.clock import SystemClock
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.database import open_unit
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth.flows import SignIn
from navette_auth.keeping import Keeper
from navette_auth.passwords import hash_password
from navette_auth.sso_checks import examined
from navette_auth.tables import AuthSession, Identity
from navette_server.app import create_app

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")]
CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
TOKENS = Query(select(table(AuthSession).c.refresh_token), scalar)


@dataclass(frozen=True)
class Town:
    """Both sides at work."""

    certified: Certified
    settings: Settings
    unit: Unit
    ways: SignIn

    def keeper(self, ahead: timedelta = timedelta(0)) -> Keeper:
        found = self.ways.keeper
        assert found is not None
        return replace(found, clock=Ahead(ahead))

    def kept(self) -> list[str]:
        """The refresh tokens that sessions keep, opened."""
        with self.unit.read() as reader:
            return [self.ways.vault.open(one) for one in reader.all(TOKENS) if one]


@dataclass(frozen=True)
class Ahead:
    """The machine's clock, some hours later."""

    by: timedelta

    def now(self) -> datetime:
        return SystemClock().now() + self.by


@pytest.fixture(scope="session")
def certified() -> Iterator[Certified]:
    with running() as provider:
        yield provider


@pytest.fixture(scope="module")
def town(
    certified: Certified, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("certified")
    shutil.copy(sqlite_template, folder / "navette.db")
    settings = certified.settings(folder)
    unit = open_unit(settings.database)
    a_network(unit)
    a_patron(
        unit, card=CARD, first_name="Alice", last_name="Dubois",
        password_hash=hash_password(PASSWORD),
    )  # fmt: skip
    app: Starlette = create_app(settings, unit=unit)
    with serving(app, certified.base):
        yield Town(certified, settings, unit, app.state.house.sign_in)
    unit.close()


@pytest.fixture(autouse=True)
def _a_fresh_start(town: Town) -> None:
    def work(tx: object) -> None:
        for model in (AuthSession, Identity):
            tx.execute(delete(table(model)))  # type: ignore[attr-defined]

    for name in ("one_time_code",):
        town.unit.write(lambda tx, name=name: tx.driver.execute(f"DELETE FROM {name}"))  # type: ignore[misc]
    town.unit.write(work)


@pytest.fixture
def browser(town: Town) -> Iterator[Callable[[], Browser]]:
    opened: list[Browser] = []

    def open_one() -> Browser:
        opened.append(Browser(town.certified))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def alice(browser: Callable[[], Browser]) -> Browser:
    """Alice, signed in at the provider, her card linked."""
    opened = browser()
    opened.sign_in()
    linked = opened.go(
        "/compte/lier", data={"card": CARD, "password": PASSWORD, "next": "/compte/identites"}
    )
    assert linked.url.path == "/compte/identites"
    return opened


def test_the_first_sign_in_leads_to_linking_and_the_next_goes_straight(
    browser: Callable[[], Browser], town: Town
) -> None:
    first = browser()
    arrived = first.sign_in()
    assert arrived.url.path == "/compte/lier"
    left = next(address for address in first.trail if "code=" in address)
    assert parse_qs(urlsplit(left).query)["iss"] == [town.certified.issuer]
    given = {"card": CARD, "password": PASSWORD, "next": "/compte/identites"}
    assert "cert-1" in first.go("/compte/lier", data=given).text
    assert browser().sign_in().url.path == "/compte/identites"


def test_claims_that_are_only_in_userinfo_arrive(browser: Callable[[], Browser]) -> None:
    opened = browser()
    opened.sign_in()
    page = opened.go("/compte/identites").text
    assert "Alice Dubois" in page
    assert CARD in page, "shown, and not trusted: linking was asked all the same"


def test_a_card_claim_that_is_trusted_links_by_itself(
    town: Town, browser: Callable[[], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = replace(town.settings, oidc_card_claim="library_card_number")
    client = town.ways.provider._client  # type: ignore[union-attr]
    monkeypatch.setitem(town.ways.__dict__, "settings", trusting)
    monkeypatch.setitem(
        town.ways.provider.__dict__, "_client", replace(client, card_claim="library_card_number")
    )
    assert browser().sign_in().url.path == "/compte/identites"


def test_an_account_without_a_card_claim_is_asked_for_its_card(
    browser: Callable[[], Browser],
) -> None:
    arrived = browser().sign_in("chloe")
    assert (arrived.status_code, arrived.url.path) == (200, "/compte/lier")


def test_stopping_there_and_a_wrong_password_change_nothing(
    browser: Callable[[], Browser],
) -> None:
    stopped = browser()
    back = stopped.sign_in("cancel")
    assert back.status_code == 401
    assert "Rien n’a changé." in back.text
    assert not stopped.signed_in()
    wrong = browser()
    assert wrong.sign_in("alice", "faux").status_code == 401
    assert not wrong.signed_in()


def test_an_answer_that_comes_twice_or_in_another_browser_is_refused(
    browser: Callable[[], Browser], alice: Browser
) -> None:
    opened, other = browser(), browser()
    opened.sign_in()
    answer = next(address for address in opened.trail if "code=" in address)
    assert opened.go(answer).status_code == 401
    assert opened.signed_in()
    assert other.go(answer).status_code == 401
    assert not other.signed_in()


def test_the_refresh_token_turns_and_the_old_one_is_dead(town: Town, alice: Browser) -> None:
    (first,) = town.kept()
    assert town.keeper(timedelta(hours=13)).tend()["renewed"] == 1
    (second,) = town.kept()
    assert second not in {"", first}
    assert alice.signed_in()


def test_an_account_that_is_closed_there_is_signed_out_here(town: Town, alice: Browser) -> None:
    town.certified.ask("/test/close/cert-1")
    try:
        town.keeper(timedelta(hours=13)).tend()
        assert not alice.signed_in()
        assert town.kept() == []
    finally:
        town.certified.ask("/test/open")


def test_signing_out_here_ends_the_session_there_and_gives_the_token_back(
    town: Town, alice: Browser
) -> None:
    before = len(town.certified.ask("/test/revoked"))
    asked = alice.go("/deconnexion", data={})
    there = next(address for address in alice.trail if "/session/end" in address)
    named = parse_qs(urlsplit(there).query)
    assert named["post_logout_redirect_uri"] == [f"{town.certified.base}/"]
    assert named["id_token_hint"][0].count(".") == 2
    home = alice.submit(asked, logout="yes")
    assert str(home.url) == f"{town.certified.base}/"
    assert not alice.signed_in()
    assert "Mot de passe" in alice.go("/connexion/sso").text, "signed out there too"
    town.keeper().give_back()
    assert town.kept() == []
    assert len(town.certified.ask("/test/revoked")) > before


def test_signing_out_there_ends_that_session_here_and_no_other(
    browser: Callable[[], Browser], alice: Browser
) -> None:
    tablet = browser()
    tablet.sign_in()
    alice.sign_out_there()
    assert not alice.signed_in()
    assert tablet.signed_in()


def an_access_token(town: Town, browser: Browser, resource: str) -> dict[str, str]:
    """Sign in for another programme, which asks for a token for `resource`."""
    verifier = "v" * 50
    redirect = f"{town.certified.base}/elsewhere"
    asked = {
        "client_id": "reading-app", "response_type": "code", "redirect_uri": redirect,
        "scope": "openid navette.read", "resource": resource, "state": "s", "nonce": "n",
        "code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256",
    }  # fmt: skip
    browser.go(f"{town.certified.issuer}/auth?{urlencode(asked)}")
    code = parse_qs(urlsplit(browser.trail[-1]).query)["code"][0]
    basic = base64.b64encode(f"reading-app:{SECRET}".encode()).decode()
    answer = httpx2.post(
        f"{town.certified.issuer}/token",
        data={
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect,
            "code_verifier": verifier, "resource": resource,
        },
        headers={"authorization": f"Basic {basic}"}, trust_env=False,
    )  # fmt: skip
    tokens: dict[str, str] = json.loads(answer.text)
    return tokens


def test_an_access_token_opens_the_api_only_when_its_audience_is_ours(
    town: Town, alice: Browser
) -> None:
    def me(token: str) -> httpx2.Response:
        return httpx2.post(
            town.certified.api, json={"query": "{ me { card } }"},
            headers={"authorization": f"Bearer {token}"}, trust_env=False,
        )  # fmt: skip

    tokens = an_access_token(town, alice, town.certified.api)
    assert me(tokens["access_token"]).json() == {"data": {"me": {"card": CARD}}}
    other = an_access_token(town, alice, f"{town.certified.api}/other")
    assert me(other["access_token"]).status_code == 401
    assert me(tokens["id_token"]).status_code == 401
    opaque = an_access_token(town, alice, f"{town.certified.api}/opaque")["access_token"]
    assert "." not in opaque
    assert me(opaque).json() == {"data": {"me": {"card": CARD}}}, "the provider is asked about it"
    assert me(opaque[::-1]).status_code == 401
    about = httpx2.get(
        f"{town.certified.base}/eligibilite", trust_env=False,
        headers={"authorization": f"Bearer {tokens['access_token']}"},
    )  # fmt: skip
    assert about.json()["eligible"] is True


def test_the_doctor_finds_nothing_wrong_with_it(town: Town) -> None:
    found = list(examined(town.settings))
    assert [one for one in found if not one.ok] == []
    assert len(found) == 15


def test_the_doctor_names_a_wrong_secret_and_a_wrong_address(town: Town) -> None:
    wrong = replace(town.settings, oidc_client_secret="x" * 40, base_url="http://127.0.0.1:9")
    failed = {one.check for one in examined(wrong) if not one.ok}
    assert failed == {"client", "redirect"}


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no Chromium here")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Chromium's own pipes
def test_a_phone_signs_in_links_its_card_and_signs_out_of_both(town: Town) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, only where it is used

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        phone = chromium.new_page(viewport={"width": 390, "height": 844})
        told: list[str] = []
        phone.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
        phone.goto(f"{town.certified.base}/connexion?next=/compte/identites")
        phone.get_by_role("link", name="Continuer").click()
        phone.get_by_label("Identifiant").fill("alice")
        phone.get_by_label("Mot de passe").fill("alice-secret")
        phone.get_by_role("button", name="Se connecter").click()
        phone.wait_for_url("**/compte/lier**")
        phone.get_by_label("Numéro de carte").first.fill(CARD)
        phone.get_by_label("Mot de passe").fill(PASSWORD)
        phone.get_by_role("button", name="Associer").first.click()
        phone.wait_for_url("**/compte/identites**")
        assert phone.get_by_text("cert-1").is_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        phone.goto(f"{town.certified.base}/compte")
        phone.get_by_role("button", name="Me déconnecter").click()
        phone.wait_for_url(f"{town.certified.issuer}/session/end**")
        phone.get_by_role("button", name="Oui").click()
        phone.wait_for_url(f"{town.certified.base}/")
        assert [each for each in told if "Content Security Policy" in each] == []
        phone.goto(f"{town.certified.base}/compte/identites")
        assert "/connexion" in phone.url
        chromium.close()
