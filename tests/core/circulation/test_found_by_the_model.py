"""What the town and its model disagreed on once, each told in a few lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from core.circulation.desks import Desks, agent
from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.nightly import night
from navette.circulation.pacing import Pace
from navette.clock import local_date
from navette.errors import WrongState
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, LendRequest
from navette.network.network import Network
from navette.network.tables import Closure
from navette.storage.unit import Tx, Unit

T = TypeVar("T")


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


def test_a_hold_changed_away_and_back_is_still_announced(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks
) -> None:
    """E13, I7: the notice that was kept back leaves after all; no silent READY."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "hem")
    scanned(engine, "hem", item)
    engine.change_pickup(me(patron), hold.id, "leers")
    assert engine.change_pickup(me(patron), hold.id, "hem").state == "READY"
    assert desks.notices(hold.id) == [("ready", "dropped: pickup_changed"), ("ready", None)]


def test_a_notice_that_was_sent_is_not_sent_again_when_the_hold_is_restored(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks
) -> None:
    """T17: READY again with the old deadline; one "ready" an arrival."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "hem")
    scanned(engine, "hem", item)
    text = "UPDATE outbox SET done_at = created_at, outcome = 'sent: email'"
    unit.write(lambda tx: tx.driver.execute(text))
    engine.cancel_hold(me(patron), hold.id)
    assert engine.restore_hold(me(patron), hold.id).state == "READY"
    assert desks.notices(hold.id) == [("ready", "sent: email")]


@pytest.mark.parametrize("away", ["cancelled", "changed", "scanned_elsewhere"])
def test_a_place_given_away_meanwhile_is_not_given_twice(
    unit: Unit, engine: EmbeddedCirculation, away: str
) -> None:
    """I4: T17, E13 and T18 bring a hold back to READY; its old place may hold another book."""
    patron, other = a_patron(unit), a_patron(unit)
    record, second = a_record(unit), a_record(unit, "Autre titre")
    item, next_item = an_item(unit, record, "hem"), an_item(unit, second, "hem")
    hold, later = placed(engine, patron, record, "hem"), placed(engine, other, second, "hem")
    first = scanned(engine, "hem", item)
    back: Callable[[], Any]
    if away == "cancelled":
        engine.cancel_hold(me(patron), hold.id)
        back = lambda: engine.restore_hold(me(patron), hold.id)  # noqa: E731
    elif away == "changed":
        engine.change_pickup(me(patron), hold.id, "leers")
        back = lambda: engine.change_pickup(me(patron), hold.id, "hem")  # noqa: E731
    else:
        wrong = scanned(engine, "lys", item)
        back = lambda: engine.undo_scan(agent("lys"), wrong.scan_id)  # noqa: E731
    scanned(engine, "hem", next_item)
    back()
    places = [seen(engine, h).shelf_place for h in (hold, later)]
    assert seen(engine, hold).state == "READY"
    assert len(set(places)) == 2, places
    assert first.shelf_place in places
    assert_invariants(unit)


def test_a_captured_copy_ends_a_pause_that_was_over(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """T12: nobody is shown as paused whose copy is on its way."""
    record, patron, other = a_record(unit), a_patron(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    placed(engine, other, record, "hem")
    hold = placed(engine, patron, record, "leers")
    scanned(engine, "hem", item)
    tomorrow = local_date(clock.advance(days=1))
    clock.advance(days=-1)
    engine.suspend_hold(me(patron), hold.id, tomorrow)
    clock.advance(days=15)
    scanned(engine, "hem", item)  # the deadline of the first one is over
    view = seen(engine, hold)
    assert (view.state, view.suspended, view.suspended_until) == ("IN_TRANSIT", False, None)


class BusyBetween:
    """A unit of work; something else is done just before the first write after looking."""

    def __init__(self, unit: Unit, first: Callable[[], object]) -> None:
        self.unit, self.dialect, self.first = unit, unit.dialect, first

    def read(self) -> Any:
        return self.unit.read()

    def write(self, work: Callable[[Tx], T]) -> T:
        first, self.first = self.first, lambda: None
        first()
        return self.unit.write(work)

    def close(self) -> None:
        self.unit.close()


def test_a_crate_received_while_the_night_looks_is_not_declared_missing(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock
) -> None:
    """E1: every job looks again under lock before it acts."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "leers")
    scanned(engine, "hem", item)
    clock.advance(days=30)
    busy = BusyBetween(unit, lambda: scanned(engine, "leers", item))
    done = night(busy, network, clock.now())
    assert done["lost"] == 0
    assert seen(engine, hold).state == "READY"
    assert_invariants(unit)


