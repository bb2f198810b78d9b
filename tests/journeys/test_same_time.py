"""Many at the same instant, over HTTP: one wins, the others are told, nothing breaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from at_once import at_once
from core.circulation.invariants import assert_invariants
from journeys.town import Town
from navette_auth.tokens import create_token
from pages import Form, Page, Person
from small_catalogue import LAST_TOME, PRINCE

CODE, PRINCE_OF_LANNOY, PRINCE_OF_LEERS = "H0001", "LAN-7", "00020001"
PLACE = """mutation($input: PlaceHoldInput!) { placeHold(input: $input) {
  ... on HoldPlaced { hold { id } } ... on Refusal { code message } } }"""
SCAN = """mutation($input: ScanItemInput!) { scanItem(input: $input) {
  ... on ItemScanned { scanId instruction hold { id } } ... on Refusal { code message } } }"""
LEND = """mutation($input: LendItemInput!) { lendItem(input: $input) {
  ... on ItemLent { loan { id } } ... on Refusal { code message } } }"""


@pytest.fixture(autouse=True)
def catalogue(town: Town, tmp_path: Path) -> None:
    town.load_catalogues(tmp_path)


@pytest.fixture(autouse=True)
def _sound_afterwards(town: Town, catalogue: None) -> Any:
    yield
    assert_invariants(town.unit)


def rows(town: Town, query: str) -> list[Any]:
    with town.unit.read() as reader:
        return [tuple(row) for row in reader.driver.execute(query).fetchall()]


def chooser(reader: Person, title: str, pickup: str) -> Form:
    """Go as far as the last button, without pressing it."""
    reader.open("/recherche")
    reader.press("Chercher", q=title)
    reader.follow(title)
    form = reader.press("Réserver", retrait=pickup).form("Réserver")
    form.fields["retrait"] = pickup
    return form


def sending(reader: Person, form: Form) -> Callable[[], httpx2.Response]:
    return lambda: reader.send(form)


def pages(answers: list[httpx2.Response]) -> list[Page]:
    read = [Page(answer) for answer in answers]
    assert all(page.status < 500 for page in read), [(p.status, p.words) for p in read]
    return read


def scanning(desk: Person, code: str) -> Callable[[], httpx2.Response]:
    form = desk.open("/bureau").form("Valider")
    form.fields["barcode"] = code
    return sending(desk, form)


def asking(town: Town, query: str, given: dict[str, Any], **who: Any) -> Callable[[], Any]:
    """Ask in GraphQL with a token; gives what the mutation answers."""
    token = create_token(town.unit, town.clock, **who).text
    client = town.somebody().http

    def ask() -> Any:
        answer = client.post(
            "/graphql",
            json={"query": query, "variables": {"input": given}},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return next(iter(answer.json()["data"].values()))

    return ask


def test_two_readers_reserve_the_last_copy_one_gets_it_the_other_knows_the_rank(
    town: Town,
) -> None:
    """E7a."""
    emma, _ = town.patron("Emma Delattre", "leers")
    paul, _ = town.patron("Paul Wattel", "lys")
    forms = [chooser(emma, LAST_TOME, "toufflers"), chooser(paul, LAST_TOME, "lys")]
    done = pages(at_once(sending(emma, forms[0]), sending(paul, forms[1])))
    assert all("C’est réservé." in page.words for page in done)
    assert sum("Vous êtes 2e" in page.words for page in done) == 1, "the other is told"
    states = rows(town, "SELECT state FROM hold ORDER BY placed_at, id")
    assert sorted(states) == [("TARGETED",), ("WAITING",)]


def test_two_desks_lend_the_last_copy_to_two_people_one_of_them_leaves_with_it(
    town: Town,
) -> None:
    """E7g."""
    cards = [town.registered("Emma Delattre", "leers"), town.registered("Paul Wattel", "hem")]
    staff = town.hire("hem"), town.hire("toufflers")
    asks = [
        asking(town, LEND, {"barcode": CODE, "card": card, "library": "hem"}, staff_id=agent)
        for card, agent in zip(cards, staff, strict=True)
    ]
    answers = at_once(*asks)
    assert sum("loan" in answer for answer in answers) == 1, answers
    refused = next(answer for answer in answers if "code" in answer)
    assert refused["code"] == "ITEM_ON_LOAN"
    assert refused["message"]
    assert rows(town, "SELECT COUNT(*) FROM loan") == [(1,)]


def test_two_desks_scan_two_copies_for_one_reader_one_goes_the_other_stays(town: Town) -> None:
    """E7d: the only hold, two copies come back at two desks at the same instant."""
    people = [town.registered(name, "hem") for name in ("Zoé Lecomte", "Hugo Lecomte", "Ana Lima")]
    desks = [town.desk("lannoy"), town.desk("leers"), town.desk("hem")]
    codes = [PRINCE_OF_LANNOY, PRINCE_OF_LEERS, "H0002"]
    for desk, card, code in zip(desks, people, codes, strict=True):
        desk.open("/bureau")
        desk.press("Valider", barcode=card)
        assert "Prêté" in desk.press("Valider", barcode=code).words
    emma, _ = town.patron("Emma Delattre", "leers")
    emma.send(chooser(emma, PRINCE, "toufflers"))
    scans = [scanning(desk, code) for desk, code in zip(desks[:2], codes[:2], strict=True)]
    said = [page.words for page in pages(at_once(*scans))]
    assert sum("Pour Toufflers" in words for words in said) == 1, said
    assert sum("En rayon" in words for words in said) == 1, said
    assert rows(town, "SELECT state FROM hold") == [("IN_TRANSIT",)]
    assert len(rows(town, "SELECT id FROM transit WHERE state = 'BOXED'")) == 1


def test_a_scan_sent_four_times_at_once_is_one_scan_with_one_slip(town: Town) -> None:
    """E7e: a trembling reader, or a form that is sent again."""
    emma, _ = town.patron("Emma Delattre", "leers")
    emma.send(chooser(emma, LAST_TOME, "toufflers"))
    again = scanning(town.desk("hem"), CODE)
    said = [page.words for page in pages(at_once(*[again] * 4))]
    assert all("Pour Toufflers" in words for words in said), said
    assert rows(town, "SELECT COUNT(*) FROM transit") == [(1,)]
    events = rows(town, "SELECT to_state FROM hold_event ORDER BY id")
    assert [state for (state,) in events].count("IN_TRANSIT") == 1


def test_a_copy_scanned_at_two_desks_at_once_is_in_one_place(town: Town) -> None:
    """I2, I5: the desks do not agree where it is; the later scan is right, or asks."""
    hem, lannoy = town.desk("hem"), town.desk("lannoy")
    said = pages(at_once(scanning(hem, "H0002"), scanning(lannoy, "H0002")))
    possible = {"En rayon", "Retour à Hem", "Bien arrivé ?"}
    assert all(any(order in page.words for order in possible) for page in said)
    assert len(rows(town, "SELECT id FROM transit WHERE state IN ('BOXED', 'ON_VAN')")) <= 1


def test_the_same_reservation_sent_four_times_at_once_is_one(town: Town) -> None:
    """E7e: the key is in the form."""
    emma, _ = town.patron("Emma Delattre", "leers")
    form = chooser(emma, LAST_TOME, "toufflers")
    done = pages(at_once(*[sending(emma, form)] * 4))
    assert {page.status for page in done} == {200}
    assert len({page.path for page in done}) == 1, "all of them are shown the same reservation"
    assert rows(town, "SELECT COUNT(*) FROM hold") == [(1,)]


def test_the_same_title_from_two_tabs_at_once_is_one_and_a_word(town: Town) -> None:
    """I3: two forms, two keys."""
    emma, _ = town.patron("Emma Delattre", "leers")
    forms = [chooser(emma, LAST_TOME, place) for place in ("toufflers", "lys")]
    done = pages(at_once(*[sending(emma, form) for form in forms]))
    assert sorted(page.status for page in done) == [200, 409]
    told = next(page.words for page in done if page.status == 409)
    assert "déjà" in told, told
    assert rows(town, "SELECT COUNT(*) FROM hold") == [(1,)]


def test_an_api_request_repeated_at_once_has_the_first_answer(town: Town) -> None:
    """E7e, over GraphQL: one idempotency key, four requests."""
    _, card = town.patron("Emma Delattre", "leers")
    ((patron,),) = rows(town, f"SELECT id FROM patron WHERE card = '{card}'")
    ((record,),) = rows(town, "SELECT record_id FROM item WHERE barcode = 'H0001'")
    given = {"recordId": str(record), "pickupLibrary": "lys", "idempotencyKey": "tap-1"}
    answers = at_once(*[asking(town, PLACE, given, patron_id=patron)] * 4)
    assert all("hold" in answer for answer in answers), answers
    assert len({answer["hold"]["id"] for answer in answers}) == 1
    scan = {"barcode": CODE, "scanId": "scan-1"}
    scans = at_once(*[asking(town, SCAN, scan, staff_id=town.hire("hem"))] * 4)
    assert scans[0]["instruction"] == "CRATE"
    assert all(answer == scans[0] for answer in scans), scans


def test_two_phones_cancel_while_a_desk_scans_and_all_are_answered(town: Town) -> None:
    emma, _ = town.patron("Emma Delattre", "leers")
    emma.send(chooser(emma, LAST_TOME, "toufflers"))
    form = emma.open("/reservations").form("Annuler")
    done = pages(
        at_once(sending(emma, form), sending(emma, form), scanning(town.desk("hem"), CODE))
    )
    assert {page.status for page in done[:2]} <= {200, 409}
    assert 200 in {page.status for page in done[:2]}
    assert rows(town, "SELECT state FROM hold") == [("CANCELLED",)]


def test_two_workers_tell_at_once_and_the_phone_rings_once(town: Town) -> None:
    emma, _ = town.patron("Emma Delattre", "hem")
    emma.send(chooser(emma, LAST_TOME, "hem"))
    phone = town.phones.subscribe(emma.http.get("/push/cle").json()["publicKey"])
    emma.tell("/push/abonnement", phone.to_json())
    scanning(town.desk("hem"), CODE)()
    outcomes = at_once(town.tell, town.tell, town.tell)
    assert [said for each in outcomes for said in each] == ["sent"], outcomes
    assert len(town.phones.messages) == 1
