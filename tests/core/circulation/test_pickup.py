"""Changing where a hold is collected: T15, E12, E13."""

from __future__ import annotations

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import BadInput, WrongState
from navette.ils.embedded import EmbeddedCirculation
from navette.storage.unit import Unit


@pytest.fixture
def record(unit: Unit) -> int:
    return a_record(unit)


def test_a_waiting_hold_changes_its_pickup_and_keeps_its_rank(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """E12: WAITING -> WAITING; the promise is made anew."""
    an_item(unit, record, status="ON_LOAN")
    patron = a_patron(unit)
    hold = placed(engine, patron, record)
    moved = engine.change_pickup(me(patron), hold.id, "Leers")
    assert (moved.state, moved.pickup, moved.rank) == ("WAITING", "leers", 1)
    assert moved.promise is not None
    assert moved.promise.library == "leers"
    with pytest.raises(BadInput):
        engine.change_pickup(me(patron), hold.id, "nowhere")
    assert engine.change_pickup(me(patron), hold.id, "leers").version == moved.version


def test_a_targeted_hold_is_targeted_again_with_the_best_copy(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """E12: TARGETED -> WAITING (T3), target again."""
    here, there = an_item(unit, record, "hem"), an_item(unit, record, "leers")
    patron = a_patron(unit)
    hold = placed(engine, patron, record)
    assert hold.item_id == here
    moved = engine.change_pickup(me(patron), hold.id, "leers")
    assert (moved.state, moved.item_id) == ("TARGETED", there)


def test_a_boxed_crate_is_addressed_anew(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """E12: IN_TRANSIT and BOXED."""
    item, patron = an_item(unit, record, "hem"), a_patron(unit)
    hold = placed(engine, patron, record, "leers")
    scanned(engine, "hem", item)
    moved = engine.change_pickup(me(patron), hold.id, "lys")
    assert (moved.state, moved.pickup) == ("IN_TRANSIT", "lys")
    assert [t.destination for t in engine.transits("hem")] == ["lys"]
    assert_invariants(unit)
    clock.advance(minutes=20)
    assert scanned(engine, "lys", item).hold_state == "READY"


def test_boxed_where_it_is_wanted_now_it_is_taken_out_of_the_crate(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """E12: transit CANCELLED, TARGETED on that item, pull-list line "dans la caisse"."""
    item, patron = an_item(unit, record, "hem"), a_patron(unit)
    hold = placed(engine, patron, record, "leers")
    scanned(engine, "hem", item)
    moved = engine.change_pickup(me(patron), hold.id, "hem")
    assert (moved.state, moved.item_id) == ("TARGETED", item)
    assert engine.transits("hem") == []
    assert [(line.hold_id, line.note) for line in engine.pull_list("hem")] == [
        (hold.id, "in_crate")
    ]
    assert "caisse" in moved.why
    again = engine.change_pickup(me(patron), hold.id, "lys")
    assert (again.state, [t.destination for t in engine.transits("hem")]) == ("IN_TRANSIT", ["lys"])
    engine.change_pickup(me(patron), hold.id, "hem")
    clock.advance(minutes=1)
    assert scanned(engine, "hem", item).hold_state == "READY"
    assert_invariants(unit)


def test_a_book_on_the_van_goes_on_and_is_forwarded(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """E12: ON_VAN, the arrival scan forwards it (T8c)."""
    item, patron = an_item(unit, record, "hem"), a_patron(unit)
    hold = placed(engine, patron, record, "leers")
    scanned(engine, "hem", item)
    unit.write(lambda tx: tx.driver.execute("UPDATE transit SET state = 'ON_VAN'").rowcount)
    moved = engine.change_pickup(me(patron), hold.id, "lys")
    assert (moved.state, [t.destination for t in engine.transits("hem")]) == (
        "IN_TRANSIT", ["leers"],
    )  # fmt: skip
    clock.advance(days=3)
    sent_on = scanned(engine, "leers", item)
    assert (sent_on.instruction, sent_on.destination) == ("CRATE", "lys")
    clock.advance(days=4)
    assert scanned(engine, "lys", item).hold_state == "READY"
    assert_invariants(unit)


def test_a_ready_book_is_sent_on_once_and_comes_back_to_its_old_deadline(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """E13: TARGETED on the same item, "à expédier"; changed back before the scan: READY again."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = placed(engine, patron, record)
    scanned(engine, "hem", item)
    ready = seen(engine, hold)
    away = engine.change_pickup(me(patron), hold.id, "leers")
    assert (away.state, away.item_id, away.pickup_deadline) == ("TARGETED", item, None)
    assert [(line.note, line.until) for line in engine.pull_list("hem")] == [("to_send", None)]
    assert engine.to_clear("hem") == []
    with pytest.raises(WrongState):
        engine.change_pickup(me(patron), hold.id, "lys")
    back = engine.change_pickup(me(patron), hold.id, "hem")
    assert (back.state, back.pickup_deadline, back.shelf_place) == (
        "READY", ready.pickup_deadline, ready.shelf_place,
    )  # fmt: skip
    with pytest.raises(WrongState):  # at most once
        engine.change_pickup(me(patron), hold.id, "leers")
    assert_invariants(unit)


def test_a_ready_book_sent_on_starts_a_new_deadline_where_it_arrives(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """E13, T4, T6."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = placed(engine, patron, record)
    scanned(engine, "hem", item)
    before = seen(engine, hold).pickup_deadline
    engine.change_pickup(me(patron), hold.id, "leers")
    clock.advance(minutes=5)
    assert scanned(engine, "hem", item).instruction == "CRATE"
    clock.advance(days=3)
    assert scanned(engine, "leers", item).hold_state == "READY"
    after = seen(engine, hold).pickup_deadline
    assert before is not None
    assert after is not None
    assert after > before
    assert_invariants(unit)


def test_changed_back_after_it_left_the_old_deadline_counts_or_two_opening_days(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """E13."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = placed(engine, patron, record)
    scanned(engine, "hem", item)
    before = seen(engine, hold).pickup_deadline
    engine.change_pickup(me(patron), hold.id, "leers")
    clock.advance(minutes=5)
    scanned(engine, "hem", item)
    unit.write(lambda tx: tx.driver.execute("UPDATE transit SET state = 'ON_VAN'").rowcount)
    engine.change_pickup(me(patron), hold.id, "hem")
    clock.advance(days=3)
    assert scanned(engine, "leers", item).destination == "hem"
    clock.advance(days=4)
    assert scanned(engine, "hem", item).hold_state == "READY"
    back = seen(engine, hold)
    assert back.pickup_deadline == before
    assert back.state == "READY"
    assert_invariants(unit)


def test_a_book_rendered_by_a_machine_goes_back_unverified(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """E13 of a hold in PROCESSING."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = placed(engine, patron, record)
    assert scanned(engine, "hem", item, by_machine=True).hold_state == "PROCESSING"
    assert engine.change_pickup(STAFF, hold.id, "leers").state == "TARGETED"
    assert engine.change_pickup(STAFF, hold.id, "hem").state == "PROCESSING"
    assert_invariants(unit)
