"""The stand-in library keeps the rules of a real provider, and stays out of production."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from fake_provider import query_of
from fakes import FrozenClock
from navette.errors import SettingsError
from navette.settings import Settings
from navette_server import stand_in
from navette_server.demo.people import SSO_ACCOUNTS
from navette_server.demo.provider.app import create_provider, provider_for
from navette_server.demo.provider.memory import Memory, challenge_of
from navette_server.demo.provider.pages import OFFERS
from navette_server.demo.provider.registry import Account, Client, demo_accounts
from navette_server.demo.provider.signing import key_in

ISSUER, BACK, SECRET = "http://127.0.0.1:8001", "http://127.0.0.1:8000/retour", "s:e+c r%t"
VERIFIER = "v" * 43
ASKED = {
    "response_type": "code", "client_id": "navette", "redirect_uri": BACK, "scope": "openid library",
    "state": "st", "nonce": "n", "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}  # fmt: skip
ALICE = Account("alice", "jardin", "mel-1", "Alice Dubois", "a@example.org", "2059", "hem")
ENTER = {"login": "alice", "password": "jardin"}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[TestClient]:
    client = Client("navette", SECRET, [BACK], ["http://127.0.0.1:8000/"])
    app = create_provider(ISSUER, [client], [ALICE], tmp_path / "key.json")
    with TestClient(app, base_url=ISSUER, follow_redirects=False) as opened:
        yield opened


def _code(library: TestClient, **changed: str) -> str:
    answer = library.post("/authorize", params=ASKED | changed, data=ENTER)
    return query_of(answer.headers["location"])["code"]


def _redeem(library: TestClient, a_code: str, **changed: Any) -> httpx2.Response:
    form = {
        "grant_type": "authorization_code", "code": a_code, "redirect_uri": BACK,
        "code_verifier": VERIFIER, "client_id": "navette", "client_secret": SECRET,
    }  # fmt: skip
    answer: httpx2.Response = library.post("/token", data=form | changed)
    return answer


def test_the_door_speaks_french_and_asks_for_a_password(library: TestClient) -> None:
    page = library.get("/authorize", params=ASKED)
    assert page.status_code == 200
    assert "Bibliothèque numérique métropolitaine" in page.text
    assert 'lang="fr"' in page.text
    assert "fictifs" in page.text
    wrong = library.post("/authorize", params=ASKED, data=ENTER | {"password": "x"})
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers


def test_a_code_gives_tokens_once(library: TestClient) -> None:
    code = _code(library)
    tokens = _redeem(library, code).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    told = library.get("/userinfo", headers=bearer).json()
    assert told == {"sub": "mel-1", "library_card_number": "2059", "home_library": "hem"}
    assert _redeem(library, code).json() == {"error": "invalid_grant"}
    assert library.get("/userinfo", headers=bearer).status_code == 401, "stolen: withdrawn"


@pytest.mark.parametrize(
    "changed",
    [{"code_verifier": "x" * 43}, {"redirect_uri": f"{BACK}/"}, {"code": "x"},
     {"code_verifier": ""}],
)  # fmt: skip
def test_a_code_serves_only_whoever_asked_for_it(
    library: TestClient, changed: dict[str, str]
) -> None:
    answer = _redeem(library, _code(library), **changed)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize("changed", [{"client_secret": "x"}, {"client_id": "other"}])
def test_a_client_shows_its_secret(library: TestClient, changed: dict[str, str]) -> None:
    assert _redeem(library, _code(library), **changed).status_code == 401


def test_an_answer_names_its_issuer_and_keeps_the_state(library: TestClient) -> None:
    answer = library.post("/authorize", params=ASKED, data=ENTER)
    told = query_of(answer.headers["location"])
    assert (told["iss"], told["state"]) == (ISSUER, "st")
    again = library.get("/authorize", params=ASKED)
    assert "code" in query_of(again.headers["location"]), "the session spares the password"
    assert library.get("/authorize", params=ASKED | {"prompt": "login"}).status_code == 200


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_question_that_breaks_a_rule_is_sent_back(
    library: TestClient, changed: dict[str, str], error: str
) -> None:
    told = query_of(library.get("/authorize", params=ASKED | changed).headers["location"])
    assert (told["error"], told["iss"], told["state"]) == (error, ISSUER, "st")


@pytest.mark.parametrize("changed", [{"redirect_uri": "https://evil.example"}, {"client_id": "x"}])
def test_nobody_is_sent_to_an_address_that_is_not_inscribed(
    library: TestClient, changed: dict[str, str]
) -> None:
    assert library.get("/authorize", params=ASKED | changed).status_code == 400


def test_an_offer_opens_after_the_door(library: TestClient) -> None:
    assert "Mot de passe" in library.get("/ressources/cine-salon").text
    entered = library.post("/ressources/cine-salon", data=ENTER)
    assert entered.headers["location"] == "/ressources/cine-salon"
    assert "Bonjour Alice Dubois" in library.get("/ressources/kiosque").text
    assert library.get("/ressources/none").status_code == 404


def test_signing_out_without_proof_asks_first(library: TestClient) -> None:
    library.post("/ressources/kiosque", data=ENTER)
    assert "Oui, me déconnecter" in library.get("/session/end").text
    assert "Bonjour" in library.get("/ressources/kiosque").text
    library.post("/session/end")
    assert "Bonjour" not in library.get("/ressources/kiosque").text


def test_signing_out_leads_only_to_an_inscribed_page(library: TestClient) -> None:
    token = _redeem(library, _code(library)).json()["id_token"]
    asked = {"id_token_hint": token, "post_logout_redirect_uri": "https://evil.example/"}
    assert library.get("/session/end", params=asked).status_code == 200
    asked["post_logout_redirect_uri"] = "http://127.0.0.1:8000/"
    answer = library.get("/session/end", params=asked)
    assert answer.headers["location"] == "http://127.0.0.1:8000/"


def test_a_code_lives_a_minute(clock: FrozenClock) -> None:
    memory = Memory(clock)
    session = memory.enter("mel-1")
    given = {"client_id": "c", "redirect_uri": BACK}
    code = memory.grant(session, **given, challenge=challenge_of("v"), nonce="", scopes=[])
    clock.advance(seconds=61)
    assert memory.redeem(code, **given, verifier="v") is None


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "made" / "key.json"
    first = key_in(path)
    assert key_in(path).kid == first.kid
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_stand_in_never_starts_in_production(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path), oidc_issuer=ISSUER, oidc_client_id="navette")
    assert provider_for(settings).routes
    with pytest.raises(SettingsError):
        provider_for(Settings(env="production", data_dir=str(tmp_path)))


def test_started_in_production_it_says_no_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAVETTE_ENV", "production")
    with pytest.raises(SystemExit, match="does not start") as ended:
        stand_in.main()
    assert "\n" not in str(ended.value)


def test_the_demonstrations_accounts_are_all_known() -> None:
    known = {account.login: account for account in demo_accounts()}
    assert set(known) == {account.login for account in SSO_ACCOUNTS}
    assert known["alice"].home == "hem"
    assert known["david"].card is None


def test_every_offer_of_the_demonstration_opens_here() -> None:
    described = tomllib.loads((files("navette_server.demo") / "network.toml").read_text("utf-8"))
    addresses = {one["url"].partition("?")[0] for one in described["eresource"]}
    assert addresses == {f"{{issuer}}/ressources/{name}" for name in OFFERS}
