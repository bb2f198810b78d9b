"""The doors as a browser sees them, with the stand-in library next door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pyotp
import pytest

from fakes import FrozenClock
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth.passwords import hash_password
from navette_auth.staff import add_staff
from two_libraries import HERE, THERE, Browser, two_libraries

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
GOOD = {"card": CARD, "password": PASSWORD, "next": "/compte/identites"}


@pytest.fixture
def both(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    with two_libraries(unit, clock, tmp_path) as running:
        yield running


@pytest.fixture
def browser(both: SimpleNamespace) -> Browser:
    opened: Browser = both.browser()
    return opened


def test_the_card_opens_and_leads_back_to_the_page(browser: Browser, alice: int) -> None:
    page = browser.go("/connexion?next=/compte/identites")
    assert 'value="/compte/identites"' in page.text
    entered = browser.go("/connexion/carte", data=GOOD)
    assert entered.status_code == 200
    assert entered.url.path == "/compte/identites"
    assert browser.go("/connexion?next=/compte/identites").url.path == "/compte/identites"


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(
    browser: Browser, alice: int
) -> None:
    answer = browser.sites[HERE].post("/connexion/carte", data=GOOD, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    assert cookie.startswith("navette=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    assert answer.headers["cache-control"] == "no-store"


def test_a_wrong_password_says_the_same_as_a_wrong_card(browser: Browser, alice: int) -> None:
    one = browser.go("/connexion/carte", data=GOOD | {"password": "wrong"})
    other = browser.go("/connexion/carte", data=GOOD | {"card": "20590000099999"})
    assert (one.status_code, other.status_code) == (401, 401)
    assert one.text == other.text.replace("20590000099999", CARD)
    assert "ne vont pas ensemble" in one.text
    assert not browser.signed_in()


def test_too_many_guesses_are_told_to_wait(browser: Browser, alice: int) -> None:
    for _ in range(5):
        browser.go("/connexion/carte", data=GOOD | {"password": "wrong"})
    answer = browser.go("/connexion/carte", data=GOOD)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example"]
)
def test_nobody_is_led_to_another_site(browser: Browser, alice: int, elsewhere: str) -> None:
    assert 'name="next" value="/"' in browser.go(f"/connexion?next={elsewhere}").text
    answer = browser.sites[HERE].post(
        "/connexion/carte", data=GOOD | {"next": elsewhere}, follow_redirects=False
    )
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"origin": "null"},
                                     {"sec-fetch-site": "cross-site"}])  # fmt: skip
def test_another_site_cannot_sign_anybody_in_or_out(
    browser: Browser, alice: int, headers: dict[str, str]
) -> None:
    assert browser.go("/connexion/carte", data=GOOD, headers=headers).status_code == 403
    browser.go("/connexion/carte", data=GOOD)
    assert browser.go("/deconnexion", data={}, headers=headers).status_code == 403
    assert browser.signed_in()


def test_the_team_enters_by_its_own_door(
    browser: Browser, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    secret, kept = pyotp.random_base32(), hash_password(PASSWORD)
    library = network.library("hem").id
    unit.write(
        lambda tx: add_staff(
            tx, clock, login="coordination", name="Anne", role="coordinator", library_id=library,
            password_hash=kept, totp_secret=secret,
        )
    )  # fmt: skip
    assert browser.go("/connexion/personnel?next=/bureau").status_code == 200
    form = {"login": "coordination", "password": PASSWORD, "next": "/confidentialite"}
    assert browser.go("/connexion/personnel", data=form).status_code == 401
    code = pyotp.TOTP(secret).now()
    entered = browser.go("/connexion/personnel", data=form | {"code": code})
    assert entered.url.path == "/confidentialite"
    assert browser.go("/connexion/personnel?next=/confidentialite").url.path == "/confidentialite"


def test_the_whole_way_sign_in_link_open_and_sign_out(browser: Browser, alice: int) -> None:
    page = browser.sign_in()
    assert page.url.path == "/compte/lier"
    identities = browser.go("/compte/identites").text
    assert all(text in identities for text in (THERE, "mel-1", CARD, "Alice Dubois"))
    for path in ("/", "/numerique", "/reglages", "/compte/lier"):
        page = browser.go(path)
        assert ">Associer ma carte</a>" in page.text, "whoever has come in is not asked in again"
        assert ">Entrer" not in page.text.partition("<footer")[0]
    assert 'href="/compte/lier?next=/numerique"' in browser.go("/numerique").text
    wrong = browser.go("/compte/lier", data=GOOD | {"password": "wrong"})
    assert wrong.status_code == 401
    assert "Cette carte et ces informations ne vont pas ensemble." in wrong.text
    linked = browser.go("/compte/lier", data=GOOD)
    assert linked.url.path == "/compte/identites"
    assert "Séparer de ma carte" in linked.text
    assert "Votre carte est associée" in linked.text, "it is said, with the way back"
    assert "Défaire" in linked.text
    offer = browser.go(f"{THERE}/ressources/kiosque")
    assert "c’est ouvert" in offer.text, "no second password"
    out = browser.go("/deconnexion", data={})
    assert out.url == f"{HERE}/"
    assert any(
        address.startswith(f"{THERE}/session/end?id_token_hint=") for address in browser.trail
    )
    assert not browser.signed_in()
    assert "Mot de passe" in browser.go(f"{THERE}/ressources/kiosque").text


def test_the_second_sign_in_needs_no_linking(both: SimpleNamespace, alice: int) -> None:
    first, second = both.browser(), both.browser()
    first.sign_in()
    first.go("/compte/lier", data=GOOD)
    assert second.sign_in().url.path == "/numerique"
    assert first.go("/compte/lier?next=/numerique").url.path == "/numerique"


def test_parting_takes_the_card_away_again(browser: Browser, alice: int) -> None:
    browser.sign_in()
    linked = browser.go("/compte/lier", data=GOOD)
    identity = re.search(r'name="identity" value="(\d+)"', linked.text)
    assert identity
    parted = browser.go("/compte/identites", data={"identity": identity[1]})
    assert "Associer ma carte" in parted.text
    assert browser.go("/compte/lier").url.path == "/compte/lier"


def test_a_sign_out_at_the_other_library_is_heard(both: SimpleNamespace, alice: int) -> None:
    phone, tablet = both.browser(), both.browser()
    for one in (phone, tablet):
        one.sign_in()
    page = phone.go(f"{THERE}/session/end")
    phone.submit(page)
    assert not phone.signed_in()
    assert tablet.signed_in(), "only the session that ended there"


@pytest.mark.parametrize("body", [b"", b"logout_token=eyJhbGciOiJub25lIn0.e30.", b"x" * 40_000])
def test_a_forged_farewell_is_refused(browser: Browser, body: bytes) -> None:
    site = browser.sites[HERE]
    answer = site.post("/connexion/sso/deconnexion", content=body)
    assert answer.status_code == 400
    assert answer.headers["cache-control"] == "no-store"
    assert site.get("/connexion/sso/deconnexion").status_code == 405


def test_stopping_at_the_other_library_changes_nothing(browser: Browser) -> None:
    back = browser.submit(browser.go("/connexion/sso"), cancel="1")
    assert back.status_code == 401
    assert "Rien n’a changé." in back.text
    assert not browser.signed_in()


def test_an_answer_that_comes_twice_or_elsewhere_is_refused(both: SimpleNamespace) -> None:
    browser, other = both.browser(), both.browser()
    browser.sign_in()
    answer = next(address for address in browser.trail if "/connexion/sso/retour" in address)
    assert browser.go(answer).status_code == 401
    assert browser.signed_in()
    assert other.go(answer).status_code == 401
    assert not other.signed_in()


def test_when_the_other_library_is_down_the_card_still_opens(
    both: SimpleNamespace, browser: Browser, alice: int
) -> None:
    both.bridge.down = True
    page = browser.go("/connexion/sso")
    assert page.status_code == 503
    assert "La bibliothèque numérique ne répond pas pour l’instant." in page.text
    assert browser.go("/connexion/carte", data=GOOD).url.path == "/compte/identites"


def test_signed_out_the_pages_of_linking_lead_to_the_door(browser: Browser, alice: int) -> None:
    for path in ("/compte/lier", "/compte/identites"):
        page = browser.go(path)
        assert page.url.path == "/connexion"
        assert page.url.params["next"] == path
    browser.go("/connexion/carte", data=GOOD)
    assert browser.go("/compte/lier").url.host == "127.0.0.1"
    assert browser.trail[-1].startswith(f"{THERE}/authorize")


def test_a_provider_that_is_trusted_with_cards_links_by_itself(
    unit: Unit, clock: FrozenClock, alice: int, tmp_path: Path
) -> None:
    trusted = {"oidc_card_claim": "library_card_number"}
    with two_libraries(unit, clock, tmp_path, **trusted) as running:
        browser = running.browser()
        assert browser.sign_in().url.path == "/numerique"
        assert running.browser().sign_in("david", "brioche-satellite").url.path == "/compte/lier"
