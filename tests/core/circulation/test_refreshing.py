"""What the night finds out: later promises, holds without hope, crates lost (E1, 6, 7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.refreshing import hopeless
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, LendRequest
from navette.storage.unit import Unit

COORDINATOR = Actor("staff", staff_id=9, library="hem", role="coordinator")


@pytest.fixture
def record(unit: Unit) -> int:
    return a_record(unit)


def open_notices(unit: Unit, hold: int) -> list[str]:
    with unit.read() as reader:
        rows = reader.driver.execute(
            f"SELECT kind FROM outbox WHERE hold_id = {hold} AND done_at IS NULL ORDER BY id"
        ).fetchall()
    return [row[0] for row in rows]


def test_a_book_that_is_not_returned_makes_the_promise_later_and_says_so_once(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """Section 7: each change of the promise tells the patron."""
    item = an_item(unit, record)
    a_patron(unit, card="20590000055555")
    loan = engine.lend(STAFF, LendRequest(library="hem", card="20590000055555", item_id=item))
    hold = placed(engine, a_patron(unit), record)
    assert hold.promise is not None
    assert hold.promise.latest_on is not None
    assert loan.due_on <= hold.promise.latest_on
    assert engine.nightly(loan.due_on)["later"] == 0
    late = hold.promise.latest_on + timedelta(days=1)
    assert engine.nightly(late)["later"] == 1
    assert engine.nightly(late)["later"] == 0
    assert open_notices(unit, hold.id) == ["later"]
    now = seen(engine, hold)
    assert now.promise is not None
    assert now.promise.latest_on is not None
    assert now.promise.latest_on > hold.promise.latest_on


def test_a_hold_that_no_copy_can_fill_joins_the_list_and_ends_after_thirty_days(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """Section 6, E11: without hope; CANCELLED(no_copy_left) after 30 days."""
    item = an_item(unit, record)
    hold = placed(engine, a_patron(unit), record)
    engine.mark_missing(STAFF, "hem", item_id=item)
    assert seen(engine, hold).state == "WAITING"
    engine.nightly(date(2026, 11, 25))
    with unit.read() as reader:
        assert hopeless(reader) == [hold.id]
    assert engine.nightly(date(2026, 12, 20))["no_copy_left"] == 0
    clock.advance(days=32)  # a closure looks at every promise, and ends nobody's hope
    engine.close_library(COORDINATOR, "leers", date(2026, 12, 28), date(2026, 12, 29))
    assert seen(engine, hold).state == "WAITING"
    assert engine.nightly(date(2026, 12, 26))["no_copy_left"] == 1
    ended = seen(engine, hold)
    assert (ended.state, ended.end_reason) == ("CANCELLED", "no_copy_left")
    assert open_notices(unit, hold.id) == ["later", "cancelled"]


def test_a_copy_that_comes_back_brings_hope_back(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    item = an_item(unit, record)
    hold = placed(engine, a_patron(unit), record)
    engine.mark_missing(STAFF, "hem", item_id=item)
    engine.nightly(date(2026, 11, 25))
    an_item(unit, record, "leers", status="ON_LOAN")
    engine.nightly(date(2026, 11, 26))
    with unit.read() as reader:
        assert hopeless(reader) == []
    assert scanned(engine, "hem", item).hold_id == hold.id


def test_a_crate_that_missed_more_than_four_vans_is_missing(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """E1: T8, the original rank is kept, another copy is targeted."""
    item = an_item(unit, record, "leers")
    hold = placed(engine, a_patron(unit), record)
    scanned(engine, "leers", item)
    clock.advance(minutes=1)
    second = an_item(unit, record, "lys")
    assert engine.nightly(date(2026, 12, 8))["lost"] == 0  # Fri, Tue, Fri, and not yet Tuesday's
    assert engine.nightly(date(2026, 12, 12))["lost"] == 1
    assert engine.nightly(date(2026, 12, 12))["lost"] == 0
    now = seen(engine, hold)
    assert (now.state, now.item_id, now.rank) == ("TARGETED", second, 1)
    assert "later" in open_notices(unit, hold.id)
    assert_invariants(unit)