def test_a_book_lent_while_the_night_looks_does_not_stop_the_night(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock, desks: Desks
) -> None:
    """E1: the other jobs go on."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    scanned(engine, "leers", item)
    clock.advance(days=30)
    busy = BusyBetween(unit, lambda: desks.lend("hem", item, patron))
    assert night(busy, network, clock.now())["lost"] == 0
    assert desks.status(item)[0] == "ON_LOAN"


def test_a_closure_entered_late_keeps_a_ready_book_before_any_night_has_passed(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """E4: a closure entered later extends the deadline, at a scan too."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "hem")
    scanned(engine, "hem", item)
    deadline = seen(engine, hold).pickup_deadline
    assert deadline is not None
    day, library = local_date(deadline), desks.network.library("hem").id
    unit.write(
        lambda tx: tx.insert(Closure, library_id=library, first_day=day, last_day=day, reason="")
    )
    engine.forget_network()
    clock.set(deadline)
    clock.advance(hours=14)
    assert scanned(engine, "hem", item).instruction == "HOLD_SHELF"
    assert seen(engine, hold).state == "READY"


def test_a_reading_rhythm_counts_two_volumes_of_one_work(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock
) -> None:
    """Section 5, rhythm: one at a time, the oldest first, and no change of mind every night."""
    patron, record = a_patron(unit, hold_rhythm=1), a_record(unit)
    first = an_item(unit, record, "hem", volume_key="1", status="ON_ORDER")
    an_item(unit, record, "lys", volume_key="2")
    ordered = placed(engine, patron, record, "leers", volume_key="1")
    assert ordered.state == "WAITING"
    unit.write(
        lambda tx: tx.driver.execute(f"UPDATE item SET status = 'AVAILABLE' WHERE id = {first}")
    )
    second = placed(engine, patron, record, "leers", volume_key="2")
    for _ in range(2):
        night(unit, network, clock.now())
        assert [seen(engine, h).state for h in (ordered, second)] == ["TARGETED", "WAITING"]


def test_one_who_wants_fewer_at_once_keeps_the_oldest(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock
) -> None:
    """Section 5, rhythm: only what is too much is given back (T3)."""
    patron, record = a_patron(unit), a_record(unit)
    for volume in ("1", "2"):
        an_item(unit, record, "hem", volume_key=volume)
    holds = [placed(engine, patron, record, "leers", volume_key=v) for v in ("1", "2")]
    unit.write(
        lambda tx: tx.driver.execute(f"UPDATE patron SET hold_rhythm = 1 WHERE id = {patron}")
    )
    for _ in range(2):
        night(unit, network, clock.now())
        assert [seen(engine, h).state for h in holds] == ["TARGETED", "WAITING"]


