"""The promise once through: reserved at Toufflers, fetched at Hem, lent, returned at Lannoy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.circulation.desks import Desks
from core.circulation.invariants import assert_invariants
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.network.network import Network
from navette.storage.unit import Unit


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


def test_a_book_of_hem_is_reserved_at_toufflers_lent_there_returned_at_lannoy_and_goes_home(
    unit: Unit, desks: Desks, clock: FrozenClock
) -> None:
    record = a_record(unit)
    item, alice = an_item(unit, record, "hem"), a_patron(unit)
    hold = desks.place(alice, record, "toufflers")
    assert desks.state(hold) == ("TARGETED", item)  # T1, T2

    clock.advance(minutes=5)
    sent = desks.scan("hem", item)  # T4
    assert (sent.instruction, sent.destination, sent.hold_state) == (
        "CRATE", "toufflers", "IN_TRANSIT",
    )  # fmt: skip
    assert sent.message == "POUR TOUFFLERS · caisse Toufflers"
    assert sent.slip.splitlines()[:2] == ["POUR TOUFFLERS", "De Hem à Toufflers"]
    assert "Essai" not in sent.slip
    assert desks.status(item) == ("IN_TRANSIT", "hem")
    assert_invariants(unit)

    clock.advance(minutes=3)
    asked = desks.scan("toufflers", item)  # E15
    assert (asked.instruction, asked.hold_state) == ("CONFIRM", "IN_TRANSIT")
    assert "3 minutes" in asked.message.replace("\u00a0", " ")
    assert desks.status(item) == ("IN_TRANSIT", "hem")
    ready = desks.scan("toufflers", item, confirm=True)  # T6
    assert (ready.instruction, ready.shelf_place) == ("HOLD_SHELF", "T-1")
    assert ready.message == "ICI · étagère T-1"
    assert (ready.destination, ready.hold_state) == (None, "READY")
    assert desks.status(item) == ("ON_HOLD_SHELF", "toufflers")
    due = desks.value(f"SELECT due_at FROM outbox WHERE hold_id = {hold} AND kind = 'ready'")
    assert str(due).startswith(str((clock.now() + timedelta(minutes=5)).replace(tzinfo=None)))
    assert_invariants(unit)

    clock.advance(days=1)
    loan = desks.lend("toufflers", item, alice)  # T9
    assert desks.hold(hold).state == "FULFILLED"
    assert desks.value(f"SELECT hold_id FROM loan WHERE id = {loan}") == hold
    assert ("ready", "dropped: lent") in desks.notices(hold)
    assert_invariants(unit)

    clock.advance(days=9)
    back = desks.scan("lannoy", item)  # E6
    assert (back.returned, back.instruction, back.destination) == (True, "CRATE", "hem")
    assert back.message == "RETOUR À HEM · caisse Hem"
    assert desks.value(f"SELECT returned_at FROM loan WHERE id = {loan}") is not None
    assert_invariants(unit)

    clock.advance(days=3)
    home = desks.scan("hem", item)
    assert (home.instruction, home.message, home.slip) == ("RESHELVE", "EN RAYON", "")
    assert desks.status(item) == ("AVAILABLE", "hem")
    assert_invariants(unit)
    assert [event for event, _ in desks.events(hold)] == [
        "place", "target", "box", "shelve", "fulfil",
    ]  # fmt: skip
