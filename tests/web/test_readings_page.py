"""My past loans on their page: asked for, seen by nobody else, stopped after a second look."""

from __future__ import annotations

from collections.abc import Callable

from starlette.testclient import TestClient

from factories import a_child, a_patron
from fakes import FrozenClock
from navette.patrons.tables import Reading
from navette.storage.unit import Unit
from navette_auth.house import House
from navette_web.readings import PAGE

HERE = "/compte/lectures"


def some_lines(unit: Unit, clock: FrozenClock, patron: int, many: int) -> None:
    day = clock.now().date()
    rows = [
        {"patron_id": patron, "loan_id": 1000 + n, "record_id": 1, "title": f"Titre {n:03d}",
         "byline": "Ana Roche", "lent_on": day, "returned_on": day}
        for n in range(many)
    ]  # fmt: skip
    unit.write(lambda tx: tx.insert_many(Reading, iter(rows)))


def test_it_is_off_asked_for_and_stopped(
    client: TestClient, patron: int, unit: Unit, clock: FrozenClock, body: Callable[..., str]
) -> None:
    assert "Nous ne gardons rien" in body(HERE)
    assert client.post(HERE).headers["location"] == HERE
    assert "La liste est prête" in body(HERE)
    some_lines(unit, clock, patron, PAGE + 2)
    first = body(HERE)
    assert f"Titre {PAGE + 1:03d}" in first
    assert "Titre 000" not in first
    assert "Plus anciens" in first
    older = body(f"{HERE}?avant={3}")
    assert "Titre 000" in older
    assert "Plus anciens" not in older
    client.post(HERE, data={"ligne": "1"})
    assert "Titre 000" not in body(f"{HERE}?avant=3")
    assert "Effacer vos lectures" in body(f"{HERE}/arreter")
    client.post(f"{HERE}/arreter")
    assert "Nous ne gardons rien" in body(HERE)


def test_a_guardian_and_a_desk_never_read_it(
    client: TestClient, patron: int, unit: Unit, clock: FrozenClock, body: Callable[..., str],
    house: House,
) -> None:  # fmt: skip
    child = a_child(unit, patron)
    some_lines(unit, clock, child, 1)
    for page in (HERE, "/famille"):
        assert "Titre 000" not in body(page)
    assert client.post(HERE, data={"ligne": "1"}).status_code == 404


def test_the_desk_turns_it_on_and_off_without_reading_it(
    client: TestClient, agent: int, unit: Unit, clock: FrozenClock
) -> None:
    emma = a_patron(unit)
    there = f"/bureau/usagers/{emma}/lectures"
    assert client.post(there, data={"garder": "oui"}).status_code == 303
    some_lines(unit, clock, emma, 1)
    assert client.post(there, data={"garder": "non"}).status_code == 303
    left = unit.write(lambda tx: tx.driver.execute("SELECT count(*) FROM reading").fetchone())
    assert left[0] == 0
    child = a_child(unit, emma)
    refused = client.post(f"/bureau/usagers/{child}/lectures", data={"garder": "oui"})
    assert refused.status_code == 403, "under 15 they agree together first"


def test_a_child_is_sent_to_ask(
    client: TestClient, patron: int, unit: Unit, body: Callable[..., str]
) -> None:
    unit.write(
        lambda tx: tx.driver.execute(
            f"UPDATE patron SET birth_year = 2016, category = 'child' WHERE id = {patron}"
        )
    )
    page = body(HERE)
    assert "Demandons l’accord d’un parent" in page
    assert client.post(HERE).status_code == 403
