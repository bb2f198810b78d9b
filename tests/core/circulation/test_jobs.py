"""Jobs of the night: killed anywhere, run twice at once, late by days: each thing happens once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest

from at_once import at_once
from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation import nightly
from navette.circulation.facts import HoldRow
from navette.errors import NotFound
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import HoldView, LendRequest
from navette.network.network import Network
from navette.storage.unit import Reader, Tx, Unit
from navette_server.timed import TimedJobs

T = TypeVar("T")
CARD = "20590000055555"
A_NIGHT = date(2027, 1, 15)  # by then all of it is due


class Killed(Exception):
    """The process died here."""


@dataclass
class Mortal:
    """A unit of work that dies at a given write, before or after it is committed."""

    unit: Unit
    left: int
    kept: bool = False

    @property
    def dialect(self) -> str:
        return self.unit.dialect

    def read(self) -> AbstractContextManager[Reader]:
        return self.unit.read()

    def write(self, work: Callable[[Tx], T]) -> T:
        if self.left == 0 and not self.kept:
            raise Killed
        done = self.unit.write(work)
        if self.left == 0:
            raise Killed
        self.left -= 1
        return done

    def close(self) -> None:
        """It is the other's to close."""


@dataclass
class Evening:
    """What the night has to deal with."""

    uncollected: HoldView
    paused: HoldView
    unfilled: HoldView
    timed_out: HoldView
    lost: HoldView
    late: HoldView


@pytest.fixture
def evening(unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock) -> Evening:
    records = [a_record(unit, f"Titre {n}") for n in range(6)]
    items = [an_item(unit, record, "hem") for record in records[:5]]
    people = [a_patron(unit, valid_until=date(2028, 1, 1)) for _ in range(6)]
    uncollected = placed(engine, people[0], records[0])
    scanned(engine, "hem", items[0])
    paused = placed(engine, people[1], records[1])
    engine.suspend_hold(me(people[1]), paused.id, date(2026, 12, 20))
    a_patron(unit, card=CARD, valid_until=date(2028, 1, 1))
    engine.lend(STAFF, LendRequest(library="hem", card=CARD, item_id=items[2]))
    unfilled = placed(engine, people[2], records[2])
    unit.write(
        lambda tx: tx.driver.execute(
            f"UPDATE hold SET not_after = '2026-12-15' WHERE id = {unfilled.id}"
        )
    )
    timed_out = placed(engine, people[3], records[3])
    lost = placed(engine, people[4], records[4], "leers")
    scanned(engine, "hem", items[4])
    out = an_item(unit, records[5], "leers")
    engine.lend(STAFF, LendRequest(library="hem", card=CARD, item_id=out))
    late = placed(engine, people[5], records[5], "leers")
    clock.advance(minutes=1)
    return Evening(uncollected, paused, unfilled, timed_out, lost, late)


def facts(unit: Unit) -> dict[str, Any]:
    """What a night leaves behind, and how often."""
    with unit.read() as reader:
        ask = reader.driver.execute
        holds = ask("SELECT id, state, suspended, end_reason FROM hold ORDER BY id").fetchall()
        events = ask("SELECT hold_id, trigger, reason FROM hold_event").fetchall()
        notices = ask("SELECT hold_id, kind FROM outbox WHERE done_at IS NULL").fetchall()
        items = ask("SELECT id, status, targeting_penalty FROM item ORDER BY id").fetchall()
        counted = ask("SELECT kind, library_id, counts FROM observation ORDER BY id").fetchall()
    return {
        "holds": [tuple(row) for row in holds],
        "events": Counter(tuple(row) for row in events),
        "notices": Counter(tuple(row) for row in notices),
        "items": [tuple(row) for row in items],
        "counted": sorted(tuple(row) for row in counted),
    }


def a_night(unit: Unit, network: Network, day: date = A_NIGHT) -> dict[str, int]:
    """As of four in the morning."""
    now = FrozenClock().now().replace(year=day.year, month=day.month, day=day.day, hour=2)
    return dict(nightly.night(unit, network, now))


def once_only(found: dict[str, Any], evening: Evening) -> None:
    """Each thing happened, and happened once."""
    states = {row[0]: row[1] for row in found["holds"]}
    assert states[evening.uncollected.id] == "EXPIRED"
    assert states[evening.unfilled.id] == "CANCELLED"
    assert states[evening.paused.id] == "TARGETED"
    assert found["events"][evening.uncollected.id, "expire", "not_collected"] == 1
    assert found["events"][evening.unfilled.id, "unfilled", "unfilled_expired"] == 1
    assert found["events"][evening.lost.id, "lose", "introuvable"] == 1
    assert found["notices"][evening.uncollected.id, "expired"] == 1
    assert found["notices"][evening.unfilled.id, "cancelled"] == 1
    assert max(found["notices"].values()) == 1


def test_a_night_that_is_killed_at_every_write_is_taken_up_where_it_was(
    unit: Unit, network: Network, evening: Evening
) -> None:
    """Killed before its first write, after it, before the second one... until one comes through."""
    killed = 0
    for at in range(60):
        mortal = Mortal(unit, left=at // 2, kept=bool(at % 2))
        try:
            a_night(mortal, network)
        except Killed:
            killed += 1
            assert_invariants(unit)
            continue
        break
    assert killed >= 6
    found = facts(unit)
    once_only(found, evening)
    a_night(unit, network)
    assert facts(unit) == found, "there was something left to do"


def test_two_nights_at_once_do_each_thing_once(
    unit: Unit, network: Network, evening: Evening
) -> None:
    both = at_once(lambda: a_night(unit, network), lambda: a_night(unit, network))
    assert not [one for one in both if isinstance(one, Exception)], both
    for what in ("expired", "unfilled", "lost"):
        assert sum(one[what] for one in both) == 1, what
    once_only(facts(unit), evening)
    assert_invariants(unit)


def test_three_days_off_end_like_three_nights(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, network: Network, evening: Evening
) -> None:
    """The first night after days off does what the missed ones would have done."""
    deadline = engine.hold(STAFF, evening.uncollected.id).pickup_deadline
    assert deadline is not None
    clock.set(deadline + timedelta(days=3))
    jobs = TimedJobs(unit, clock, engine)
    jobs.due()
    found = facts(unit)
    states = {row[0]: row[1] for row in found["holds"]}
    assert states[evening.uncollected.id] == "EXPIRED"
    assert found["events"][evening.uncollected.id, "expire", "not_collected"] == 1
    assert states[evening.timed_out.id] in {"TARGETED", "WAITING"}
    jobs.due()
    TimedJobs(unit, clock, engine).due()  # another process, the same night
    assert facts(unit) == found
    assert network.codes


def test_one_hold_that_cannot_be_dealt_with_stands_in_nobodys_way(
    unit: Unit, network: Network, evening: Evening, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def refuse(_tx: Tx, _network: Network, _now: object, _hold: HoldRow) -> bool:
        raise NotFound

    with monkeypatch.context() as patched:
        patched.setattr(nightly, "_expire", refuse)
        done = a_night(unit, network)
    assert done["expired"] == 0
    assert done["unfilled"] == 1
    assert "left to the next run" in caplog.text
    assert a_night(unit, network)["expired"] == 1
    once_only(facts(unit), evening)
