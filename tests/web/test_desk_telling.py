"""The desk says it itself: calls, letters, a crate that is done, choices made for somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from factories import a_patron, a_record, an_item
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, ScanRequest
from navette.network.network import Network
from navette.notifications.service import Notifier
from navette.patrons.reading import patrons_of
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.tables import Outbox
from navette_auth.house import House

DUE = Query(select(table(Outbox).c.due_at).order_by(table(Outbox).c.id), scalar)


@pytest.fixture
def arrive(house: House) -> Callable[..., int]:
    """Let a hold become ready at Hem; return its patron."""
    engine = EmbeddedCirculation(house.unit, house.clock, ready_window=300)

    def ready(title: str = "Germinal", library: str = "hem", **given: object) -> int:
        patron = a_patron(house.unit, channels=[], email="", **given)
        record = a_record(house.unit, title)
        item = an_item(house.unit, record, home=library)
        engine.place_hold(
            Actor("patron", patron_id=patron), patron_id=patron, record_id=record, pickup=library
        )
        engine.scan(
            Actor("staff", library=library, role="agent"), ScanRequest(library, item_id=item)
        )
        return patron

    return ready


def tell(house: House) -> None:
    house.clock.advance(minutes=6)  # type: ignore[attr-defined]
    notifier = Notifier(house.unit, house.clock, {}, worker="test")
    notifier.deliver_all(notifier.take())


def test_the_call_list_says_whom_to_call_and_what_to_say_and_no_title(
    client: TestClient, body: Callable[..., str], house: House, agent: int, arrive: Callable[..., int]
) -> None:  # fmt: skip
    arrive(first_name="Renée", last_name="Petit", phone="03 53 01 20 01")
    arrive(library="leers", phone="03 53 01 20 02")
    tell(house)
    text = body("/bureau/appels")
    assert "Renée Petit" in text
    assert 'href="tel:0353012001"' in text
    assert "Bonjour, ici la bibliothèque de Hem." in text
    assert "Germinal" not in text
    assert "0353012002" not in text
    answer = client.post("/bureau/appels", data={"message": 1, "resultat": "reached"})
    assert answer.headers["Location"] == "/bureau/appels?fait=appel"
    assert "Personne à appeler." in body("/bureau/appels")
    assert (
        client.post("/bureau/appels", data={"message": 1, "resultat": "reached"}).status_code == 404
    )


def test_letters_are_printed_and_then_said_to_be(
    client: TestClient, body: Callable[..., str], house: House, agent: int, arrive: Callable[..., int]
) -> None:  # fmt: skip
    arrive(first_name="Renée", last_name="Petit", phone="")
    tell(house)
    text = body("/bureau/courriers")
    assert "Renée Petit" in text
    assert "Gardé pour vous jusqu’au" in text
    client.post("/bureau/courriers", data={"messages": "1"})
    assert "Aucune lettre à imprimer." in body("/bureau/courriers")


def test_a_crate_that_is_done_closes_the_window_for_its_library_only(
    client: TestClient, body: Callable[..., str], house: House, agent: int, arrive: Callable[..., int]
) -> None:  # fmt: skip
    for library in ("hem", "hem", "leers"):
        arrive(library=library)
    now = house.clock.now()
    answer = client.post("/bureau/caisses/terminee")
    assert answer.headers["Location"] == "/bureau/transferts?prevenues=2"
    with house.unit.read() as reader:
        assert reader.all(DUE) == [now, now, now + timedelta(seconds=300)]
    assert "2 personnes sont prévenues." in body(answer.headers["Location"])


def test_a_desk_chooses_for_somebody_how_they_are_told(
    client: TestClient, body: Callable[..., str], house: House, agent: int
) -> None:
    patron = a_patron(house.unit, first_name="Renée")
    assert "Comment prévenir Renée" in body(f"/bureau/usagers/{patron}/messages")
    client.post(f"/bureau/usagers/{patron}/messages", data={"premier": "letter", "rappels": "oui"})
    with house.unit.read() as reader:
        assert patrons_of(reader, [patron])[patron].channels == ["letter"]
    assert client.post("/bureau/usagers/999/messages", data={}).status_code == 404


@pytest.mark.parametrize("path", ["/bureau/appels", "/bureau/courriers"])
def test_the_lists_are_for_the_team_only(client: TestClient, patron: int, path: str) -> None:
    assert client.get(path).status_code == 403


def test_a_list_has_pages(
    body: Callable[..., str], house: House, network: Network, agent: int, arrive: Callable[..., int]
) -> None:  # fmt: skip
    for number in range(21):
        arrive(f"Tome {number}", phone=f"03 53 01 20 {number:02d}")
    tell(house)
    assert "21 personnes à prévenir" in body("/bureau/appels")
    assert 'href="?suite=20"' in body("/bureau/appels")
    assert body("/bureau/appels?suite=20").count('<article class="item">') == 1
