"""How I am told: my ways, my devices, a try, evidence from a browser, my calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from factories import a_child, a_patron
from navette.circulation.tables import Hold
from navette.ils.views import HoldView, LoanView
from navette.notifications import subscriptions
from navette.notifications.choices import Choice, choices_of
from navette.patrons.reading import patrons_of
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette_auth.house import House
from navette_auth.vault import Vault

KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
_o = table(Outbox).c
ERRANDS = Query(select(_o.kind, _o.payload), lambda kind, payload: (kind, payload))
CHOSEN = {
    "premier": "sms", "deuxieme": "email", "troisieme": "", "calme_de": "22", "calme_jusqu_a": "8",
    "titres": "oui", "rappels": "oui",
}  # fmt: skip


@pytest.fixture
def device(house: House, patron: int) -> int:
    return house.subscriptions.register(
        patron, endpoint="https://push.example.org/a", device="Chrome/1 Android", **KEYS
    )


def test_choices_are_kept_and_shown_again(
    client: TestClient, body: Callable[..., str], house: House, patron: int
) -> None:
    assert client.post("/notifications", data=CHOSEN).headers["Location"] == (
        "/notifications?fait=choix"
    )
    with house.unit.read() as reader:
        kept, person = choices_of(reader, [patron])[patron], patrons_of(reader, [patron])[patron]
    assert kept == Choice(patron, 22 * 60, 8 * 60, reminders=True, turns=False)
    assert (person.channels, person.title_on_notices) == (["sms", "email"], True)
    text = body("/notifications?fait=choix")
    assert "C’est noté." in text
    assert text.index('value="sms" selected') < text.index('value="email" selected')
    assert 'value="22" selected' in text


@pytest.mark.parametrize(
    "wrong", [{"premier": "pigeon"}, {"calme_de": "minuit"}, {"calme_jusqu_a": "25"}]
)
def test_a_choice_that_is_none_is_refused(
    client: TestClient, patron: int, wrong: dict[str, str]
) -> None:
    assert client.post("/notifications", data=CHOSEN | wrong).status_code == 422


def test_each_device_is_named_tried_and_ended(
    client: TestClient, body: Callable[..., str], house: House, patron: int, device: int
) -> None:
    assert "Chrome sur Android" in body("/notifications")
    for _ in range(2):  # a double tap is one try
        client.post("/notifications/essai", data={"appareil": device})
    with house.unit.read() as reader:
        assert reader.all(ERRANDS) == [("trial", {"devices": [device]})]
    client.post("/notifications/appareil", data={"appareil": device})
    with house.unit.read() as reader:
        assert subscriptions.listed(reader, patron) == []
    assert "Aucun pour l’instant" in body("/notifications")


@pytest.mark.parametrize("verb", ["appareil", "essai"])
def test_somebody_else_s_device_is_not_found(
    client: TestClient, house: House, patron: int, verb: str
) -> None:
    other = house.subscriptions.register(
        a_patron(house.unit), endpoint="https://push.example.org/b", **KEYS
    )
    assert client.post(f"/notifications/{verb}", data={"appareil": other}).status_code == 404


def test_a_subscription_belongs_to_its_session(
    client: TestClient, house: House, patron: int
) -> None:
    sent = {"endpoint": "https://push.example.org/c", "expirationTime": None, "keys": KEYS}
    client.post("/push/abonnement", json=sent)
    with house.unit.read() as reader:
        (one,) = subscriptions.listed(reader, patron)
    assert one.session_id is not None


def a_ready_hold(house: House, patron: int) -> int:
    from factories import a_record, an_item  # noqa: PLC0415 - only here
    from navette.ils.embedded import EmbeddedCirculation  # noqa: PLC0415 - only here
    from navette.ils.views import Actor, ScanRequest  # noqa: PLC0415 - only here

    engine = EmbeddedCirculation(house.unit, house.clock, ready_window=300)
    record = a_record(house.unit)
    item = an_item(house.unit, record)
    hold = engine.place_hold(
        Actor("patron", patron_id=patron), patron_id=patron, record_id=record, pickup="hem"
    )
    desk = Actor("staff", library="hem", role="agent")
    engine.scan(desk, ScanRequest("hem", item_id=item))
    return hold.id


def test_what_a_browser_reports_is_evidence_only_with_our_mark(
    client: TestClient, house: House
) -> None:
    hold = a_ready_hold(house, a_patron(house.unit))
    vault = house.extras["vault"] = Vault(["k" * 40])
    announced = Query(
        select(table(Hold).c.announced_at).where(table(Hold).c.id == hold), lambda at: at
    )
    for forged in (f"{hold}.{'0' * 64}", str(hold), "", f"x.{vault.mark('seen x')}"):
        assert client.post("/push/vu", json={"vu": forged}).status_code == 422
    with house.unit.read() as reader:
        assert reader.all(announced) == [None]
    token = f"{hold}.{vault.mark(f'seen {hold}')}"
    assert client.post("/push/vu", json={"vu": token}).status_code == 204
    with house.unit.read() as reader:
        assert reader.all(announced) == [house.clock.now()]


def test_my_calendar_says_dates_at_a_private_address_that_can_be_taken_back(
    client: TestClient, body: Callable[..., str], house: House, patron: int, circulation: Any,
    a_waiting_hold: HoldView, an_open_loan: LoanView,
) -> None:  # fmt: skip
    until = datetime(2026, 12, 5, 16, tzinfo=UTC)
    circulation.holds.append(
        replace(a_waiting_hold, state="READY", patron_id=patron, pickup_deadline=until)
    )
    loan = replace(an_open_loan, patron_id=patron)
    child = a_child(house.unit, patron, first_name="Lina")
    circulation.loans += [loan, replace(loan, id=2), replace(loan, id=3, patron_id=child)]
    client.post("/notifications/calendrier", data={})
    address = re.search(
        r'value="http://127.0.0.1:8000(/calendrier/\w+\.ics)"', body("/notifications")
    )
    assert address
    client.cookies.clear()  # whoever has the address needs no session
    answer = client.get(address[1])
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.text.replace("\r\n ", "")
    assert "SUMMARY:2 documents à rendre\r\n" in text
    assert "SUMMARY:Pour Lina\u00a0: 1 document à rendre\r\n" in text
    assert "DTSTART;VALUE=DATE:20261208\r\n" in text
    assert "SUMMARY:Dernier jour pour retirer une réservation à Leers\r\n" in text
    assert "Brouillard" not in text
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    assert "\n" not in answer.text.replace("\r\n", "")


def test_titles_stand_in_the_calendar_only_by_choice_and_an_old_address_opens_nothing(
    client: TestClient, body: Callable[..., str], house: House, patron: int, circulation: Any,
    an_open_loan: LoanView,
) -> None:  # fmt: skip
    circulation.loans.append(replace(an_open_loan, patron_id=patron, due_on=date(2026, 12, 8)))
    client.post("/notifications/calendrier", data={})
    found = re.compile(r"/calendrier/\w+\.ics")
    first = found.search(body("/notifications"))
    client.post("/notifications/calendrier", data={"titres": "oui", "geste": "reprendre"})
    assert found.search(body("/notifications")) is None
    house.clock.advance(seconds=1)  # type: ignore[attr-defined]
    client.post("/notifications/calendrier", data={"titres": "oui"})
    second = found.search(body("/notifications"))
    assert first
    assert second
    assert client.get(first[0]).status_code == 404
    assert "DESCRIPTION:Brouillard" in client.get(second[0]).text
