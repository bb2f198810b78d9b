"""The table of CIRCULATION section 4 through /bureau/scan, over the real engine."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from core.circulation.desks import Desks
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.storage.unit import Unit

CARD = "20590000099999"
Field = Callable[..., str]


@pytest.fixture
def circulation(unit: Unit, clock: FrozenClock) -> EmbeddedCirculation:
    return EmbeddedCirculation(unit, clock)


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


@pytest.fixture
def sami(unit: Unit, agent: int) -> int:
    return a_patron(unit, "leers", card=CARD, first_name="Sami", last_name="Durand")


@pytest.fixture
def field(client: TestClient, agent: int, clock: FrozenClock) -> Field:
    """Put something into the field at Hem; return the whole page."""

    def scan(text: str, card: str = "", path: str = "/bureau/scan", **given: str) -> str:
        data = {"barcode": text, "card": card, "seen": clock.now().isoformat(), **given}
        answer = client.post(path, data=data)
        assert answer.status_code == 200
        return answer.text.replace("\u00a0", " ")

    return scan


def told(text: str) -> str:
    found = re.search(r'id="consigne".*?<p class="big">(.*?)</p>(.*?)</div>', text, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", f"{found[1]} {found[2]}").split())


def is_open(text: str) -> bool:
    return 'aria-label="Carte ouverte"' in text


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]


def test_a_card_opens_and_enter_in_the_empty_field_closes_it(field: Field, sami: int) -> None:
    opened = field(CARD)
    assert told(opened) == "Bonjour Sami Durand"
    assert is_open(opened)
    closed = field("", CARD)
    assert told(closed).startswith("Scannez")
    assert "Sami" not in closed


def test_a_stranger_s_card_is_said_to_be_one_and_the_open_card_stays(
    field: Field, sami: int
) -> None:
    text = field("20590000011111", CARD)
    assert told(text).startswith("Inconnue Cette carte")
    assert is_open(text)


def test_an_item_on_loan_is_returned_without_a_card(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    item = an_item(unit, a_record(unit), "hem")
    desks.lend("hem", item, sami)
    assert told(field(desks.barcode(item))).startswith("En rayon Rendu")
    assert desks.status(item) == ("AVAILABLE", "hem")


def test_another_persons_return_closes_the_card_and_shows_nothing_of_theirs(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    record = a_record(unit, "Prêt pour Sami")
    waiting = an_item(unit, record, "hem")
    desks.place(sami, record, "hem")
    desks.scan("hem", waiting)
    item = an_item(unit, a_record(unit, "Rendu par un autre"), "hem")
    desks.lend("hem", item, a_patron(unit))
    panel = field(CARD).split("Derniers scans")[0]
    assert "Prêt pour Sami" in panel
    text = field(desks.barcode(item), CARD)
    assert told(text).startswith("En rayon Rendu")
    assert not is_open(text)
    assert "Prêt pour Sami" not in text.split("Derniers scans")[0]


def test_its_own_loan_is_asked_about_then_renewed_or_given_back(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    item = an_item(unit, a_record(unit), "hem")
    desks.lend("hem", item, sami)
    code = desks.barcode(item)
    asked = field(code, CARD)
    assert told(asked).startswith("Rendre ou prolonger ?")
    assert desks.status(item)[0] == "ON_LOAN"
    assert told(field(code, CARD, item=str(item), wish="renew")).startswith("Prolongé")
    back = field(code, CARD, item=str(item), wish="return")
    assert told(back).startswith("En rayon Rendu")
    assert is_open(back)


def test_what_is_ready_for_a_child_is_lent_to_the_child_by_name(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    record, lina = a_record(unit), a_child(unit, sami, first_name="Lina")
    item = an_item(unit, record, "hem")
    hold = desks.place(lina, record, "hem")
    desks.scan("hem", item)
    text = field(desks.barcode(item), CARD)
    assert told(text).startswith("Prêté jusqu’au 15/12")
    assert told(text).endswith("pour Lina")
    assert desks.state(hold)[0] == "FULFILLED"


def test_what_is_only_chosen_for_the_card_is_received_then_lent(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(sami, record, "leers")
    assert told(field(desks.barcode(item), CARD)).startswith("Prêté")
    assert desks.state(hold)[0] == "FULFILLED"


def test_what_waits_for_somebody_else_stops_the_hand_and_keeps_the_card_open(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "hem")
    desks.scan("hem", item)
    text = field(desks.barcode(item), CARD)
    assert told(text) == "Stop Réservé à quelqu’un d’autre"
    assert 'data-sound="halt"' in text
    assert is_open(text)
    assert desks.state(hold) == ("READY", item)


def test_a_damaged_item_is_put_aside_and_the_card_stays_open(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    item = an_item(unit, a_record(unit), "hem", status="DAMAGED")
    text = field(desks.barcode(item), CARD)
    assert told(text).startswith("À regarder Abîmé")
    assert is_open(text)


def test_an_unknown_barcode_says_so_and_the_card_stays_open(field: Field, sami: int) -> None:
    text = field("RIEN", CARD)
    assert told(text) == "Inconnu Aucun document ne porte le numéro RIEN. Relisez l’étiquette."
    assert is_open(text)


def test_two_items_with_one_barcode_are_asked_about_then_one_is_lent(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    meant = an_item(unit, a_record(unit, "Un"), "leers", barcode="9")
    an_item(unit, a_record(unit, "Autre"), "lys", barcode="9")
    asked = field("9", CARD)
    assert told(asked).startswith("Lequel ?")
    assert is_open(asked)
    assert told(field("9", CARD, item=str(meant))).startswith("Prêté")


def test_a_free_item_is_lent_to_the_open_card(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    item = an_item(unit, a_record(unit), "hem")
    text = field(desks.barcode(item), CARD)
    assert told(text) == "Prêté jusqu’au 15/12 · Le Mage du Kremlin"
    assert is_open(text)
    assert "1 prêt" in text


def test_an_item_in_preparation_that_somebody_waits_for_is_trapped_for_them(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem", status="PROCESSING")
    hold = desks.place(a_patron(unit), record, "hem")
    text = field(desks.barcode(item), CARD)
    assert told(text).startswith("Ici Étagère")
    assert is_open(text)
    assert desks.state(hold) == ("READY", item)


def test_any_other_item_is_routed_when_no_card_is_open(
    field: Field, unit: Unit, desks: Desks, agent: int
) -> None:
    item = an_item(unit, a_record(unit), "toufflers", at="hem")
    assert told(field(desks.barcode(item))).startswith("Retour à Toufflers")


def test_the_same_form_sent_twice_gives_one_scan(
    field: Field, unit: Unit, desks: Desks, agent: int
) -> None:
    item = an_item(unit, a_record(unit), "toufflers", at="hem")
    for _ in range(2):
        assert told(field(desks.barcode(item), scan_id="une-fois")).startswith("Retour")
    assert desks.value("SELECT count(*) FROM scan") == 1


def test_a_return_is_undone_as_if_it_had_not_been(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    item = an_item(unit, a_record(unit), "hem")
    desks.lend("hem", item, sami)
    text = field(desks.barcode(item))
    undone = field("", path="/bureau/annuler", scan=hidden(text, "scan"))
    assert told(undone).startswith("Annulé Le Mage du Kremlin · comme avant")
    assert desks.status(item)[0] == "ON_LOAN"
    assert "Annuler le dernier scan" not in undone


def test_a_trapped_hold_is_let_go_again(field: Field, unit: Unit, desks: Desks, agent: int) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "hem")
    text = field(desks.barcode(item))
    assert told(text).startswith("Ici Étagère")
    assert told(field("", path="/bureau/annuler")).startswith("Annulé")
    assert desks.state(hold)[0] == "TARGETED"


def test_what_has_moved_since_cannot_be_undone_and_the_desk_says_why(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    item = an_item(unit, a_record(unit), "hem")
    first = hidden(field(desks.barcode(item)), "scan")
    desks.lend("hem", item, sami)
    text = field("", path="/bureau/annuler", scan=first)
    assert told(text).startswith("Trop tard")
    assert desks.status(item)[0] == "ON_LOAN"


def test_after_a_loan_the_desk_offers_to_give_back_and_nothing_older_to_undo(
    field: Field, unit: Unit, desks: Desks, sami: int
) -> None:
    older = an_item(unit, a_record(unit, "Avant"), "hem")
    field(desks.barcode(older))
    item = an_item(unit, a_record(unit), "hem")
    text = field(desks.barcode(item), CARD)
    assert "Annuler le dernier scan" not in text
    assert "Prêté par erreur ? Rendez-le" in text
    back = field(hidden(text, "barcode"), CARD, item=hidden(text, "item"), wish="return")
    assert told(back).startswith("En rayon Rendu")
    assert desks.value("SELECT count(*) FROM loan WHERE returned_at IS NULL") == 0
