"""From a form at home to a card at the desk; renewed; two cards of one person made one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from factories import a_patron
from fakes import FrozenClock
from navette.network.network import Network
from navette.patrons.preregistering import LIFE, sweep, written
from navette.patrons.reading import children_of, patron_of, search_patrons
from navette.storage.unit import Unit

Body = Callable[..., str]
WISH = {
    "first_name": "Lina", "last_name": "Nowak", "birth": "2016-05-04", "home": "leers",
    "email": "", "phone": "", "guardian_card": "",
}  # fmt: skip


def test_a_child_is_written_at_home_and_gets_a_card_at_the_desk(
    client: TestClient, agent: int, body: Body, unit: Unit, network: Network
) -> None:
    parent = a_patron(unit, card="20590000055555")
    shown = client.post("/inscription", data=WISH | {"guardian_card": "2059 0000 0555 55"})
    assert shown.status_code == 200
    found = re.search(r"\b([2-9A-Z]{3}-[2-9A-Z]{3})\b", shown.text)
    assert found is not None
    assert search(unit, "Nowak") == [], "nothing is a card before the desk"
    listed = body("/bureau/inscriptions", params={"q": found[1]})
    address = re.search(r'href="(/bureau/inscriptions/carte\?ecrit=\d+)"', listed)
    assert address is not None
    form = body(address[1])
    assert 'value="Nowak"' in form
    one = address[1].rpartition("=")[2]
    wish = WISH | {"guardian_card": "20590000055555", "ecrit": one}
    made = client.post("/bureau/inscriptions/carte", data=wish)
    assert made.status_code == 303
    (child,) = search(unit, "Nowak")
    with unit.read() as reader:
        person = patron_of(reader, child)
        assert [c.id for c in children_of(reader, parent, date(2026, 11, 24))] == [child]
        assert written(reader, FrozenClock().now()) == []
    assert (person.category, person.birth_year, person.of_age_on) == (
        "child",
        2016,
        date(2034, 5, 4),
    )
    assert person.valid_until == date(2027, 11, 24)


def search(unit: Unit, name: str) -> list[int]:
    with unit.read() as reader:
        return [person.id for person in search_patrons(reader, name)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""), ("last_name", "-"), ("last_name", "N" * 90), ("birth", ""),
        ("birth", "2030-01-01"), ("birth", "1850-01-01"), ("birth", "hier"), ("email", "no"),
        ("email", "a@b"), ("phone", "<script>"), ("phone", "12"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_asked_again_with_the_rest_kept(
    client: TestClient, network: Network, unit: Unit, field: str, value: str
) -> None:
    answer = client.post("/inscription", data=WISH | {field: value})
    assert answer.status_code == 422
    assert "Vérifions ensemble" in answer.text
    with unit.read() as reader:
        assert written(reader, FrozenClock().now()) == []


def test_a_machine_that_writes_without_end_is_slowed(client: TestClient, network: Network) -> None:
    codes = [client.post("/inscription", data=WISH).status_code for _ in range(42)]
    assert codes[0] == 200
    assert codes[-1] == 429


def test_what_is_not_fetched_goes_after_thirty_days(
    client: TestClient, unit: Unit, network: Network, clock: FrozenClock
) -> None:
    client.post("/inscription", data=WISH)
    assert unit.write(lambda tx: sweep(tx, clock.now())) == 0
    clock.advance(days=LIFE.days, seconds=1)
    assert unit.write(lambda tx: sweep(tx, clock.now())) == 1


def test_a_person_who_may_have_a_card_is_shown_first(
    client: TestClient, agent: int, unit: Unit
) -> None:
    a_patron(
        unit, first_name="Lina", last_name="Nowak", name_key="nowak lina", birth_year=2016,
        card="20590000077777",
    )  # fmt: skip
    answer = client.post("/bureau/inscriptions/carte", data=WISH)
    assert answer.status_code == 200
    assert "a peut-être déjà une carte" in answer.text
    assert len(search(unit, "Nowak")) == 1
    assert (
        client.post("/bureau/inscriptions/carte", data=WISH | {"vraiment": "1"}).status_code == 303
    )
    assert len(search(unit, "Nowak")) == 2


def test_a_registration_is_renewed_from_its_end_or_from_today(
    client: TestClient, agent: int, unit: Unit
) -> None:
    early, late = (
        a_patron(unit, valid_until=date(2026, 12, 31)),
        a_patron(unit, valid_until=date(2026, 9, 1)),
    )
    for patron in (early, late):
        assert client.post(f"/bureau/usagers/{patron}/renouveler", data={}).status_code == 303
    with unit.read() as reader:
        assert patron_of(reader, early).valid_until == date(2027, 12, 31)
        assert patron_of(reader, late).valid_until == date(2027, 11, 24)


def test_the_desk_changes_how_somebody_is_reached(
    client: TestClient, agent: int, unit: Unit
) -> None:
    patron = a_patron(unit, email="avant@example.org")
    address = f"/bureau/usagers/{patron}/joindre"
    client.post(address, data={"email": "apres@example.org", "phone": "0639980000"})
    with unit.read() as reader:
        person = patron_of(reader, patron)
        told = reader.driver.execute("SELECT kind, payload FROM outbox").fetchall()
    assert (person.email, person.phone) == ("apres@example.org", "0639980000")
    assert [(row[0], "avant@example.org" in row[1]) for row in told] == [("contact_changed", True)]
    assert client.post(address, data={"email": "rien", "phone": ""}).status_code == 422


def test_two_cards_are_looked_at_before_they_become_one(
    client: TestClient, agent: int, unit: Unit, body: Body
) -> None:
    who = {"first_name": "Inès", "last_name": "Martin", "name_key": "martin ines"}
    stays = a_patron(unit, card="20590000011111", **who)
    goes = a_patron(unit, "leers", card="20590000022222", **who)
    assert "même nom, même année" in body("/bureau/doublons")
    page = body("/bureau/doublons/reunir?reste=20590000011111&part=20590000022222")
    assert "défaire pendant sept jours" in page
    assert (
        client.post("/bureau/doublons/reunir", data={"reste": stays, "part": goes}).status_code
        == 303
    )
    assert search(unit, "Martin") == [stays]
    page = body("/bureau/doublons")
    assert "Aucune carte ne se ressemble" in page
    one = re.search(r'name="reunion" value="(\d+)"', page)
    assert one is not None, "a mistake is seen there, with its way back"
    undone = client.post("/bureau/doublons/defaire", data={"reunion": one[1]})
    assert sorted(search(unit, "Martin")) == sorted([stays, goes])
    assert "sont séparées" in body(undone.headers["location"])
    assert client.post("/bureau/doublons/defaire", data={"reunion": one[1]}).status_code == 404


def test_two_people_of_one_name_stay_two(
    client: TestClient, agent: int, unit: Unit, body: Body
) -> None:
    who = {"first_name": "Inès", "last_name": "Martin", "name_key": "martin ines"}
    one, other = a_patron(unit, **who), a_patron(unit, **who)
    client.post("/bureau/doublons/deux", data={"une": one, "autre": other})
    assert "Aucune carte ne se ressemble" in body("/bureau/doublons")
    assert len(search(unit, "Martin")) == 2


@pytest.mark.parametrize("path", ["/bureau/inscriptions", "/bureau/doublons"])
def test_a_driver_registers_nobody(driver: int, client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 403
