"""Changing a hold that exists: T11, T12, T14 and T17 (sections 2 and 8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import BadInput, DuplicateHold, NotFound, WrongState
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import HoldView, LendRequest
from navette.storage.unit import Unit


@pytest.fixture
def record(unit: Unit) -> int:
    return a_record(unit)


def ready(engine: EmbeddedCirculation, patron: int, record: int, item: int) -> HoldView:
    hold = placed(engine, patron, record)
    assert scanned(engine, "hem", item).hold_state == "READY"
    return seen(engine, hold)


def outcomes(unit: Unit, hold: HoldView) -> list[tuple[str, str | None]]:
    with unit.read() as reader:
        rows = reader.driver.execute(
            f"SELECT kind, outcome FROM outbox WHERE hold_id = {hold.id} ORDER BY id"
        ).fetchall()
    return [(kind, outcome) for kind, outcome in rows]


def test_cancelling_frees_the_copy_for_the_next_at_once(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """T14: unbound, and the waiting hold is targeted in the same transaction."""
    item, first, second = an_item(unit, record), a_patron(unit), a_patron(unit)
    one, two = placed(engine, first, record), placed(engine, second, record)
    gone = engine.cancel_hold(me(first), one.id)
    assert (gone.state, gone.end_reason, gone.item_id) == ("CANCELLED", "by_patron", None)
    now = seen(engine, two)
    assert (now.state, now.item_id, now.rank) == ("TARGETED", item, 1)
    with pytest.raises(WrongState) as refused:
        engine.cancel_hold(me(first), one.id)
    assert (refused.value.state, refused.value.event) == ("CANCELLED", "cancel")


def test_a_repeated_cancellation_with_a_key_gives_the_first_answer(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """E7e."""
    an_item(unit, record)
    patron = a_patron(unit)
    hold = placed(engine, patron, record)
    engine.cancel_hold(me(patron), hold.id, key="c")
    assert engine.cancel_hold(me(patron), hold.id, key="c").state == "CANCELLED"
    with pytest.raises(BadInput):
        engine.resume_hold(me(patron), hold.id, key="c")


def test_nobody_cancels_the_hold_of_another(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """ "Not found" and "not yours" are the same error."""
    an_item(unit, record)
    hold = placed(engine, a_patron(unit), record)
    with pytest.raises(NotFound):
        engine.cancel_hold(me(a_patron(unit)), hold.id)
    assert engine.cancel_hold(STAFF, hold.id).end_reason == "by_staff"
    assert ("cancelled", None) in outcomes(unit, hold)


def test_cancelled_on_its_way_the_journey_goes_on_for_nobody(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """E2: the transit stays open and unbound; on arrival it is trapped or sent home."""
    item, patron = an_item(unit, record, "leers"), a_patron(unit)
    hold = placed(engine, patron, record)
    assert scanned(engine, "leers", item).hold_state == "IN_TRANSIT"
    assert engine.cancel_hold(me(patron), hold.id).state == "CANCELLED"
    assert_invariants(unit)
    assert [t.item.id for t in engine.transits("hem")] == [item]
    clock.advance(minutes=30)
    arrived = scanned(engine, "hem", item)
    assert (arrived.instruction, arrived.destination, arrived.hold_id) == ("CRATE", "leers", None)
    assert all(kind != "ready" for kind, _ in outcomes(unit, hold))


def test_a_ready_hold_that_is_cancelled_is_announced_no_more(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """T14, I4, I7: the book lies on the shelf until a scan, on the list to clear."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = ready(engine, patron, record, item)
    engine.cancel_hold(me(patron), hold.id)
    assert outcomes(unit, hold) == [("ready", "dropped: by_patron")]
    assert [i.id for i in engine.to_clear("hem")] == [item]
    assert placed(engine, a_patron(unit), record).state == "WAITING"


