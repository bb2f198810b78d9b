"""Keys for programs: made by their owner, shown once, ended by their owner only."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from factories import a_patron
from fakes import FrozenClock
from navette.storage.unit import Unit
from navette_auth.cards import set_password
from navette_auth.house import House
from navette_auth.passwords import hash_password
from navette_auth.tokens import create_token, visitor_of_token

FORM = {"nom": "Mon agenda", "peut-read": "1", "peut-holds": "1", "duree": "90"}


def made(text: str) -> str:
    found = re.search(r'class="key"[^>]*>([^<]+)<', text)
    assert found
    return found[1]


def test_a_key_is_made_shown_once_and_ended(
    client: TestClient, patron: int, house: House, body: Callable[..., str]
) -> None:
    answer = client.post("/compte/programmes", data=FORM)
    key = made(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    visitor = visitor_of_token(house.unit, house.clock, key)
    assert visitor is not None
    assert (visitor.patron_id, visitor.scopes) == (patron, {"read", "holds"})
    page = body("/compte/programmes")
    assert key not in page
    assert "Mon agenda" in page
    number = re.search(r'name="cle" value="(\d+)"', page)
    assert number
    client.post("/compte/programmes", data={"acte": "retirer", "cle": number[1]})
    assert visitor_of_token(house.unit, house.clock, key) is None


@pytest.mark.parametrize(
    "given", [{"nom": ""}, {"duree": "9999"}, {"peut-read": "", "peut-holds": ""}], ids=str
)
def test_a_key_has_a_name_something_to_do_and_an_end(
    client: TestClient, patron: int, given: dict[str, str]
) -> None:
    assert client.post("/compte/programmes", data=FORM | given).status_code == 422


def test_a_reader_cannot_make_a_key_for_a_desk(
    client: TestClient, patron: int, house: House
) -> None:
    key = made(client.post("/compte/programmes", data=FORM | {"peut-desk": "1"}).text)
    visitor = visitor_of_token(house.unit, house.clock, key)
    assert visitor is not None
    assert visitor.scopes == {"read", "holds"}


def test_nobody_ends_the_key_of_another(
    client: TestClient, patron: int, unit: Unit, house: House
) -> None:
    other = create_token(unit, house.clock, patron_id=a_patron(unit))
    given = {"acte": "retirer", "cle": "1"}
    assert client.post("/compte/programmes", data=given).status_code == 404
    assert visitor_of_token(unit, house.clock, other.text) is not None


@pytest.mark.parametrize("page", ["/compte/programmes", "/bureau/compte/programmes"])
def test_a_page_left_open_makes_no_key_that_lasts_a_year(
    client: TestClient, house: House, clock: FrozenClock, page: str,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    """Whoever finds it open shows the password first; the page says so."""
    request.getfixturevalue("agent" if "bureau" in page else "patron")
    for _ in range(3):
        clock.advance(minutes=12)
        text = client.get(page).text
    assert "peut-read" not in text
    refused = client.post(page, data=FORM)
    proves = page.replace("programmes", "confirmer")
    assert refused.headers["location"].startswith(f"{proves}?next=")
    assert "C’est bien vous" in client.get(refused.headers["location"]).text
    wrong = client.post(proves, data={"password": "x", "next": page})
    assert wrong.status_code == 401
    assert 'class="key"' not in client.post(page, data=FORM, follow_redirects=True).text


def test_who_shows_the_password_again_goes_on(
    client: TestClient, patron: int, house: House, clock: FrozenClock
) -> None:
    hashed = hash_password("tilleul-parapluie-horizon")
    house.unit.write(lambda tx: set_password(tx, patron, hashed))
    clock.advance(hours=2)
    given = {"password": "tilleul-parapluie-horizon", "next": "/compte/programmes"}
    answer = client.post("/compte/confirmer", data=given)
    assert answer.headers["location"] == "/compte/programmes"
    made(client.post("/compte/programmes", data=FORM).text)


def test_ten_keys_are_enough(client: TestClient, patron: int) -> None:
    for _ in range(10):
        assert client.post("/compte/programmes", data=FORM).status_code == 200
    assert client.post("/compte/programmes", data=FORM).status_code == 422


def test_the_team_has_its_own_page(client: TestClient, agent: int, house: House) -> None:
    key = made(client.post("/bureau/compte/programmes", data=FORM | {"peut-desk": "1"}).text)
    visitor = visitor_of_token(house.unit, house.clock, key)
    assert visitor is not None
    assert visitor.staff is not None
    assert visitor.scopes == {"read", "holds", "desk"}
