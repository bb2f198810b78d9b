"""The table of section 4 for a desk where a card may be open, line by line, and carried out."""

from __future__ import annotations

from typing import Any

import pytest

from core.circulation.desks import Desks, agent
from core.circulation.invariants import assert_invariants
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.desk_service import desk_scan
from navette.circulation.desk_table import DeskAct, InHand, OpenCard, decide
from navette.circulation.states import HoldState
from navette.errors import AmbiguousBarcode, PatronBlocked, UnknownBarcode
from navette.ils.views import DeskAnswer, DeskScan
from navette.network.network import Network
from navette.storage.unit import Unit

ALICE, LINA, BRUNO = 1, 2, 3
CARD = OpenCard(ALICE, frozenset({LINA}))
H, A = HoldState, DeskAct


@pytest.mark.parametrize(
    ("item", "card", "act"),
    [
        (InHand(lent_to=BRUNO), None, A.RETURN),
        (InHand(lent_to=BRUNO), CARD, A.RETURN),
        (InHand(lent_to=LINA), CARD, A.RETURN),
        (InHand(lent_to=ALICE), CARD, A.ASK_RETURN_OR_RENEW),
        (InHand(bound_for=ALICE, bound_state=H.READY), CARD, A.LEND),
        (InHand(bound_for=LINA, bound_state=H.READY), CARD, A.LEND),
        (InHand(bound_for=ALICE, bound_state=H.TARGETED), CARD, A.RECEIVE_THEN_LEND),
        (InHand(bound_for=ALICE, bound_state=H.IN_TRANSIT), CARD, A.RECEIVE_THEN_LEND),
        (InHand(bound_for=LINA, bound_state=H.PROCESSING), CARD, A.RECEIVE_THEN_LEND),
        (InHand(bound_for=BRUNO, bound_state=H.READY), CARD, A.STOP),
        (InHand(bound_for=BRUNO, bound_state=H.IN_TRANSIT), CARD, A.STOP),
        (InHand(bound_for=BRUNO, bound_state=H.PROCESSING), CARD, A.STOP),
        (InHand(bound_for=BRUNO, bound_state=H.TARGETED, on_open_shelf=False), CARD, A.STOP),
        (InHand(bound_for=BRUNO, bound_state=H.TARGETED), CARD, A.LEND),
        (InHand(set_aside=True), CARD, A.ROUTE),
        (InHand(), CARD, A.LEND),
        (InHand(), None, A.ROUTE),
        (InHand(bound_for=BRUNO, bound_state=H.READY), None, A.ROUTE),
    ],
)
def test_each_line_of_the_table(item: InHand, card: OpenCard | None, act: DeskAct) -> None:
    assert decide(item, card) is act


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


def field(desks: Desks, text: str = "", patron: int | None = None, **given: Any) -> DeskAnswer:
    """What the one field of the desk at Hem answers."""
    card = desks.value(f"SELECT card FROM patron WHERE id = {patron}") if patron else ""
    asked = DeskScan("hem", text, str(card), **given)
    return desks.unit.write(lambda tx: desk_scan(tx, desks.network, desks.now, agent("hem"), asked))


def test_a_card_opens_and_enter_in_the_empty_field_closes_it(unit: Unit, desks: Desks) -> None:
    alice = a_patron(unit, card="20590000000017")
    opened = field(desks, "2059 0000 0000 17")
    assert (opened.act, opened.patron_id, opened.card) == ("opened", alice, "20590000000017")
    closed = field(desks, "", alice)
    assert (closed.act, closed.card) == ("closed", "")


def test_a_free_item_is_lent_to_the_open_card(unit: Unit, desks: Desks) -> None:
    item, alice = an_item(unit, a_record(unit), "hem"), a_patron(unit)
    told = field(desks, desks.barcode(item), alice)
    assert (told.act, told.message, told.patron_id) == (
        "lend", "PRÊTÉ · jusqu’au 15/12", alice,
    )  # fmt: skip
    assert desks.status(item) == ("ON_LOAN", "hem")


def test_its_own_book_is_asked_about_then_given_back(unit: Unit, desks: Desks) -> None:
    item, alice = an_item(unit, a_record(unit), "hem"), a_patron(unit)
    loan = desks.lend("hem", item, alice)
    asked = field(desks, desks.barcode(item), alice)
    assert (asked.act, asked.loan_id) == ("ask_return_or_renew", loan)
    assert desks.status(item)[0] == "ON_LOAN"
    back = field(desks, desks.barcode(item), alice, give_back=True)
    assert back.scan is not None
    assert back.scan.returned
    assert back.patron_id == alice


def test_the_return_of_another_persons_item_closes_the_card(unit: Unit, desks: Desks) -> None:
    item, alice = an_item(unit, a_record(unit), "hem"), a_patron(unit)
    desks.lend("hem", item, a_patron(unit))
    told = field(desks, desks.barcode(item), alice)
    assert (told.act, told.card) == ("return", "")
    assert desks.status(item) == ("AVAILABLE", "hem")


def test_what_waits_for_somebody_else_stops_the_hand(unit: Unit, desks: Desks) -> None:
    record, alice = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "hem")
    desks.scan("hem", item)
    told = field(desks, desks.barcode(item), alice)
    assert (told.act, told.message) == ("stop", "STOP · réservé à quelqu’un d’autre")
    assert told.patron_id == alice
    assert desks.state(hold) == ("READY", item)


def test_what_is_targeted_for_a_child_is_received_and_lent_to_the_child(
    unit: Unit, desks: Desks
) -> None:
    record, alice = a_record(unit), a_patron(unit)
    lina = a_child(unit, alice)
    item = an_item(unit, record, "hem")
    hold = desks.place(lina, record, "leers")
    told = field(desks, desks.barcode(item), alice)
    assert told.act == "receive_then_lend"
    assert desks.state(hold) == ("FULFILLED", None)
    assert desks.value(f"SELECT patron_id FROM loan WHERE id = {told.loan_id}") == lina


def test_a_free_item_that_somebody_waits_for_is_routed_instead_e7f(
    unit: Unit, desks: Desks
) -> None:
    record, alice = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem", status="PROCESSING")
    hold = desks.place(a_patron(unit), record, "hem")
    told = field(desks, desks.barcode(item), alice)
    assert (told.act, told.patron_id) == ("route", alice)
    assert told.scan is not None
    assert (told.scan.instruction, told.scan.hold_id) == ("HOLD_SHELF", hold)
    assert_invariants(unit)


def test_an_old_card_of_a_library_opens_too_when_no_item_carries_its_number(
    unit: Unit, desks: Desks
) -> None:
    alice = a_patron(unit)
    unit.write(
        lambda tx: tx.driver.execute(
            f"INSERT INTO card_number (number, patron_id, kind) VALUES ('H77', {alice}, 'old')"
        )
    )
    assert field(desks, "h77").patron_id == alice
    with pytest.raises(UnknownBarcode):
        field(desks, "h78")


def test_a_refusal_is_raised_and_nothing_is_lent(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "lys", barcode="9")
    blocked = a_patron(unit, blocked_reason="à revoir")
    with pytest.raises(PatronBlocked):
        field(desks, "9", blocked)
    an_item(unit, record, "leers", barcode="9")
    with pytest.raises(AmbiguousBarcode):
        field(desks, "9")
    assert field(desks, "9", item_id=item).act == "route"
