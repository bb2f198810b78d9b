"""Dated rounds: made ahead, once; cancelled, closed at a stop, restored; promises follow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.circulation.reserving import placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.overdue import runs_left
from navette.errors import BadInput, Forbidden, NotFound, WrongState
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.storage.unit import Unit

TUESDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 27)
NEXT_TUESDAY = date(2026, 12, 1)
DRIVER = Actor("staff", staff_id=9, library="lys", role="driver")
HEAD = Actor("staff", staff_id=8, library="hem", role="coordinator")


def rounds(unit: Unit) -> list[tuple[Any, ...]]:
    with unit.read() as reader:
        sql = "SELECT day, state FROM van_run ORDER BY day"
        return [(str(day), state) for day, state in reader.driver.execute(sql).fetchall()]


def test_the_night_makes_the_rounds_of_four_weeks_once(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    assert engine.nightly()["rounds"] == 8  # Tuesdays and Fridays
    assert engine.nightly()["rounds"] == 0
    assert rounds(unit)[0] == ("2026-11-24", "planned")
    clock.advance(days=7)
    assert engine.nightly()["rounds"] == 2
    assert [state for _, state in rounds(unit)[:3]] == ["done", "done", "planned"]
    assert engine.van_run().day == NEXT_TUESDAY


def test_rounds_are_made_on_demand(unit: Unit, engine: EmbeddedCirculation) -> None:
    assert rounds(unit) == []
    assert engine.van_run().day == TUESDAY
    assert engine.van_run(FRIDAY).day == FRIDAY
    assert len(rounds(unit)) == 8
    with pytest.raises(NotFound):
        engine.van_run(FRIDAY + timedelta(days=1))


def test_without_a_van_there_is_no_round(unit: Unit, engine: EmbeddedCirculation) -> None:
    unit.write(lambda tx: tx.driver.execute("DELETE FROM van_stop").rowcount)
    engine.forget_network()
    with pytest.raises(NotFound):
        engine.van_run()
    with pytest.raises(NotFound):
        engine.load_van(DRIVER, "hem", everything=True)
    assert engine.nightly()["rounds"] == 0


def test_a_new_timetable_changes_the_rounds_nobody_touched_from_tomorrow_on(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    engine.van_run()
    engine.close_stop(HEAD, FRIDAY, "lys", "Travaux")
    unit.write(lambda tx: tx.driver.execute("DELETE FROM van_stop WHERE sequence = 5").rowcount)
    engine.forget_network()
    assert engine.nightly()["rounds"] == 0
    stops = {day: len(engine.van_run(day).stops) for day in (TUESDAY, FRIDAY, NEXT_TUESDAY)}
    assert stops == {TUESDAY: 5, FRIDAY: 5, NEXT_TUESDAY: 4}


def test_a_cancelled_round_moves_the_promises_and_says_why(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """Section 7: promises read the timetable without the rounds that are cancelled."""
    record = a_record(unit)
    an_item(unit, record, "hem")
    patron = a_patron(unit)
    hold = placed(engine, patron, record, "leers")
    engine.van_run()
    assert hold.promise is not None
    assert hold.promise.likely_at is not None
    assert hold.promise.likely_at.date() == FRIDAY
    run = engine.cancel_run(HEAD, FRIDAY, "Verglas")
    assert (run.state, run.reason) == ("cancelled", "Verglas")
    moved = seen(engine, hold).promise
    assert moved is not None
    assert moved.likely_at is not None
    assert moved.likely_at.date() >= NEXT_TUESDAY
    fresh = engine.promise(record, "leers")[0]
    assert fresh.likely_at is not None
    assert fresh.likely_at.date() >= NEXT_TUESDAY
    engine.restore_run(HEAD, FRIDAY)
    back = seen(engine, hold).promise
    assert back is not None
    assert back.likely_at == hold.promise.likely_at


def test_a_van_that_does_not_drive_counts_for_no_lateness(
    engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """E1 counts the rounds that left, not those of the paper."""
    boxed_at = clock.now()
    engine.van_run()
    engine.cancel_run(HEAD, FRIDAY, "Verglas")
    engine.close_stop(HEAD, NEXT_TUESDAY, "hem", "Travaux")
    later = boxed_at + timedelta(days=8)
    timetable = engine.network.timetable
    assert runs_left(timetable, "hem", boxed_at, later) == 0
    assert runs_left(timetable, "lannoy", boxed_at, later) == 1


def test_a_closed_stop_keeps_its_crates_for_the_next_round(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    placed(engine, a_patron(unit), record, "leers")
    scanned(engine, "hem", item)
    engine.van_run()
    run = engine.close_stop(HEAD, TUESDAY, "leers", "Marché de Noël")
    assert [(s.library, s.closed) for s in run.stops if s.closed] == [("leers", "Marché de Noël")]
    engine.load_van(DRIVER, "hem", everything=True)
    assert [len(s.drop) for s in engine.van_run(TUESDAY).stops] == [0, 0, 0, 0, 0]
    with pytest.raises(WrongState):
        engine.load_van(DRIVER, "leers", everything=True)
    clock.advance(days=3)
    assert engine.van_run().day == FRIDAY
    assert [len(s.drop) for s in engine.van_run().stops] == [0, 0, 1, 0, 0]


def test_after_a_cancelled_round_the_next_one_is_shown(engine: EmbeddedCirculation) -> None:
    engine.van_run()
    engine.cancel_run(HEAD, TUESDAY, "Panne")
    assert engine.van_run().day == FRIDAY
    assert engine.van_run(TUESDAY).reason == "Panne"


def test_only_the_coordinator_alters_a_round_and_says_why(
    engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    engine.van_run()
    with pytest.raises(Forbidden):
        engine.cancel_run(DRIVER, FRIDAY, "Verglas")
    with pytest.raises(Forbidden):
        engine.close_stop(Actor("patron", patron_id=1), FRIDAY, "hem", "Verglas")
    for reason in (" ", "x" * 201):
        with pytest.raises(BadInput):
            engine.cancel_run(HEAD, FRIDAY, reason)
    with pytest.raises(NotFound):
        engine.close_stop(HEAD, FRIDAY, "nulle-part", "Verglas")
    with pytest.raises(NotFound):
        engine.cancel_run(HEAD, date(2031, 1, 1), "Verglas")
    clock.advance(days=7)
    engine.nightly()
    with pytest.raises(WrongState):
        engine.restore_run(HEAD, FRIDAY)
