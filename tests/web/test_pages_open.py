"""Every page opens: for anybody, for somebody, for the desk; and says no politely."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

PUBLIC = (
    "/", "/recherche", "/recherche?q=x", "/suggestions?q=har", "/numerique", "/bibliotheques",
    "/accessibilite", "/confidentialite", "/mentions-legales", "/hors-ligne", "/style", "/plus",
    "/dev/courrier",
)  # fmt: skip
PERSONAL = ("/reservations", "/prets", "/compte", "/carte", "/carte/copie", "/notifications")
STAFF = (
    "/bureau", "/bureau/prelevements", "/bureau/etagere", "/bureau/transferts", "/bureau/usagers",
    "/bureau/navette", "/bureau/navette/manifeste",
)  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC)
def test_anybody_may_open_a_public_page(body: Callable[..., str], path: str) -> None:
    assert body(path) is not None


@pytest.mark.parametrize("path", PERSONAL)
def test_a_personal_page_opens_for_its_person_and_is_never_stored(
    client: TestClient, patron: int, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", STAFF)
def test_the_desk_opens_its_pages(body: Callable[..., str], agent: int, path: str) -> None:
    assert "Nora" in body(path)


@pytest.mark.parametrize("path", [*PERSONAL, "/reserver", "/famille", "/compte/identites"])
def test_signed_out_a_personal_page_leads_to_sign_in_and_back(
    client: TestClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/connexion?next={path.replace('/', '%2F')}"


@pytest.mark.parametrize("path", STAFF)
def test_signed_out_a_staff_page_leads_to_the_staff_door(client: TestClient, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/connexion/personnel?next=%2Fbureau")


def test_a_resident_may_not_open_the_desk(client: TestClient, patron: int) -> None:
    assert client.get("/bureau").status_code == 403


def test_an_address_that_leads_nowhere_says_so_and_shows_a_way_on(client: TestClient) -> None:
    answer = client.get("/nulle-part")
    assert answer.status_code == 404
    assert "/recherche" in answer.text


def test_a_failure_of_ours_says_that_nothing_is_lost(
    client: TestClient, house: Any, patron: int
) -> None:
    house.circulation.holds_of = None
    shielded = TestClient(client.app, cookies=client.cookies, raise_server_exceptions=False)
    answer = shielded.get("http://127.0.0.1:8000/reservations")
    assert answer.status_code == 500
    assert "Rien n’est perdu" in answer.text


def test_the_home_page_states_its_accessibility(body: Callable[..., str]) -> None:
    assert "Accessibilité : non conforme" in body("/")


@pytest.mark.parametrize("path", [*PUBLIC, "/reservations", "/carte"])
def test_no_page_holds_inline_style_or_script_or_foreign_address(
    client: TestClient, patron: int, path: str
) -> None:
    text = client.get(path).text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<style" not in text
    assert 'src="http' not in text
    assert all("src=" in part for part in text.split("<script")[1:])
