"""At the desk, a reader's page gives codes; on one's own page, the list of devices is found."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.testclient import TestClient

from factories import a_patron
from navette.storage.unit import Tx, Unit
from navette_auth.house import House
from navette_auth.identities import identities_for, remember_identity, set_card
from navette_auth.providers import Identity
from navette_auth.sessions import OWN_PHONE, Holder, open_session, visitor_of_value


def test_a_reader_s_page_leads_to_a_printed_code(
    client: TestClient, agent: int, unit: Unit, body: Callable[..., str]
) -> None:
    reader = a_patron(unit)
    page = body(f"/bureau/usagers/{reader}")
    assert "Pas encore de mot de passe." in page
    form = re.search(rf'action="(/bureau/usagers/{reader}/code)".*?name="pour" value="carte"', page)
    assert form
    code = client.post(form[1], data={"pour": "carte"})
    assert code.status_code == 200
    assert re.search(r">[2-9A-Z]{4}-[2-9A-Z]{4}<", code.text)
    assert "jusqu’au 1er\u00a0décembre 2026" in code.text
    assert 'class="qr"' in code.text, "a phone reads it, and comes to the page with the code"


def test_the_code_that_a_phone_read_is_kept_through_the_sign_in(client: TestClient) -> None:
    answer = client.get("/compte/lier?code=K7M4-PQ2X")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("?next=%2Fcompte%2Flier%3Fcode%3DK7M4-PQ2X")


def test_a_lost_phone_is_closed_at_the_desk(
    client: TestClient, agent: int, unit: Unit, house: House
) -> None:
    reader, other = a_patron(unit), a_patron(unit)
    now = house.clock.now()
    lost, kept = (
        unit.write(lambda tx, p=one: open_session(tx, now, Holder(patron_id=p), OWN_PHONE))
        for one in (reader, other)
    )
    assert client.post(f"/bureau/usagers/{reader}/deconnecter", data={}).status_code == 303
    assert not visitor_of_value(unit, house.clock, lost).signed_in
    assert visitor_of_value(unit, house.clock, kept).patron_id == other


def test_a_wrong_linking_is_undone_at_the_desk(
    client: TestClient, agent: int, unit: Unit, house: House
) -> None:
    reader, now = a_patron(unit), house.clock.now()
    known = Identity("https://mel.example.org", "someone", {})

    def linked(tx: Tx) -> str:
        identity = remember_identity(tx, known, now).id
        set_card(tx, identity, reader, now)
        holder = Holder(patron_id=reader, identity_id=identity)
        return open_session(tx, now, holder, OWN_PHONE)

    session = unit.write(linked)
    assert client.post(f"/bureau/usagers/{reader}/separer", data={}).status_code == 303
    assert not visitor_of_value(unit, house.clock, session).signed_in
    with unit.read() as reading:
        assert identities_for(reading, reader, None) == []


def test_my_devices_are_found_from_my_page(patron: int, body: Callable[..., str]) -> None:
    assert 'href="/compte/appareils"' in body("/compte")
