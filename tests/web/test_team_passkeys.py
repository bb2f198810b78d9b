"""Passkeys of the team: added on one's own page, both factors at the door, a lock taken over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from fakes import FrozenClock
from navette.network.network import Network
from navette_auth.house import House
from navette_auth.second_factors import factors_of, reset
from navette_auth.sessions import DESK, FACTOR, Holder, cookie_name, open_session
from navette_auth.staff import add_staff
from navette_web.errors import exception_handlers
from navette_web.routes import routes
from soft_authenticator import SoftAuthenticator

BASE, DOMAIN = "https://navette.example.org", "navette.example.org"
KEYS, DOOR = "/bureau/compte/cles", "/connexion/personnel/cle"


@pytest.fixture
def secure(house: House) -> House:
    settings = replace(house.settings, base_url=BASE, staff_second_factor=("coordinator",))
    return replace(house, settings=settings, sign_in=replace(house.sign_in, settings=settings))


@pytest.fixture
def site(secure: House) -> Iterator[TestClient]:
    app = Starlette(routes=routes(), exception_handlers=exception_handlers())
    app.state.house = secure
    with TestClient(app, base_url=BASE, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def enter(site: TestClient, secure: House, network: Network) -> Callable[..., int]:
    def sign_in(login: str, role: str = "agent", waits_for: str = "") -> int:
        library = network.library("hem").id
        staff = secure.unit.write(
            lambda tx: add_staff(
                tx, secure.clock, login=login, name=login.title(), role=role, library_id=library,
                password_hash="",
            )
        )  # fmt: skip
        holder = Holder(staff_id=staff, waits_for=waits_for)
        value = secure.unit.write(lambda tx: open_session(tx, secure.clock.now(), holder, DESK))
        site.cookies.clear()
        site.cookies.set(cookie_name(secure.settings), value, domain=DOMAIN)
        return staff

    return sign_in


@pytest.fixture
def phone() -> SoftAuthenticator:
    return SoftAuthenticator(BASE, DOMAIN)


def add_key(site: TestClient, phone: SoftAuthenticator) -> str:
    options = site.post(f"{KEYS}/options").text
    answer = site.post(KEYS, content=phone.make(options))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["next"])


def show_key(site: TestClient, phone: SoftAuthenticator) -> tuple[int, str]:
    options = site.post(f"{DOOR}/options").text
    answer = site.post(f"{DOOR}?next=/bureau/etagere", content=phone.show(options))
    return answer.status_code, str(answer.json().get("next", answer.json().get("code")))


def test_a_locked_desk_is_taken_over_by_a_colleagues_passkey(
    site: TestClient, enter: Callable[..., int], phone: SoftAuthenticator, clock: FrozenClock
) -> None:
    enter("omar", "volunteer")
    assert add_key(site, phone) == "/bureau/compte"
    enter("nora")
    clock.advance(minutes=16)
    assert "Nora était ici" in site.get("/connexion/personnel").text
    assert show_key(site, phone) == (200, "/bureau/etagere")
    assert "Omar" in site.get("/bureau/etagere").text


def test_a_passkey_is_the_second_factor_that_was_needed(
    site: TestClient, enter: Callable[..., int], phone: SoftAuthenticator, secure: House
) -> None:
    chief = enter("chef", "coordinator", waits_for=FACTOR)
    assert site.get("/bureau").status_code == 303
    assert add_key(site, phone) == "/bureau"
    assert site.get("/bureau").status_code == 200, "opened under a new id"
    site.cookies.clear()
    assert show_key(site, phone)[0] == 200
    with secure.unit.read() as reader:
        assert factors_of(reader, chief).any
    secure.unit.write(lambda tx: reset(tx, chief))
    site.cookies.clear()
    assert show_key(site, phone)[0] == 401, "a lost phone opens nothing any more"


def test_a_key_is_added_soon_after_a_sign_in_only(
    site: TestClient, enter: Callable[..., int], clock: FrozenClock
) -> None:
    enter("nora")
    for _ in range(3):
        clock.advance(minutes=12)
        site.get("/bureau/compte")
    assert site.post(f"{KEYS}/options").status_code == 401


def test_who_left_the_team_opens_nothing(
    site: TestClient, enter: Callable[..., int], phone: SoftAuthenticator, secure: House
) -> None:
    staff = enter("omar")
    add_key(site, phone)
    secure.unit.write(
        lambda tx: tx.driver.execute(f"UPDATE staff SET active = FALSE WHERE id = {staff}")
    )
    site.cookies.clear()
    assert show_key(site, phone)[0] == 401


def test_a_key_is_taken_away_by_its_owner(
    site: TestClient, enter: Callable[..., int], phone: SoftAuthenticator
) -> None:
    enter("nora")
    add_key(site, phone)
    page = site.get("/bureau/compte").text
    assert "Retirer cette clé" in page
    assert site.post(f"{KEYS}/retirer", data={"cle": "1"}).status_code == 303
    assert "Retirer cette clé" not in site.get("/bureau/compte").text
    site.cookies.clear()
    assert show_key(site, phone)[0] == 401


def test_signed_out_no_key_is_added(site: TestClient) -> None:
    assert site.post(f"{KEYS}/options").headers["location"].startswith("/connexion/personnel")