def test_a_late_book_brought_back_serves_whoever_was_late_with_it(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """Section 4: returned in step 1, so no longer late in step 4; one scan, one instruction."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    desks.lend("hem", item, patron)
    hold = placed(engine, patron, record, "leers")
    clock.advance(days=40)
    told = scanned(engine, "hem", item)
    assert (told.instruction, told.destination, told.hold_id) == ("CRATE", "leers", hold.id)


def test_an_undone_arrival_does_not_travel_for_a_hold_that_moved_on(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, desks: Desks
) -> None:
    """T18, I4: released on arrival (T8b), changed since; undone, the crate goes on for nobody."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "lys")
    hold = placed(engine, patron, record, "hem")
    scanned(engine, "lys", item)
    text = f"UPDATE patron SET blocked_reason = 'impayé' WHERE id = {patron}"
    unit.write(lambda tx: tx.driver.execute(text))
    clock.advance(hours=2)
    told = scanned(engine, "hem", item)
    assert seen(engine, hold).state == "WAITING"
    engine.change_pickup(agent("hem"), hold.id, "toufflers")
    engine.undo_scan(agent("hem"), told.scan_id)
    trips = desks.rows("SELECT state, hold_id FROM transit ORDER BY id")
    assert [tuple(trip) for trip in trips] == [("BOXED", None), ("CANCELLED", None)]
    assert_invariants(unit)


def test_an_undone_scan_asks_for_no_copy_that_went_home_meanwhile(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks
) -> None:
    """T18, I4: the copy it was targeted on before has been put into a crate since."""
    record, patron = a_record(unit), a_patron(unit)
    target = an_item(unit, record, "lys", at="toufflers")
    hold = placed(engine, patron, record, "lys")
    assert seen(engine, hold).item_id == target
    found = an_item(unit, record, "leers", status="MISSING")
    told = scanned(engine, "lys", found)
    assert (told.hold_id, told.instruction) == (hold.id, "HOLD_SHELF")
    scanned(engine, "toufflers", target)
    engine.undo_scan(agent("lys"), told.scan_id)
    assert seen(engine, hold).state == "WAITING"
    assert desks.status(target) == ("IN_TRANSIT", "toufflers")
    assert_invariants(unit)


def test_a_copy_lost_on_the_way_begins_the_thirty_days_without_hope_anew(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock
) -> None:
    """Section 6: thirty days without any copy, counted from when there was none."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "leers")
    engine.mark_missing(agent("hem"), "hem", item_id=item)
    night(unit, network, clock.now())
    clock.advance(days=20)
    scanned(engine, "hem", item)
    clock.advance(days=25)  # overdue beyond hope: missing again
    night(unit, network, clock.now())
    assert seen(engine, hold).state == "WAITING"
    clock.advance(days=31)
    assert night(unit, network, clock.now())["no_copy_left"] == 1


def test_a_scan_is_not_undone_once_the_pickup_was_changed_to_where_it_lies(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks
) -> None:
    """T18, E13: a machine took it in at Lannoy, then it was to be collected there."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "hem")
    taken = scanned(engine, "lannoy", item, by_machine=True)
    assert taken.instruction == "VERIFY"
    assert engine.change_pickup(me(patron), hold.id, "lannoy").state == "PROCESSING"
    with pytest.raises(WrongState):
        engine.undo_scan(agent("lannoy"), taken.scan_id)
    assert desks.state(hold.id) == ("PROCESSING", item)
    assert_invariants(unit)


def test_who_waits_behind_a_hold_that_the_night_ends_is_promised_once(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """Section 7: the second run of the same night has nothing left to promise anew."""
    record = a_record(unit)
    lost, _coming = an_item(unit, record), an_item(unit, record, "leers", status="ON_ORDER")
    this_copy = engine.place_hold(
        STAFF, patron_id=a_patron(unit), record_id=record, pickup="hem", item_id=lost
    )
    engine.mark_missing(STAFF, "hem", item_id=lost)
    behind = placed(engine, a_patron(unit), record)
    clock.advance(days=32)
    assert engine.nightly()["no_copy_left"] == 1
    assert desks.state(this_copy.id)[0] == "CANCELLED"
    once = desks.hold(behind.id)
    engine.nightly()
    assert desks.hold(behind.id) == once


def test_a_closure_entered_before_an_undo_counts_for_the_loan_that_is_open_again(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks
) -> None:
    """T18, E4: what was out of the way when the library closed is not due on a closed day."""
    a_patron(unit, card="20590000077777")
    item = an_item(unit, a_record(unit))
    loan = engine.lend(STAFF, LendRequest("hem", card="20590000077777", item_id=item))
    back = scanned(engine, "hem", item)
    head = Actor("staff", staff_id=9, library="hem", role="coordinator")
    engine.close_library(head, "hem", loan.due_on, loan.due_on)
    engine.undo_scan(STAFF, back.scan_id)
    due = engine.loan(STAFF, loan.id).due_on
    assert due > loan.due_on
    assert engine.network.library("hem").calendar.is_open_on(due)
    assert_invariants(unit)


def test_a_pace_that_is_reached_hides_no_blocked_card(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks
) -> None:
    """T8b: the copy of a blocked card is given up on arrival, and its reader is told why."""
    reader = a_patron(unit)
    near, far = a_record(unit), a_record(unit, "Autre titre")
    on_shelf, travelling = an_item(unit, near, "leers"), an_item(unit, far, "hem")
    placed(engine, reader, near, "leers")
    coming = placed(engine, reader, far, "leers")
    scanned(engine, "leers", on_shelf)
    scanned(engine, "hem", travelling)
    engine.set_pace(me(reader), reader, Pace(1, grouped=False))
    text = f"UPDATE patron SET blocked_reason = 'carte prêtée' WHERE id = {reader}"
    unit.write(lambda tx: tx.driver.execute(text))
    arrived = scanned(engine, "leers", travelling, confirm=True)
    assert (arrived.instruction, arrived.hold_id) == ("CRATE", None)
    assert desks.state(coming.id) == ("WAITING", None)
    assert [kind for kind, _ in desks.notices(coming.id)] == ["paused"]


def test_the_next_volume_goes_on_in_the_very_night_that_ends_the_first(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """Section 5: the first volume has no copy left; the second one, of the same work, stands free."""
    record, reader = a_record(unit), a_patron(unit)
    lost = an_item(unit, record, volume_key="1")
    second = an_item(unit, record, volume_key="2")
    first, then = engine.place_series(
        STAFF, patron_id=reader, links=[(record, "1"), (record, "2")], pickup="hem"
    )
    engine.mark_missing(STAFF, "hem", item_id=lost)
    assert desks.state(then.id) == ("WAITING", None)
    clock.advance(days=32)
    assert engine.nightly()["no_copy_left"] == 1
    assert desks.state(first.id)[0] == "CANCELLED"
    assert desks.state(then.id) == ("TARGETED", second)


@pytest.mark.parametrize("pickup", ["lannoy", "toufflers", "lys"])
def test_a_scan_is_not_undone_once_its_crate_was_addressed_anew(
    unit: Unit, engine: EmbeddedCirculation, pickup: str
) -> None:
    """T18, E12: else the crate of before would go to where it comes from."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "lannoy")
    hold = placed(engine, patron, record, "leers")
    scanned(engine, "lannoy", item)
    again = scanned(engine, "toufflers", item)
    assert again.instruction == "CRATE"
    changed = engine.change_pickup(me(patron), hold.id, pickup)
    with pytest.raises(WrongState):
        engine.undo_scan(agent("toufflers"), again.scan_id)
    assert seen(engine, hold) == changed
    assert_invariants(unit)
