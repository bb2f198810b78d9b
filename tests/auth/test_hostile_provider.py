"""A hostile provider, the whole way through our pages: each fault ends signed out, logged, calm."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from empty_house import empty_house
from factories import a_network
from fake_provider import CLIENT, ISSUER, FakeProvider, a_key
from fakes import FrozenClock
from hostile import ANSWERS, FAREWELLS, FAULTS
from navette.settings import Settings
from navette.storage.database import open_unit
from navette.storage.unit import Unit
from navette_auth.flows import SignIn
from navette_auth.origin import OriginMiddleware
from navette_auth.providers import Departure
from navette_web.errors import exception_handlers
from navette_web.routes import routes

BASE = CLIENT.base_url
SETTINGS = Settings(base_url=BASE, oidc_issuer=ISSUER, oidc_client_id="navette")
RETURN = "/connexion/sso/retour"
CALM = {401, 503}


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unit]:
    """One database for all the lies: none of them may leave anything in it."""
    path = tmp_path_factory.mktemp("hostile") / "navette.db"
    shutil.copy(sqlite_template, path)
    unit = open_unit(f"sqlite:///{path}")
    a_network(unit)
    yield unit
    unit.close()


class Visit:
    """A browser at our pages, with this provider behind them."""

    def __init__(self, unit: Unit, clock: FrozenClock, fake: FakeProvider) -> None:
        self.fake = fake
        app = Starlette(
            routes=routes(), exception_handlers=exception_handlers(),
            middleware=[Middleware(OriginMiddleware, settings=SETTINGS)],
        )  # fmt: skip
        ways = SignIn(SETTINGS, unit, clock, fake.provider())
        app.state.house = empty_house(ways)
        self.site = TestClient(app, base_url=BASE, follow_redirects=False)

    def leave(self) -> Any:
        return self.site.get("/connexion/sso?next=/compte/identites")

    def come_back(self, left: Any, **changed: Any) -> Any:
        """Return with the provider's answer, or with what somebody made of it."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(left.headers["location"]).query).items()}
        departure = Departure(left.headers["location"], asked["state"], asked["nonce"], "")
        return self.site.get(RETURN, params=self.fake.answer(departure, **changed))

    def signed_in(self) -> bool:
        return bool(self.site.get("/compte/identites").status_code == 200)


@pytest.fixture
def visit(kept: Unit, clock: FrozenClock, fake: FakeProvider) -> Visit:
    return Visit(kept, clock, fake)


def check_calm(visit: Visit, answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Signed out, logged, calm: a plain page with the card beside it, and no trace of a failure."""
    assert answer.status_code in CALM
    assert "__Host-navette=" not in answer.headers.get("set-cookie", "")
    assert 'action="/connexion/carte"' in answer.text, "the card still opens"
    assert not any(word in answer.text for word in ("Traceback", "ProviderFault", "evil.example"))
    assert not visit.signed_in()
    lines = [one for one in caplog.records if one.name.startswith("navette")]
    assert lines, "somebody has to be able to see what happened"
    assert not [one for one in lines if one.exc_info or one.levelno > logging.WARNING]
    assert all("\n" not in one.getMessage() for one in lines)
    assert not any(request.url.host == "evil.example" for request in visit.fake.asked)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # the forger is warned
@pytest.mark.parametrize("name", FAULTS)
def test_a_lie_ends_signed_out_logged_and_calm(
    visit: Visit, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    FAULTS[name](visit.fake)
    with caplog.at_level(logging.INFO):
        left = visit.leave()
        answer = visit.come_back(left) if left.status_code == 303 else left
    check_calm(visit, answer, caplog)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_was_tampered_with_ends_the_same(
    visit: Visit, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    with caplog.at_level(logging.INFO):
        answer = visit.come_back(visit.leave(), **ANSWERS[name])
    check_calm(visit, answer, caplog)
    assert "/token" not in visit.fake.paths(), "no code leaves for an endpoint"


@pytest.mark.parametrize("name", FAREWELLS)
def test_a_logout_token_that_lies_ends_no_session(
    visit: Visit, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    assert visit.come_back(visit.leave()).status_code == 303
    with caplog.at_level(logging.INFO):
        token = visit.fake.logout_token(**FAREWELLS[name])
        answer = visit.site.post("/connexion/sso/deconnexion", data={"logout_token": token})
    assert answer.status_code == 400
    assert "provider not believed" in caplog.text
    assert visit.signed_in(), "whoever is signed in stays so"


def test_a_logout_token_of_somebody_else_or_used_twice_ends_nothing_more(visit: Visit) -> None:
    visit.come_back(visit.leave())
    honest = visit.fake.logout_token(jti="j-once")

    def tell(token: str) -> int:
        answer = visit.site.post("/connexion/sso/deconnexion", data={"logout_token": token})
        return int(answer.status_code)

    key = visit.fake.key
    visit.fake.key = a_key("other")
    assert tell(visit.fake.logout_token(jti="j-forged")) == 400
    visit.fake.key = key
    assert visit.signed_in()
    assert tell(honest) == 200
    assert not visit.signed_in()
    assert tell(honest) == 400, "a replay"


def test_an_honest_provider_signs_in_so_that_the_lies_above_mean_something(visit: Visit) -> None:
    answer = visit.come_back(visit.leave())
    assert (answer.status_code, answer.headers["location"][:12]) == (303, "/compte/lier")
    assert visit.signed_in()


def test_an_answer_that_comes_too_late_or_twice_is_refused(
    visit: Visit, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    left = visit.leave()
    clock.advance(minutes=11)
    with caplog.at_level(logging.INFO):
        check_calm(visit, visit.come_back(left), caplog)
    left = visit.leave()
    assert visit.come_back(left).status_code == 303
    assert visit.come_back(left).status_code == 401


def test_a_session_given_by_somebody_else_is_not_the_one_that_opens(visit: Visit) -> None:
    """Session fixation: whatever value the browser came with, sign-in gives another."""
    planted = "p" * 43
    visit.site.cookies.set("__Host-navette", planted, domain="navette.example.org")
    answer = visit.come_back(visit.leave())
    given = answer.headers["set-cookie"]
    assert "__Host-navette=" in given
    assert planted not in given
