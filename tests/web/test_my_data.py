"""My data: seen, taken away as a file, erased after a second look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from fakes import FrozenClock
from navette.ils.views import LoanView
from navette_auth.house import House
from navette_server.privacy import privacy
from navette_web.errors import exception_handlers
from navette_web.routes import routes


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    app = Starlette(routes=routes(), exception_handlers=exception_handlers())
    app.state.house = replace(house, privacy=privacy())
    with TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False) as opened:
        yield opened


def test_a_person_sees_and_takes_away_what_is_known(
    client: TestClient, body: Callable[..., str], patron: int
) -> None:
    assert "Votre carte et vos moyens de contact" in body("/compte/donnees")
    given = client.get("/compte/donnees/fichier")
    assert given.headers["content-disposition"].startswith("attachment")
    assert given.headers["cache-control"] == "no-store"
    assert given.json()["patron"][0]["card"] == "20590000012345"
    assert "password_hash" not in given.text


def test_signed_out_nothing_is_shown(client: TestClient) -> None:
    for path in ("/compte/donnees", "/compte/donnees/fichier", "/compte/effacer"):
        assert client.get(path).headers["location"].startswith("/connexion")


def test_erasing_is_asked_then_done_and_signs_out(
    client: TestClient, body: Callable[..., str], patron: int
) -> None:
    assert "Personne ne peut revenir en arrière" in body("/compte/effacer")
    done = client.post("/compte/effacer")
    assert done.headers["location"] == "/?efface=1"
    assert "storage" in done.headers["clear-site-data"]
    client.cookies.clear()
    assert "C’est effacé" in body("/?efface=1")
    assert client.get("/compte").status_code == 303


def test_a_page_left_open_erases_nobody(
    client: TestClient, body: Callable[..., str], patron: int, clock: FrozenClock
) -> None:
    """It cannot be undone: whoever finds the page open shows the password first."""
    clock.advance(hours=2)
    asked = client.post("/compte/effacer")
    assert asked.headers["location"].startswith("/compte/confirmer?next=")
    assert client.get("/compte").status_code == 200
    assert "Mes données" in body("/compte/donnees")


def test_what_is_at_home_comes_back_first(
    body: Callable[..., str], circulation: Any, patron: int, an_open_loan: LoanView
) -> None:
    circulation.loans.append(replace(an_open_loan, patron_id=patron))
    text = body("/compte/effacer")
    assert "Rendez d’abord votre document" in text
    assert "Effacer pour toujours" not in text
