"""Habits are counted each night from what happened: once each, without anybody's name (7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from at_once import at_once
from core.circulation.reserving import STAFF, placed, scanned
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, LendRequest
from navette.network.habits import AWAY, COLLECT, MOST_ROUNDS, NOT_COLLECTED, PULL, RETURN, UNPACK
from navette.network.network import Network
from navette.network.tables import Observation
from navette.storage.base import table
from navette.storage.unit import Unit

AT_LEERS = Actor("staff", staff_id=3, library="leers", role="agent")
AT_LYS = Actor("staff", staff_id=4, library="lys", role="agent")
CARD = "20590000055555"


@pytest.fixture
def record(unit: Unit) -> int:
    return a_record(unit)


def counted(engine: EmbeddedCirculation) -> dict[tuple[str, str, str], dict[int, int]]:
    engine.forget_network()
    network = engine.network
    return {
        (kind, network.by_id(library).code, of): dict(counts)
        for (kind, library, of), counts in network.habits.counted.items()
    }


def test_a_return_is_counted_by_library_and_type_once(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """Lateness really observed."""
    item = an_item(unit, record)
    a_patron(unit, card=CARD)
    loan = engine.lend(STAFF, LendRequest(library="hem", card=CARD, item_id=item))
    clock.advance(days=(loan.due_on - date(2026, 11, 24)).days + 3)
    scanned(engine, "leers", item)
    assert engine.nightly()["observed"] == 0  # the day is not over
    clock.advance(days=1)
    assert engine.nightly()["observed"] == 2
    assert counted(engine)[RETURN, "hem", "book"] == {3: 1}
    assert counted(engine)[AWAY, "hem", ""] == {1: 1}
    assert engine.nightly()["observed"] == 0
    clock.advance(days=9)
    assert engine.nightly()["observed"] == 0  # days off: nothing is counted twice
    assert counted(engine)[RETURN, "hem", "book"] == {3: 1}


def test_nights_that_were_missed_are_counted_by_the_next_one(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    assert engine.nightly()["observed"] == 0
    items = [an_item(unit, record) for _ in range(3)]
    a_patron(unit, card=CARD)
    for item in items:
        engine.lend(STAFF, LendRequest(library="hem", card=CARD, item_id=item))
        clock.advance(days=1)
        scanned(engine, "hem", item)
    clock.advance(days=3)
    both: list[Any] = at_once(engine.nightly, engine.nightly)
    assert sorted(done["observed"] for done in both) == [0, 6]
    assert sum(counted(engine)[RETURN, "hem", "book"].values()) == 3


def test_rounds_crates_and_readers_are_counted(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """How a library finds, unpacks, and how long it keeps what is ready."""
    item = an_item(unit, record, "leers")
    hold = placed(engine, a_patron(unit, card=CARD), record, "lys")
    clock.advance(days=1)  # Wednesday 10:00: the round of Tuesday afternoon passed without it
    scanned(engine, "leers", item)
    clock.advance(days=3)  # Saturday: the van came on Friday, Lys opened that day
    scanned(engine, "lys", item)
    clock.advance(days=4)
    engine.lend(AT_LYS, LendRequest(library="lys", card=CARD, item_id=item))
    clock.advance(days=1)
    engine.nightly()
    seen = counted(engine)
    assert seen[UNPACK, "lys", ""] == {1: 1}
    assert seen[COLLECT, "lys", ""] == {4: 1}
    assert sum(seen[PULL, "leers", ""].values()) == 1
    assert set(seen[PULL, "leers", ""]) <= {1, 2}
    assert hold.id


def test_what_is_not_found_and_not_collected_counts_as_that(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    lost, kept = an_item(unit, record, "hem"), an_item(unit, record, "hem")
    placed(engine, a_patron(unit), record, "hem")
    engine.mark_missing(STAFF, "hem", item_id=lost)
    scanned(engine, "hem", kept)
    clock.advance(days=30)
    engine.nightly()
    clock.advance(days=1)
    engine.nightly()
    seen = counted(engine)
    assert seen[PULL, "hem", ""][MOST_ROUNDS] == 1
    assert seen[COLLECT, "hem", ""] == {NOT_COLLECTED: 1}


def test_nothing_counted_names_a_person() -> None:
    assert set(table(Observation).c.keys()) == {"id", "kind", "library_id", "item_type", "counts"}


def test_habits_reach_the_promise(
    unit: Unit, engine: EmbeddedCirculation, record: int, network: Network
) -> None:
    leers = network.library("leers").id
    item = an_item(unit, record, "leers")
    a_patron(unit, card=CARD)
    engine.lend(AT_LEERS, LendRequest(library="leers", card=CARD, item_id=item))
    before = engine.promise(record, "leers")[0].likely_at
    unit.write(
        lambda tx: tx.insert(
            Observation, kind=RETURN, library_id=leers, item_type="book", counts={"14": 500}
        )
    )
    engine.forget_network()
    after = engine.promise(record, "leers")[0].likely_at
    assert before is not None
    assert after is not None
    assert after - before > timedelta(days=9)
