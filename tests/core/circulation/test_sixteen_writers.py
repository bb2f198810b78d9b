"""Sixteen writers on one record, with real threads: nothing is lost, nothing stays locked (I6)."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from at_once import at_once
from core.circulation.desks import Desks, agent
from core.circulation.invariants import assert_invariants
from core.circulation.ledger import TABLE
from core.circulation.reserving import me
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import Refusal
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import LendRequest, ScanRequest
from navette.network.network import Network
from navette.storage.unit import Unit

WRITERS, ROUNDS = 16, 8
SLOWEST_P95 = 5.0  # seconds; the machine may be busy with something else
HOMES = ("hem", "lannoy", "leers", "lys", "toufflers")


@dataclass
class Writer:
    """A person and a desk who do one thing after the other, and note what was accepted."""

    engine: EmbeddedCirculation
    patron: int
    card: str
    record: int
    items: list[int]
    chance: random.Random
    holds: list[int] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def work(self) -> None:
        for _ in range(ROUNDS):
            for act in (self.place, self.scan, self.change, self.scan, self.lend, self.cancel):
                start = time.perf_counter()
                try:
                    act()
                    self.done[act.__name__] += 1
                except Refusal:
                    self.done["refused"] += 1
                self.seconds.append(time.perf_counter() - start)

    def place(self) -> None:
        self.holds.append(
            self.engine.place_hold(
                me(self.patron), patron_id=self.patron, record_id=self.record,
                pickup=self.chance.choice(HOMES),
            ).id
        )  # fmt: skip

    def scan(self) -> None:
        here = self.chance.choice(HOMES)
        request = ScanRequest(here, item_id=self.chance.choice(self.items), confirm=True)
        self.engine.scan(agent(here), request)

    def change(self) -> None:
        pickup = self.chance.choice(HOMES)
        self.engine.change_pickup(me(self.patron), self.holds[-1] if self.holds else 0, pickup)

    def lend(self) -> None:
        here, item = self.chance.choice(HOMES), self.chance.choice(self.items)
        self.engine.lend(agent(here), LendRequest(here, card=self.card, item_id=item))

    def cancel(self) -> None:
        self.engine.cancel_hold(me(self.patron), self.holds[-1] if self.holds else 0)


@pytest.mark.slow
def test_sixteen_writers_on_one_record_lose_nothing(
    unit: Unit,
    engine: EmbeddedCirculation,
    network: Network,
    clock: FrozenClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """I6: one transaction each; who loses a race is answered, and no deadlock is left over."""
    record = a_record(unit)
    items = [an_item(unit, record, home) for home in HOMES[:4]]
    writers = []
    for number in range(WRITERS):
        card = f"2059000055{number:04d}"
        patron = a_patron(unit, card=card)
        chance = random.Random(number)
        writers.append(Writer(engine, patron, card, record, items, chance))
    works: list[Callable[[], Any]] = [writer.work for writer in writers]
    start = time.perf_counter()
    for answer in at_once(*works):
        assert answer is None, answer
    took = time.perf_counter() - start
    seconds = sorted(s for writer in writers for s in writer.seconds)
    p95 = seconds[int(len(seconds) * 0.95)]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{WRITERS} writers on one record, {unit.dialect}: {len(seconds) / took:.0f} a"
            f" second, p50 {seconds[len(seconds) // 2] * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms\n"
        )
    assert p95 < SLOWEST_P95
    nothing_is_lost(Desks(unit, network, clock), writers)
    assert_invariants(unit)


def nothing_is_lost(desks: Desks, writers: list[Writer]) -> None:
    """Every answer that was given is in the rows, and every row was answered."""
    done = sum((writer.done for writer in writers), Counter())
    assert sum(done.values()) == WRITERS * ROUNDS * 6
    assert desks.value("SELECT COUNT(*) FROM hold") == done["place"]
    assert desks.value("SELECT COUNT(*) FROM hold WHERE state = 'CANCELLED'") == done["cancel"]
    assert desks.value("SELECT COUNT(*) FROM scan") == done["scan"]
    assert desks.value("SELECT COUNT(*) FROM loan") == done["lend"]
    assert desks.value("SELECT SUM(loans) FROM item") == done["lend"]
    assert desks.value("SELECT loans FROM record") == done["lend"]
    at: dict[int, str] = {}
    for hold, before, after, trigger in desks.rows(
        'SELECT hold_id, from_state, to_state, "trigger" FROM hold_event ORDER BY hold_id, id'
    ):
        assert before == at.get(hold), ("a state that nobody wrote down", hold)
        assert trigger == "place" or TABLE[trigger, before] == after
        at[hold] = after
