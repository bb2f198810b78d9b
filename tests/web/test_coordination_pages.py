"""Calendars, closures, rules, amnesty, lost hope: the coordinator's pages; the patron's answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from core.circulation.reserving import STAFF, placed, scanned
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.clock import local_date
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.network.editing import rule_names
from navette.network.network import Network
from navette.notifications.budget import spend
from navette.notifications.tables import SmsMonth
from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.unit import Unit
from navette_web.coordination.rule_words import GROUPS, RULES
from pages import Page

HEAD = Actor("staff", staff_id=9, library="hem", role="coordinator")


@pytest.fixture
def circulation(unit: Unit, clock: FrozenClock, network: Network) -> EmbeddedCirculation:
    return EmbeddedCirculation(unit, clock)


def test_every_rule_has_its_words_and_its_place() -> None:
    placed_in = [name for names in GROUPS.values() for name in names]
    assert sorted(placed_in) == sorted(RULES)


def test_a_closure_is_entered_and_says_what_it_repaired(
    unit: Unit, client: TestClient, body: Callable[..., str], coordinator: int, clock: FrozenClock,
    circulation: EmbeddedCirculation,
) -> None:  # fmt: skip
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    reader = a_patron(unit)
    placed(circulation, reader, record, "leers")
    scanned(circulation, "leers", item)
    today = local_date(clock.now())
    data = {
        "biblio": "leers", "du": (today + timedelta(1)).isoformat(),
        "au": (today + timedelta(40)).isoformat(), "raison": "Travaux", "proposee": "lys",
    }  # fmt: skip
    answer = client.post("/coordination/calendriers/fermer", data=data)
    assert answer.status_code == 303
    page = body(answer.headers["location"])
    assert "1 retrait prolongé, 0 retour reporté, 0 document demandé ailleurs, 1 lecteur" in page
    assert "0 réponses sur 1 lecteurs" in page
    assert "Travaux" in body("/coordination")
    hold = circulation.holds_of(reader)[0]
    assert "Reprendre un document gardé par erreur" in body(f"/bureau/usagers/{reader}")
    taken = {"reservation": hold.id, "lecteur": reader, "raison": ""}
    assert client.post("/bureau/usagers/reprendre", data=taken).status_code == 422
    desk = body(f"/bureau/usagers/{reader}")
    assert "Voulez-vous retirer votre réservation à Lys" in desk
    question = circulation.closure_questions(STAFF, reader)[0].id
    client.post("/bureau/fermeture", data={"question": question, "reponse": "oui"})
    assert circulation.holds_of(reader)[0].pickup == "lys"
    closure = re.search(r'name="fermeture" value="(\d+)"', page)
    assert closure
    client.post(
        "/coordination/calendriers/rouvrir", data={"biblio": "leers", "fermeture": closure[1]}
    )
    assert "Aucune fermeture à venir" in body("/coordination/calendriers?biblio=leers")


def test_a_patron_reads_the_question_and_answers(
    unit: Unit, client: TestClient, body: Callable[..., str], patron: int, clock: FrozenClock,
    circulation: EmbeddedCirculation,
) -> None:  # fmt: skip
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    placed(circulation, patron, record, "leers")
    scanned(circulation, "leers", item)
    today = local_date(clock.now())
    circulation.close_library(
        HEAD, "leers", today + timedelta(1), today + timedelta(40), "", "lannoy"
    )
    assert "Leers ferme du" in body("/reservations")
    question = circulation.closure_questions(STAFF, patron)[0].id
    page = body(f"/reservations/fermeture/{question}")
    assert "Oui, à Lannoy" in page
    assert "J’attends la réouverture" in page
    assert "Sans réponse, nous les gardons à Leers." in page
    given = {"question": question, "reponse": "oui"}
    answer = client.post("/reservations/fermeture", data=given)
    assert "1 réservation change de lieu" in body(answer.headers["location"])
    assert "Leers ferme du" not in body("/reservations")
    assert client.post("/reservations/fermeture", data=given | {"reponse": "x"}).status_code == 422
    assert client.get("/reservations/fermeture/9999").status_code == 404


def test_hours_and_rules_are_changed_where_they_are_read(
    client: TestClient, body: Callable[..., str], coordinator: int,
    circulation: EmbeddedCirculation,
) -> None:  # fmt: skip
    client.post(
        "/coordination/calendriers/semaine",
        data={"biblio": "hem", "jour": "0", "heures": "9:00-12:00"},
    )
    assert 'value="09:00-12:00"' in body("/coordination/calendriers?biblio=hem")
    given = {"biblio": "hem", "jour": "2026-12-20", "heures": "14:00-18:00"}
    client.post("/coordination/calendriers/jour", data=given)
    assert "14:00-18:00" in body("/coordination/calendriers?biblio=hem")
    refused = client.post("/coordination/calendriers/jour", data=given | {"heures": "18-14"})
    assert refused.status_code == 422
    assert "Écrivez les heures ainsi" in refused.text
    rule = {"regle": "hold_limit", "valeur": "8", "biblio": "leers", "categorie": "", "type": ""}
    shown = body("/coordination/regles")
    assert [n for n in rule_names() if f'id="{n}"' not in shown] == []
    answer = client.post("/coordination/regles", data=rule)
    assert answer.headers["location"].endswith("#hold_limit")
    assert circulation.network.rule("hold_limit", library="leers") == 8
    assert "Revenir à l’habituel" in body("/coordination/regles")
    wrong = client.post("/coordination/regles", data=rule | {"valeur": "beaucoup"})
    assert wrong.status_code == 422
    client.post("/coordination/regles/oublier", data=rule)
    assert circulation.network.rule("hold_limit", library="leers") == 5


def test_an_amnesty_asks_first_and_lost_hope_is_listed(
    unit: Unit, client: TestClient, body: Callable[..., str], coordinator: int,
    circulation: EmbeddedCirculation, clock: FrozenClock,
) -> None:  # fmt: skip
    paused = a_patron(unit)
    unit.write(
        lambda tx: tx.driver.execute(
            f"UPDATE patron SET suspended_until = '2026-12-20' WHERE id = {paused}"
        )
    )
    assert "Jusqu’au" in body("/coordination?confirmer=1")
    answer = client.post("/coordination/amnistie", data={"jusqu_au": "2026-12-01"})
    assert "1 pause levée" in body(answer.headers["location"])
    assert "Aucune." in body("/coordination/sans-espoir")
    record = a_record(unit, "Introuvable")
    item = an_item(unit, record)
    hold = placed(circulation, a_patron(unit), record)
    circulation.mark_missing(STAFF, "hem", item_id=item)
    circulation.nightly()
    assert "Introuvable" in body("/coordination/sans-espoir")
    client.post("/coordination/sans-espoir", data={"reservation": hold.id})
    assert circulation.hold(STAFF, hold.id).end_reason == "no_copy_left"


@pytest.mark.parametrize("path", ["/coordination", "/coordination/calendriers", "/coordination/regles", "/coordination/sans-espoir"])  # fmt: skip
def test_an_agent_has_no_business_here(client: TestClient, agent: int, path: str) -> None:
    assert client.get(path).status_code == 403


def test_the_coordinator_sees_how_many_sms_left_of_how_many(
    unit: Unit, client: TestClient, coordinator: int, clock: FrozenClock
) -> None:
    assert "0 sur 500 permis ce mois-ci." in Page(client.get("/coordination")).words
    now = clock.now()
    unit.write(lambda tx: tx.insert(SmsMonth, month="2026-10", sent=41))
    for _ in range(3):
        unit.write(lambda tx: spend(tx, now, 500))
    said = Page(client.get("/coordination")).words
    assert "3 sur 500 permis ce mois-ci." in said
    assert "octobre 2026 41" in said
    assert "Le plafond est atteint" not in said
    unit.write(lambda tx: tx.run(command(update(table(SmsMonth)).values(sent=500))))
    assert "Le plafond est atteint" in Page(client.get("/coordination")).words
