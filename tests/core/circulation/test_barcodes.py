"""Which item is in the hand: barcodes collide between libraries, readers add their marks."""

from __future__ import annotations

import pytest

from core.circulation.desks import Desks
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import AmbiguousBarcode, NotFound, UnknownBarcode
from navette.network.network import Network
from navette.storage.unit import Unit


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


def test_a_barcode_is_read_as_it_was_scanned(unit: Unit, desks: Desks) -> None:
    item = an_item(unit, a_record(unit), "hem", barcode="HEM001")
    assert desks.scan("hem", item, barcode=" *hem001* ").item.id == item


def test_an_unknown_barcode_is_said_so(unit: Unit, desks: Desks) -> None:
    with pytest.raises(UnknownBarcode) as told:
        desks.scan("hem", 0, barcode="999")
    assert told.value.barcode == "999"
    with pytest.raises(NotFound):
        desks.scan("hem", 999)


def test_no_question_when_one_of_two_items_belongs_to_this_library(
    unit: Unit, desks: Desks
) -> None:
    record = a_record(unit)
    ours = an_item(unit, record, "hem", barcode="123")
    an_item(unit, record, "leers", barcode="123")
    assert desks.scan("hem", ours, barcode="123").item.id == ours


def test_no_question_when_one_of_two_items_is_expected_here(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    theirs = an_item(unit, record, "hem", barcode="123")
    an_item(unit, record, "leers", barcode="123")
    desks.place(a_patron(unit), record, "toufflers")
    target = desks.value("SELECT item_id FROM hold")
    sender = "hem" if target == theirs else "leers"
    desks.scan(sender, target)
    assert desks.scan("toufflers", target, barcode="123", confirm=True).item.id == target


def test_otherwise_the_desk_says_which_one_it_holds(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    one = an_item(unit, record, "hem", barcode="123")
    two = an_item(unit, record, "leers", barcode="123")
    with pytest.raises(AmbiguousBarcode) as asked:
        desks.scan("lannoy", one, barcode="123")
    assert [(c.item_id, c.library) for c in asked.value.candidates] == [
        (one, "hem"), (two, "leers"),
    ]  # fmt: skip
    assert desks.scan("lannoy", two).item.id == two
