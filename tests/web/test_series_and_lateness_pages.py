"""Series, any edition, one's own pace, "déjà rendu": the pages over the real engine, and the desk's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from core.circulation.reserving import STAFF
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import LendRequest
from navette.network.network import Network
from navette.storage.unit import Unit

CARD = "20590000012345"


@pytest.fixture
def circulation(unit: Unit, clock: FrozenClock, network: Network) -> EmbeddedCirculation:
    return EmbeddedCirculation(unit, clock)


@pytest.fixture
def volumes(unit: Unit) -> list[int]:
    records = [
        a_record(unit, f"Tome {n}", series_title="Les Cités", volume_label=str(n), volume_number=n)
        for n in (1, 2, 3)
    ]
    for record in records:
        an_item(unit, record)
    return records


def test_a_series_is_chosen_and_reserved_in_order(
    client: TestClient, body: Callable[..., str], patron: int, volumes: list[int],
    circulation: EmbeddedCirculation,
) -> None:  # fmt: skip
    page = body(f"/reserver/serie?notice={volumes[1]}")
    assert "La série compte pour une seule réservation" in page
    boxes = re.findall(r'name="tomes" value="(\d+):"( checked)?', page)
    assert boxes == [
        (str(volumes[0]), ""),
        (str(volumes[1]), " checked"),
        (str(volumes[2]), " checked"),
    ]
    data = {"tomes": [f"{r}:" for r in volumes], "retrait": "hem", "cle": "k"}
    answer = client.post("/reserver/serie", data=data)
    assert (answer.status_code, answer.headers["location"]) == (303, "/reservations?fait=serie")
    holds = circulation.holds_of(patron)
    assert [h.state for h in holds] == ["TARGETED", "WAITING", "WAITING"]
    mine = body("/reservations?fait=serie")
    assert "Ensuite, à Hem." in mine
    assert "Le volume précédent vient d’abord" in mine
    refused = client.post("/reserver/serie", data={"tomes": ["x"], "retrait": "hem"})
    assert refused.status_code == 422
    assert "Choisissez de deux à trente tomes" in refused.text


def test_any_edition_is_offered_where_there_are_several(
    unit: Unit, client: TestClient, body: Callable[..., str], patron: int,
    circulation: EmbeddedCirculation,
) -> None:  # fmt: skip
    pocket = a_record(unit, "Poche")
    with unit.read() as reader:
        work = reader.driver.execute(f"SELECT work_id FROM record WHERE id = {pocket}").fetchone()[
            0
        ]
    an_item(unit, a_record(unit, "Grand format", work_id=work))
    an_item(unit, pocket, status="LOST")
    assert "N’importe quelle édition me va" in body(f"/reserver?notice={pocket}")
    page = body(f"/reserver?notice={pocket}&edition=toutes")
    assert 'name="edition" value="toutes"' in page
    data = {"notice": pocket, "retrait": "hem", "edition": "toutes", "cle": "e"}
    assert client.post("/reserver", data=data).status_code == 303
    assert circulation.holds_of(patron)[0].level == "work"


def test_a_pace_is_chosen_by_its_reader_and_at_the_desk(
    client: TestClient, body: Callable[..., str], patron: int, circulation: EmbeddedCirculation
) -> None:
    assert "Pas plus de 2 prêtes à la fois" in body("/compte/rythme")
    answer = client.post("/compte/rythme", data={"rythme": "2", "ensemble": "oui"})
    assert answer.headers["location"] == "/reservations?fait=rythme"
    assert circulation.pace(STAFF, patron) == (2, True)
    for wrong in ("0", "21", "deux", "-1"):
        refused = client.post("/compte/rythme", data={"rythme": wrong})
        assert refused.status_code == 422, wrong
        assert "Choisissez un nombre de 1 à 20" in refused.text


def test_the_desk_does_the_same_for_a_card(
    unit: Unit, client: TestClient, body: Callable[..., str], agent: int, volumes: list[int],
    circulation: EmbeddedCirculation,
) -> None:  # fmt: skip
    reader = a_patron(unit, card=CARD)
    assert 'name="carte"' in body(f"/reserver/serie?notice={volumes[0]}")
    data = {"tomes": [f"{r}:" for r in volumes], "retrait": "hem", "carte": CARD}
    answer = client.post("/reserver/serie", data=data)
    assert answer.headers["location"] == f"/bureau/usagers/{reader}"
    assert len(circulation.holds_of(reader)) == 3
    client.post(f"/bureau/usagers/{reader}/rythme", data={"rythme": "1"})
    assert circulation.pace(STAFF, reader) == (1, False)
    assert "retire tout ensemble" in body(f"/bureau/usagers/{reader}")


def test_already_returned_is_noted_searched_and_taken_back(
    unit: Unit, client: TestClient, body: Callable[..., str], patron: int,
    circulation: EmbeddedCirculation,
) -> None:  # fmt: skip
    loan = circulation.lend(
        STAFF, LendRequest("hem", card=CARD, item_id=an_item(unit, a_record(unit)))
    )
    assert "Je l’ai déjà rendu" in body("/prets")
    answer = client.post("/prets/deja-rendu", data={"pret": loan.id})
    assert answer.headers["location"] == f"/prets?rendu={loan.id}"
    page = body(f"/prets?rendu={loan.id}")
    assert "rien n’est retenu contre vous" in page
    assert "nous le cherchons" in page
    assert len(circulation.to_search("hem")) == 1
    client.post("/prets/retrouve", data={"pret": loan.id})
    assert circulation.to_search("hem") == []
    assert client.post("/prets/retrouve", data={"pret": loan.id}).status_code == 409


def test_the_desk_searches_decides_and_lifts_a_pause(
    unit: Unit, client: TestClient, body: Callable[..., str], coordinator: int,
    circulation: EmbeddedCirculation, clock: FrozenClock,
) -> None:  # fmt: skip
    reader = a_patron(unit, card=CARD, first_name="Léa")
    item = an_item(unit, a_record(unit, "Brouillard"))
    loan = circulation.lend(STAFF, LendRequest("hem", card=CARD, item_id=item))
    clock.set(clock.now().replace(month=12, day=30))
    given = {"pret": loan.id, "lecteur": reader, "acte": "rendu"}
    assert client.post("/bureau/prets", data=given).status_code == 303
    page = body("/bureau/recherches")
    assert "Brouillard" in page
    assert "Léa" not in page  # nobody is named on a list for the shelves
    for _ in range(2):
        search = circulation.to_search("hem")[0].id
        assert client.post("/bureau/recherches/pas-trouve", data={"recherche": search}).is_redirect
    decided = body("/bureau/recherches")
    assert "Tenir pour rendu" in decided
    claim = circulation.to_decide("hem")[0].id
    client.post("/bureau/recherches/decider", data={"demande": claim, "decision": "owed"})
    assert "À rendre depuis" in body(f"/bureau/usagers/{reader}")
    assert "Déclarer perdu" in body(f"/bureau/prets/{loan.id}/perdu")
    client.post("/bureau/prets", data=given | {"acte": "perdu"})
    assert circulation.loans_of(reader) == []
    other = circulation.lend(
        STAFF, LendRequest("hem", card=CARD, item_id=an_item(unit, a_record(unit)))
    )
    assert other.due_on > date(2026, 12, 30)
    assert "1 prêt prolongé" in body(
        client.post(f"/bureau/usagers/{reader}/prolonger").headers["location"]
    )
    unit.write(
        lambda tx: tx.driver.execute(
            f"UPDATE patron SET suspended_until = '2027-01-10' WHERE id = {reader}"
        )
    )
    assert "Emprunts en pause" in body(f"/bureau/usagers/{reader}")
    client.post(f"/bureau/usagers/{reader}/reprise")
    assert "Emprunts en pause" not in body(f"/bureau/usagers/{reader}")


def test_introuvable_can_be_taken_back(
    unit: Unit, client: TestClient, body: Callable[..., str], agent: int,
    circulation: EmbeddedCirculation,
) -> None:  # fmt: skip
    item = an_item(unit, a_record(unit))
    answer = client.post("/bureau/prelevements/introuvable", data={"item": item})
    page = body(answer.headers["location"])
    found = re.search(r'name="scan" value="(\w+)"', page)
    assert found
    assert client.post("/bureau/annuler", data={"scan": found[1]}).status_code == 200
    assert circulation.find_items("", "hem") == []
    with unit.read() as reader:
        row = reader.driver.execute(f"SELECT status FROM item WHERE id = {item}").fetchone()
    assert row[0] == "AVAILABLE"


def test_a_desk_without_network_sends_its_queue_and_reads_what_lost(
    unit: Unit, client: TestClient, body: Callable[..., str], agent: int, clock: FrozenClock,
    circulation: EmbeddedCirculation,
) -> None:  # fmt: skip
    """E25, over HTTP."""
    reader = a_patron(unit, card=CARD)
    item = an_item(unit, a_record(unit), barcode="I777")
    at = clock.now().isoformat()
    sent = {
        "scans": [
            {"text": "I777", "card": CARD, "scanId": "a", "scannedAt": at},
            {"text": "NULLE-PART", "scanId": "b", "scannedAt": at},
        ]
    }
    answer = client.post("/bureau/sans-reseau", json=sent)
    assert answer.json()["done"] == 1
    assert [one["scanId"] for one in answer.json()["lost"]] == ["b"]
    assert circulation.loans_of(reader)[0].item_id == item
    page = body("/bureau/sans-reseau")
    assert "NULLE-PART" in page
    found = re.search(r'name="scan" value="(\d+)"', page)
    assert found
    client.post("/bureau/sans-reseau/vu", data={"scan": found[1]})
    assert "Rien ne manque." in body("/bureau/sans-reseau")
    for wrong in (
        {},
        {"scans": 1},
        {"scans": [1]},
        {"scans": [{"text": "A", "scannedAt": "hier"}]},
    ):
        assert client.post("/bureau/sans-reseau", json=wrong).status_code == 422
