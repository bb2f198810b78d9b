"""T18: "annuler le dernier scan" brings back the state before it, and only that."""

from __future__ import annotations

import pytest

from core.circulation.desks import Desks
from core.circulation.invariants import assert_invariants
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation import scanning
from navette.circulation.changing import cancel, suspend
from navette.errors import Forbidden, NotFound, WrongState
from navette.ils.views import Actor, ScanRequest
from navette.network.network import Network
from navette.storage.unit import Unit


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


def test_a_capture_at_its_pickup_is_undone_and_nobody_is_told(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    hold = desks.place(a_patron(unit), record, "leers")
    until = desks.hold(hold).target_until
    scanned = desks.scan("leers", item)
    undone = desks.undo("leers", scanned.scan_id)
    assert (undone.undone, undone.message, undone.slip) == (True, "ANNULÉ · comme avant", "")
    assert desks.state(hold) == ("TARGETED", item)
    assert desks.hold(hold).target_until == until
    assert desks.hold(hold).pickup_deadline is None
    assert desks.status(item) == ("AVAILABLE", "leers")
    assert desks.notices(hold) == [("ready", "dropped: erreur de scan")]
    reason = desks.value("SELECT reason FROM hold_event ORDER BY id DESC LIMIT 1")
    assert reason == "erreur de scan"
    assert_invariants(unit)


def test_scanned_again_after_the_undo_it_is_announced_once(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    hold = desks.place(a_patron(unit), record, "leers")
    desks.undo("leers", desks.scan("leers", item).scan_id)
    desks.scan("leers", item)
    assert desks.notices(hold) == [("ready", "dropped: erreur de scan"), ("ready", None)]
    assert_invariants(unit)


def test_a_notice_already_sent_is_corrected(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    hold = desks.place(a_patron(unit), record, "leers")
    scanned = desks.scan("leers", item)
    unit.write(lambda tx: tx.driver.execute("UPDATE outbox SET done_at = due_at, outcome = 'sent'"))
    desks.undo("leers", scanned.scan_id)
    assert desks.notices(hold) == [("ready", "sent"), ("corrected", None)]


def test_a_crate_is_unpacked(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "leers")
    desks.undo("hem", desks.scan("hem", item).scan_id)
    assert desks.state(hold) == ("TARGETED", item)
    assert desks.rows("SELECT state FROM transit") == [("CANCELLED",)]
    assert desks.status(item) == ("AVAILABLE", "hem")
    assert_invariants(unit)


def test_an_arrival_is_undone_and_the_journey_goes_on(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "leers")
    desks.scan("hem", item)
    arrived = desks.scan("leers", item, confirm=True)
    desks.undo("leers", arrived.scan_id)
    assert desks.state(hold) == ("IN_TRANSIT", item)
    assert desks.status(item) == ("IN_TRANSIT", "hem")
    assert desks.rows("SELECT state, closed_at FROM transit") == [("BOXED", None)]
    assert_invariants(unit)


def test_a_return_is_undone_with_the_hold_it_served(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    desks.lend("leers", item, a_patron(unit))
    hold = desks.place(a_patron(unit), record, "hem")
    scanned = desks.scan("lannoy", item)
    assert (scanned.returned, scanned.hold_state) == (True, "IN_TRANSIT")
    desks.undo("lannoy", scanned.scan_id)
    assert desks.state(hold) == ("WAITING", None)
    assert desks.status(item) == ("ON_LOAN", "leers")
    assert desks.rows("SELECT returned_at, returned_library_id FROM loan") == [(None, None)]
    assert_invariants(unit)


def test_a_ready_book_sent_off_by_mistake_is_ready_again_and_announced(
    unit: Unit, desks: Desks
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    hold = desks.place(a_patron(unit), record, "leers")
    place = desks.scan("leers", item).shelf_place
    before = desks.hold(hold)
    wrong = desks.scan("lys", item)
    desks.undo("lys", wrong.scan_id)
    after = desks.hold(hold)
    assert (after.state, after.shelf_place, after.pickup_deadline) == (
        "READY", place, before.pickup_deadline,
    )  # fmt: skip
    assert [outcome for _, outcome in desks.notices(hold)] == [
        "dropped: on its way again", None,
    ]  # fmt: skip
    assert_invariants(unit)


def test_a_hold_taken_from_another_copy_goes_back_to_it(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    far = an_item(unit, record, "hem")
    first = desks.place(a_patron(unit), record, "leers")
    second = desks.place(a_patron(unit), record, "hem")
    near = an_item(unit, record, "leers", status="ON_HOLD_SHELF")
    taken = desks.scan("leers", near)
    assert (desks.state(first), desks.state(second)) == (("READY", near), ("TARGETED", far))
    desks.undo("leers", taken.scan_id)
    assert (desks.state(first), desks.state(second)) == (("TARGETED", far), ("WAITING", None))
    assert desks.status(near) == ("ON_HOLD_SHELF", "leers")
    assert_invariants(unit)


def test_a_book_put_back_on_its_shelf_is_undone(unit: Unit, desks: Desks) -> None:
    item = an_item(unit, a_record(unit), "hem", status="MISSING")
    scanned = desks.scan("hem", item)
    desks.undo("hem", scanned.scan_id)
    assert desks.status(item) == ("MISSING", "hem")


def test_undoing_twice_gives_the_same_answer(unit: Unit, desks: Desks) -> None:
    item = an_item(unit, a_record(unit), "hem", status="MISSING")
    scanned = desks.scan("hem", item)
    assert desks.undo("hem", scanned.scan_id) == desks.undo("hem", scanned.scan_id)
    assert desks.value("SELECT COUNT(*) FROM change WHERE subject_id = 1") == 3


def test_after_ten_minutes_it_is_too_late(unit: Unit, desks: Desks, clock: FrozenClock) -> None:
    item = an_item(unit, a_record(unit), "hem", status="MISSING")
    scanned = desks.scan("hem", item)
    clock.advance(minutes=10, seconds=1)
    with pytest.raises(WrongState):
        desks.undo("hem", scanned.scan_id)


def test_another_desk_cannot_undo_it(unit: Unit, desks: Desks) -> None:
    item = an_item(unit, a_record(unit), "hem", status="MISSING")
    scanned = desks.scan("hem", item)
    with pytest.raises(NotFound):
        desks.undo("leers", scanned.scan_id)
    with pytest.raises(NotFound):
        desks.undo("hem", "unheard of")


def test_once_the_book_is_lent_the_scan_stands(unit: Unit, desks: Desks) -> None:
    record, alice = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    desks.place(alice, record, "hem")
    scanned = desks.scan("hem", item)
    desks.lend("hem", item, alice)
    with pytest.raises(WrongState):
        desks.undo("hem", scanned.scan_id)


def test_once_the_hold_is_cancelled_the_scan_stands(
    unit: Unit, desks: Desks, network: Network
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "hem")
    scanned = desks.scan("hem", item)
    unit.write(lambda tx: cancel(tx, network, desks.now, Actor("system"), hold))
    with pytest.raises(WrongState):
        desks.undo("hem", scanned.scan_id)


def test_after_a_double_beep_the_scan_that_counted_is_undone_t18(unit: Unit, desks: Desks) -> None:
    """T18: a scan that only repeated the instruction stands for the one it repeats."""
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    hold = desks.place(a_patron(unit), record, "leers")
    first = desks.scan("leers", item)
    again = desks.scan("leers", item)
    assert again.instruction == first.instruction == "HOLD_SHELF"
    assert desks.undo("leers", again.scan_id).undone
    assert desks.state(hold) == ("TARGETED", item)
    assert desks.status(item) == ("AVAILABLE", "leers")
    assert desks.undo("leers", first.scan_id).undone, "both are undone, once"
    assert desks.state(hold) == ("TARGETED", item)
    assert_invariants(unit)


def test_who_drives_the_van_is_no_desk(unit: Unit, network: Network, desks: Desks) -> None:
    """No name, no loan, no scan that decides."""
    driver = Actor("staff", staff_id=9, library="lys", role="driver")
    item = an_item(unit, a_record(unit), "leers")
    scan = ScanRequest("leers", item_id=item)
    with pytest.raises(Forbidden):
        unit.write(lambda tx: scanning.scan(tx, network, desks.clock.now(), driver, scan))
    hold = desks.place(a_patron(unit), a_record_with_copy(unit), "leers")
    with pytest.raises(NotFound):
        unit.write(lambda tx: cancel(tx, network, desks.clock.now(), driver, hold))


def a_record_with_copy(unit: Unit) -> int:
    record = a_record(unit, "Houris")
    an_item(unit, record, "hem")
    return record


def test_a_pause_asked_for_since_is_not_undone_with_the_scan(unit: Unit, desks: Desks) -> None:
    """T12, T18: the scan let go of a blocked card's hold; the patron paused it; the scan is undone."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "leers")
    hold = desks.place(patron, record, "hem")
    unit.write(
        lambda tx: tx.driver.execute(f"UPDATE patron SET blocked_reason = 'x' WHERE id = {patron}")
    )
    scanned = desks.scan("leers", item)
    assert desks.state(hold) == ("WAITING", None)
    me = Actor("patron", patron_id=patron)
    unit.write(lambda tx: suspend(tx, desks.network, desks.now, me, hold))
    desks.undo("leers", scanned.scan_id)
    assert desks.hold(hold).suspended
    assert desks.state(hold) == ("WAITING", None)
    assert_invariants(unit)
