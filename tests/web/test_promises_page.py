"""The coordinator sees how promises were kept, by library and situation, and which were not."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, ScanRequest
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth.house import House
from navette_auth.sessions import DESK, Holder, cookie_name, open_session
from navette_auth.staff import add_staff

PAGE = "/coordination/promesses"


@pytest.fixture
def circulation(unit: Unit, clock: FrozenClock) -> EmbeddedCirculation:
    """Decide for real: the figures come from the history."""
    return EmbeddedCirculation(unit, clock)


def enter(house: House, client: TestClient, network: Network, role: str) -> None:
    library = network.library("hem").id
    login = f"{role}-{house.clock.now():%d%H%M}"
    staff = house.unit.write(
        lambda tx: add_staff(
            tx, house.clock, login=login, name=role, role=role, password_hash="", library_id=library
        )
    )
    value = house.unit.write(
        lambda tx: open_session(tx, house.clock.now(), Holder(staff_id=staff), DESK)
    )
    client.cookies.clear()
    client.cookies.set(cookie_name(house.settings), value)


def reserve(house: House, title: str, library: str, *, ready: bool) -> None:
    record, patron = a_record(house.unit, title), a_patron(house.unit)
    item = an_item(house.unit, record, library)
    house.circulation.place_hold(
        Actor("patron", patron), patron_id=patron, record_id=record, pickup=library
    )
    if ready:
        desk = Actor("staff", staff_id=2, library=library, role="agent")
        house.circulation.scan(desk, ScanRequest(library=library, item_id=item))


def test_figures_and_what_was_not_kept(
    house: House, client: TestClient, network: Network, clock: FrozenClock
) -> None:
    reserve(house, "Tenue", "hem", ready=True)
    reserve(house, "Oubliée", "leers", ready=False)
    clock.advance(days=12)
    enter(house, client, network, "coordinator")
    shown = client.get(PAGE).text
    assert "50\N{NO-BREAK SPACE}%" in shown
    assert "Oubliée" in shown
    assert "Tenue</td>" not in shown
    assert "En rayon ici" in shown
    assert 'aria-current="true"' in shown
    assert "Oubliée" in client.get(f"{PAGE}?jours=30").text
    clock.advance(days=100)
    enter(house, client, network, "coordinator")
    assert "Pas encore de promesse" in client.get(f"{PAGE}?jours=30&apres=x").text
    assert "Oubliée" in client.get(f"{PAGE}?jours=365").text


def test_a_long_list_has_pages(
    house: House, client: TestClient, network: Network, clock: FrozenClock
) -> None:
    for number in range(3):
        reserve(house, f"Titre {number}", "hem", ready=False)
        clock.advance(minutes=1)
    clock.advance(days=12)
    enter(house, client, network, "coordinator")
    assert "Titre 2" in client.get(PAGE).text  # the newest first
    later = client.get(f"{PAGE}?apres=1").text
    assert "Titre 2" not in later
    assert "Titre 0" in later


@pytest.mark.parametrize("role", ["agent", "head", "volunteer", "driver"])
def test_others_of_the_team_do_not_see_it(
    house: House, client: TestClient, network: Network, role: str
) -> None:
    enter(house, client, network, role)
    assert client.get(PAGE).status_code == 403


def test_who_is_not_signed_in_is_sent_to_the_door_of_the_team(client: TestClient) -> None:
    answer = client.get(PAGE, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/connexion/personnel?next=")
