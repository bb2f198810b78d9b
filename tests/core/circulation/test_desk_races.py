"""Two desks at once, with real threads (E7 a b d e, I6): one wins, the other is answered."""

from __future__ import annotations

import pytest

from at_once import at_once
from core.circulation.desks import Desks
from core.circulation.invariants import assert_invariants
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import ItemHeldForAnother, ItemOnLoan
from navette.network.network import Network
from navette.storage.unit import Unit


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


@pytest.mark.parametrize("_again", range(5))
def test_two_desks_scan_two_copies_for_one_hold_e7d(unit: Unit, desks: Desks, _again: int) -> None:
    record = a_record(unit)
    here = an_item(unit, record, "leers", status="ON_HOLD_SHELF")
    there = an_item(unit, record, "hem", status="ON_HOLD_SHELF")
    first = desks.place(a_patron(unit), record, "leers")
    second = desks.place(a_patron(unit), record, "leers")
    answers = at_once(lambda: desks.scan("leers", here), lambda: desks.scan("hem", there))
    assert {a.hold_id for a in answers} == {first, second}
    assert desks.state(first)[1] != desks.state(second)[1]
    assert_invariants(unit)


@pytest.mark.parametrize("_again", range(5))
def test_two_desks_scan_two_copies_and_one_hold_waits_e7d(
    unit: Unit, desks: Desks, _again: int
) -> None:
    record = a_record(unit)
    one = an_item(unit, record, "leers", status="ON_HOLD_SHELF")
    two = an_item(unit, record, "hem", status="ON_HOLD_SHELF")
    hold = desks.place(a_patron(unit), record, "lys")
    answers = at_once(lambda: desks.scan("leers", one), lambda: desks.scan("hem", two))
    assert sorted(a.instruction for a in answers) == ["CRATE", "RESHELVE"]
    assert desks.hold(hold).state == "IN_TRANSIT"
    assert_invariants(unit)


def test_the_same_scan_sent_four_times_at_once_is_one_scan_e7e(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    hold = desks.place(a_patron(unit), record, "leers")
    answers = at_once(*[lambda: desks.scan("leers", item, scan_id="same")] * 4)
    assert len({a.slip for a in answers}) == 1
    assert desks.value("SELECT COUNT(*) FROM scan") == 1
    assert desks.notices(hold) == [("ready", None)]
    assert_invariants(unit)


def test_two_desks_lend_one_copy_and_one_of_them_is_told(unit: Unit, desks: Desks) -> None:
    item = an_item(unit, a_record(unit), "hem")
    alice, bruno = a_patron(unit), a_patron(unit)
    answers = at_once(
        lambda: desks.lend("hem", item, alice), lambda: desks.lend("leers", item, bruno)
    )
    assert sum(isinstance(a, ItemOnLoan) for a in answers) == 1
    assert desks.value("SELECT COUNT(*) FROM loan") == 1
    assert_invariants(unit)


def test_one_card_at_two_desks_keeps_its_limit(unit: Unit, desks: Desks) -> None:
    alice, record = a_patron(unit), a_record(unit)
    films = [an_item(unit, a_record(unit), "hem", type="film") for _ in range(6)]
    assert record
    answers = at_once(*[lambda film=film: desks.lend("hem", film, alice) for film in films])
    assert sum(isinstance(a, int) for a in answers) == 4
    assert_invariants(unit)


@pytest.mark.parametrize("_again", range(5))
def test_lent_to_one_and_trapped_for_another_at_once_has_one_end(
    unit: Unit, desks: Desks, _again: int
) -> None:
    record, bruno = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "hem")
    lent, scanned = at_once(lambda: desks.lend("hem", item, bruno), lambda: desks.scan("hem", item))
    if isinstance(lent, ItemHeldForAnother):
        assert desks.state(hold) == ("READY", item)
    else:
        assert scanned.returned  # a scan of what is on loan returns it, then serves the hold
    assert_invariants(unit)


def test_shelf_places_given_at_once_differ(unit: Unit, desks: Desks) -> None:
    items = []
    for _ in range(4):
        record = a_record(unit)
        items.append(an_item(unit, record, "leers"))
        desks.place(a_patron(unit), record, "leers")
    answers = at_once(*[lambda item=item: desks.scan("leers", item) for item in items])
    assert {a.shelf_place for a in answers} == {"B-1", "B-2", "B-3", "B-4"}
    assert_invariants(unit)


def test_two_undo_one_scan_and_both_see_it_undone(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    hold = desks.place(a_patron(unit), record, "leers")
    told = desks.scan("leers", item).scan_id
    answers = at_once(lambda: desks.undo("leers", told), lambda: desks.undo("leers", told))
    assert [a.undone for a in answers] == [True, True]
    assert desks.state(hold) == ("TARGETED", item)
    assert_invariants(unit)
