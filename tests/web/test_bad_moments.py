"""A page that is older than what it shows: a session that ended, a second tap, a hold that is gone."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.circulation.reserving import STAFF, me, placed, scanned
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.storage.unit import Unit
from pages import Page

pytestmark = pytest.mark.one_database
VERBS = ("annuler", "pause", "reprendre", "tour", "lieu")


@pytest.fixture
def circulation(unit: Unit, clock: FrozenClock, network: Network) -> EmbeddedCirculation:
    return EmbeddedCirculation(unit, clock)


@pytest.fixture
def hold(unit: Unit, patron: int, circulation: EmbeddedCirculation) -> int:
    record = a_record(unit)
    an_item(unit, record, "hem")
    return placed(circulation, patron, record, "leers").id


def verb(client: TestClient, word: str) -> dict[str, str]:
    """What the button of the page would send."""
    return Page(client.get("/reservations")).form(word).fields


def test_a_session_that_ended_asks_to_come_in_again_and_leads_back(
    client: TestClient, hold: int, circulation: EmbeddedCirculation, patron: int
) -> None:
    sent = verb(client, "Annuler")
    client.cookies.clear()
    answer = client.post("/reservations/annuler", data=sent)
    assert answer.status_code == 303
    door = Page(client.get(answer.headers["Location"]))
    assert "Vous revenez juste après à votre page." in door.words
    assert answer.headers["Location"] == "/connexion?next=%2Freservations"
    assert [one.id for one in circulation.holds_of(patron)] == [hold], "nothing was done"


def test_a_second_tap_is_the_same_tap(
    client: TestClient, hold: int, circulation: EmbeddedCirculation, patron: int
) -> None:
    sent = verb(client, "Mettre en pause")
    answers = [client.post("/reservations/pause", data=sent) for _ in range(2)]
    assert {one.status_code for one in answers} == {303}
    assert len({one.headers["Location"] for one in answers}) == 1
    assert [one.suspended for one in circulation.holds_of(patron)] == [True]


@pytest.mark.parametrize("word", VERBS)
def test_a_hold_that_is_gone_meanwhile_is_said_with_a_way_on(
    client: TestClient, hold: int, circulation: EmbeddedCirculation, patron: int, word: str
) -> None:
    """The desk cancelled it while its page stood open on the phone."""
    circulation.cancel_hold(STAFF, hold)
    data = {"reservation": str(hold), "retrait": "hem", "cle": "k"}
    answer = client.post(f"/reservations/{word}", data=data)
    assert 400 <= answer.status_code < 500
    page = Page(answer)
    assert "Un souci de notre côté" not in page.words
    assert {"/reservations", "/", "/recherche"} & {href for _said, href in page.links}


def test_a_hold_of_somebody_else_is_as_one_that_never_was(
    client: TestClient, hold: int, circulation: EmbeddedCirculation, unit: Unit
) -> None:
    record = a_record(unit)
    an_item(unit, record, "lys")
    theirs = placed(circulation, a_patron(unit), record, "lys").id
    said = [
        Page(client.post("/reservations/annuler", data={"reservation": number, "cle": "x"})).words
        for number in (str(theirs), "987654")
    ]
    assert said[0] == said[1]
    assert circulation.hold(STAFF, theirs).state != "CANCELLED"


def test_what_became_ready_meanwhile_follows_to_the_other_library(
    client: TestClient, unit: Unit, patron: int, circulation: EmbeddedCirculation
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    ready = placed(circulation, patron, record, "hem").id
    scanned(circulation, "hem", item)
    answer = client.post("/reservations/lieu", data={"reservation": str(ready), "retrait": "lys"})
    assert answer.status_code == 303
    found = circulation.hold(me(patron), ready)
    assert (found.state, found.pickup) == ("TARGETED", "lys"), "the same copy travels on"
