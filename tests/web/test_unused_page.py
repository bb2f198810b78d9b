"""Unused cards at the desk: one's own library, a second look, what served meanwhile stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from factories import a_patron
from fakes import FrozenClock
from navette.patrons.using import note_use
from navette.storage.unit import Unit
from navette_auth.house import House
from navette_server.privacy import privacy

HERE = "/bureau/cartes-inutilisees"


@pytest.fixture
def house(house: House) -> House:
    return replace(house, privacy=privacy())


def closed(unit: Unit, patron: int) -> bool:
    row = unit.write(
        lambda tx: tx.driver.execute(
            f"SELECT closed_at, last_name FROM patron WHERE id = {patron}"
        ).fetchone()
    )
    return row[0] is not None and row[1] == ""


def test_an_agent_keeps_or_deletes_those_of_their_library(
    client: TestClient, agent: int, unit: Unit, clock: FrozenClock, body: Callable[..., str]
) -> None:
    ines = a_patron(unit, "hem", last_name="Vieille", created_at=clock.now().replace(year=2024))
    omar = a_patron(unit, "hem", last_name="Ancien", created_at=clock.now().replace(year=2024))
    far = a_patron(unit, "leers", last_name="Ailleurs", created_at=clock.now().replace(year=2024))
    page = body(HERE)
    assert "Vieille" in page
    assert "Ancien" in page
    assert "Ailleurs" not in page
    client.post(f"{HERE}/garder", data={"garder": omar, "carte": ines})
    assert "Ancien" not in body(HERE)
    asked = body(f"{HERE}/supprimer?carte={ines}&carte={far}&carte=x")
    assert "Supprimer cette carte" in asked
    assert "Ailleurs" not in asked
    assert not closed(unit, ines), "looking deletes nothing"
    done = client.post(f"{HERE}/supprimer", data={"carte": [str(ines), str(far), str(omar)]})
    assert done.headers["location"] == f"{HERE}?supprimees=1&servies=2"
    assert closed(unit, ines)
    assert not closed(unit, far)
    assert not closed(unit, omar)
    assert "1 carte supprimée" in body(done.headers["location"]).replace("\xa0", " ")


def test_a_card_that_served_meanwhile_stays(
    client: TestClient, agent: int, unit: Unit, clock: FrozenClock
) -> None:
    ines = a_patron(unit, "hem", created_at=clock.now().replace(year=2024))
    assert client.get(f"{HERE}/supprimer?carte={ines}").status_code == 200
    unit.write(lambda tx: note_use(tx, ines, clock.now()))
    client.post(f"{HERE}/supprimer", data={"carte": ines})
    assert not closed(unit, ines)
    assert client.get(f"{HERE}/supprimer?carte={ines}").headers["location"] == HERE


def test_the_coordinator_sees_every_library(
    client: TestClient, coordinator: int, unit: Unit, clock: FrozenClock, body: Callable[..., str]
) -> None:
    for n in range(27):
        a_patron(
            unit, "leers" if n % 2 else "hem", last_name=f"Nom{n:02d}",
            created_at=clock.now().replace(year=2024, day=1 + n),
        )  # fmt: skip
    first = body(HERE)
    assert "Nom00" in first
    assert "Nom25" not in first
    more = first.split('href="/bureau/cartes-inutilisees?')[1].split('"')[0].replace("&amp;", "&")
    second = body(f"{HERE}?{more}")
    assert "Nom25" in second
    assert "Nom26" in second
    assert "Nom00" not in second


def test_nothing_to_look_at_says_so(
    client: TestClient, agent: int, body: Callable[..., str]
) -> None:
    assert "Toutes les cartes ont servi" in body(HERE)
