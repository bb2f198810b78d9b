"""The jobs of the night and of the minute: T3, T10, T12, T13, E4 (safe twice, late or on time)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.network.tables import Closure
from navette.storage.unit import Unit


@pytest.fixture
def record(unit: Unit) -> int:
    return a_record(unit)


def kinds(unit: Unit, hold: int) -> list[str]:
    with unit.read() as reader:
        rows = reader.driver.execute(
            f"SELECT kind FROM outbox WHERE hold_id = {hold} AND done_at IS NULL ORDER BY id"
        ).fetchall()
    return [row[0] for row in rows]


def test_a_hold_that_was_not_collected_expires_the_night_after_its_deadline(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """T10, E3: never automatically READY for the next person; a scan does that."""
    item, first, second = an_item(unit, record), a_patron(unit), a_patron(unit)
    hold = placed(engine, first, record)
    scanned(engine, "hem", item)
    waiting = placed(engine, second, record)
    deadline = seen(engine, hold).pickup_deadline
    assert deadline is not None
    last_day = deadline.date()
    assert engine.nightly(last_day)["expired"] == 0
    assert engine.nightly(last_day + timedelta(days=1))["expired"] == 1
    assert engine.nightly(last_day + timedelta(days=1))["expired"] == 0
    assert seen(engine, hold).state == "EXPIRED"
    assert kinds(unit, hold.id) == ["expired"]
    assert [i.id for i in engine.to_clear("hem")] == [item]
    assert seen(engine, waiting).state == "WAITING"
    assert scanned(engine, "hem", item).hold_id == waiting.id
    assert_invariants(unit)


def test_the_night_catches_up_after_days_off(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    item, patron = an_item(unit, record), a_patron(unit)
    hold = placed(engine, patron, record)
    scanned(engine, "hem", item)
    assert engine.nightly(date(2026, 12, 20))["expired"] == 1
    assert seen(engine, hold).end_reason is None


def test_a_closure_on_the_deadline_extends_it(
    unit: Unit, engine: EmbeddedCirculation, record: int, network: Network
) -> None:
    """E4, T10: expired only if the pickup library was open on the deadline."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = placed(engine, patron, record)
    scanned(engine, "hem", item)
    last = seen(engine, hold).pickup_deadline
    assert last is not None
    unit.write(
        lambda tx: tx.insert(
            Closure, library_id=network.library("hem").id, first_day=last.date(),
            last_day=last.date(), reason="travaux",
        )
    )  # fmt: skip
    engine.forget_network()
    assert engine.nightly(last.date() + timedelta(days=1))["expired"] == 0
    longer = seen(engine, hold)
    assert longer.state == "READY"
    assert longer.pickup_deadline is not None
    assert longer.pickup_deadline.date() == last.date() + timedelta(days=1)


def test_a_paused_hold_resumes_on_its_morning(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """T12, E9."""
    item, patron = an_item(unit, record), a_patron(unit)
    hold = placed(engine, patron, record)
    engine.suspend_hold(me(patron), hold.id, date(2026, 12, 1))
    assert engine.nightly(date(2026, 11, 30))["resumed"] == 0
    assert engine.nightly(date(2026, 12, 1))["resumed"] == 1
    resumed = seen(engine, hold)
    assert (resumed.state, resumed.item_id, resumed.suspended) == ("TARGETED", item, False)


def test_an_unfilled_hold_ends_after_its_life(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """T13: six months."""
    an_item(unit, record, status="ON_LOAN")
    hold = placed(engine, a_patron(unit, valid_until=date(2028, 1, 1)), record)
    assert engine.nightly(date(2027, 5, 26))["unfilled"] == 0
    assert engine.nightly(date(2027, 5, 27))["unfilled"] == 1
    ended = seen(engine, hold)
    assert (ended.state, ended.end_reason) == ("CANCELLED", "unfilled_expired")
    assert kinds(unit, hold.id)[-1] == "cancelled"


def test_a_copy_that_is_not_found_in_a_full_opening_day_gives_way_to_another(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """T3, section 6: untarget, next copy, a penalty on that copy."""
    one, two = an_item(unit, record, "hem"), an_item(unit, record, "leers")
    hold = placed(engine, a_patron(unit), record)
    assert hold.item_id == one
    clock.advance(hours=4)
    assert engine.minute() == {"timed_out": 0, "targeted": 0}
    clock.advance(hours=5)  # Tuesday 19:00, after the closing
    assert engine.minute() == {"timed_out": 1, "targeted": 0}
    assert seen(engine, hold).item_id == two
    assert engine.minute()["timed_out"] == 0
    for _ in range(3):
        clock.advance(days=3)
        engine.minute()
    assert seen(engine, hold).state == "WAITING"  # each failed twice: hopeless until a scan
    assert scanned(engine, "hem", one).hold_state == "READY"


def test_a_reopened_library_is_asked_by_the_timer(
    unit: Unit, engine: EmbeddedCirculation, record: int, network: Network, clock: FrozenClock
) -> None:
    """E4, section 6: a closed source is no candidate; targeting runs on a timer."""
    unit.write(
        lambda tx: tx.insert(
            Closure, library_id=network.library("leers").id, first_day=date(2026, 11, 24),
            last_day=date(2026, 11, 25), reason="",
        )
    )  # fmt: skip
    engine.forget_network()
    an_item(unit, record, "leers")
    hold = placed(engine, a_patron(unit), record)
    assert hold.state == "WAITING"
    assert engine.minute()["targeted"] == 0
    clock.advance(days=2)
    assert engine.minute()["targeted"] == 1
    assert seen(engine, hold).state == "TARGETED"