def test_a_pause_gives_the_copy_up_and_keeps_the_place(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """T12, E9: passed over while paused; resumed it never takes back a captured copy."""
    an_item(unit, record)
    first, second = a_patron(unit), a_patron(unit)
    one, two = placed(engine, first, record), placed(engine, second, record)
    paused = engine.suspend_hold(me(first), one.id, date(2026, 12, 1))
    assert (paused.state, paused.suspended, paused.suspended_until, paused.rank) == (
        "WAITING", True, date(2026, 12, 1), 1,
    )  # fmt: skip
    assert paused.why.startswith("En pause jusqu’au")
    assert (seen(engine, two).state, seen(engine, two).rank) == ("TARGETED", 1)
    resumed = engine.resume_hold(me(first), one.id)
    assert (resumed.state, resumed.suspended, resumed.rank) == ("WAITING", False, 1)
    with pytest.raises(WrongState):
        engine.resume_hold(me(first), one.id)


def test_a_pause_is_refused_for_what_is_on_its_way_and_for_odd_dates(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """T12: from later states refused; longest 365 days (E9)."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = placed(engine, patron, record)
    today = clock.now().date()
    for until in (today, today - timedelta(days=1), today + timedelta(days=366)):
        with pytest.raises(BadInput):
            engine.suspend_hold(me(patron), hold.id, until)
    scanned(engine, "hem", item)
    with pytest.raises(WrongState):
        engine.suspend_hold(me(patron), hold.id)


def test_passing_a_turn_keeps_the_rank_and_lets_the_next_have_it(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """T11: paused seven days; the item goes on at its next scan; at most twice."""
    item, first, second = an_item(unit, record), a_patron(unit), a_patron(unit)
    mine = ready(engine, first, record, item)
    theirs = placed(engine, second, record)
    passed = engine.pass_my_turn(me(first), mine.id)
    assert (passed.state, passed.rank, passed.passes_used) == ("WAITING", 1, 1)
    assert passed.suspended_until == date(2026, 12, 1)
    assert outcomes(unit, mine) == [("ready", "dropped: passed")]
    clock.advance(minutes=1)
    assert scanned(engine, "hem", item).hold_id == theirs.id
    engine.resume_hold(me(first), mine.id)
    with pytest.raises(WrongState):
        engine.pass_my_turn(me(first), mine.id)
    assert_invariants(unit)


def test_a_third_pass_is_refused(unit: Unit, engine: EmbeddedCirculation, record: int) -> None:
    """T11: passes_used < 2."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = ready(engine, patron, record, item)
    for _ in range(2):
        engine.pass_my_turn(me(patron), hold.id)
        engine.resume_hold(me(patron), hold.id)
        assert scanned(engine, "hem", item).hold_state == "READY"
    with pytest.raises(WrongState) as refused:
        engine.pass_my_turn(me(patron), hold.id)
    assert refused.value.event == "pass_my_turn"


def test_within_ten_minutes_a_cancelled_hold_comes_back_at_its_old_rank(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """T17."""
    an_item(unit, record, status="ON_LOAN")
    first, second = a_patron(unit), a_patron(unit)
    one = placed(engine, first, record)
    clock.advance(minutes=1)
    two = placed(engine, second, record)
    engine.cancel_hold(me(first), one.id)
    clock.advance(minutes=9)
    back = engine.restore_hold(me(first), one.id)
    assert (back.state, back.rank, back.end_reason, back.ended_at) == ("WAITING", 1, None, None)
    engine.cancel_hold(me(first), one.id)
    clock.advance(minutes=11)
    with pytest.raises(WrongState):
        engine.restore_hold(me(first), one.id)
    late = engine.restore_hold(STAFF, one.id)
    assert (late.state, late.rank, seen(engine, two).rank) == ("WAITING", 2, 1)
    engine.cancel_hold(me(first), one.id)
    clock.advance(days=8)
    with pytest.raises(WrongState):
        engine.restore_hold(STAFF, one.id)


def test_a_ready_hold_comes_back_ready_while_its_copy_still_lies_there(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """T17: with the old deadline."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = ready(engine, patron, record, item)
    engine.cancel_hold(me(patron), hold.id)
    back = engine.restore_hold(me(patron), hold.id)
    assert (back.state, back.item_id, back.pickup_deadline) == (
        "READY", item, hold.pickup_deadline,
    )  # fmt: skip
    assert [kind for kind, outcome in outcomes(unit, hold) if outcome is None] == ["ready"]
    assert_invariants(unit)


def test_a_restored_hold_is_refused_when_a_newer_one_exists(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """T17: no newer duplicate."""
    an_item(unit, record)
    patron = a_patron(unit)
    one = placed(engine, patron, record)
    engine.cancel_hold(me(patron), one.id)
    two = placed(engine, patron, record)
    with pytest.raises(DuplicateHold) as refused:
        engine.restore_hold(me(patron), one.id)
    assert refused.value.hold_id == two.id


def test_a_copy_lent_to_someone_else_frees_the_hold_for_another(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """E7b: lending a TARGETED item to someone else; the hold is targeted anew."""
    one, two = an_item(unit, record, "hem"), an_item(unit, record, "leers")
    hold = placed(engine, a_patron(unit), record)
    assert hold.item_id == one
    other = a_patron(unit, card="20590000099999")
    engine.lend(STAFF, LendRequest(library="hem", card="20590000099999", item_id=one))
    assert engine.loans_of(other)[0].item_id == one
    now = seen(engine, hold)
    assert (now.state, now.item_id) == ("TARGETED", two)
