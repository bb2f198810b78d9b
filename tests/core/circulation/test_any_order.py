"""Whatever people and desks do, in whatever order: the invariants of section 3 stay true."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.clock import local_date
from navette.errors import Refusal
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import LendRequest
from navette.storage.unit import Unit

HOMES = ("hem", "lannoy", "leers", "lys", "toufflers")
STEPS = 60


class Town:
    """A few people, titles and copies, and everything that may happen to them."""

    def __init__(self, unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock) -> None:
        self.unit, self.engine, self.clock = unit, engine, clock
        self.cards = [f"2059000000{n:04d}" for n in range(4)]
        self.patrons = [a_patron(unit, card=card) for card in self.cards]
        self.records = [a_record(unit, f"Titre {n}") for n in range(3)]
        self.items = [
            an_item(unit, record, HOMES[(n + k) % 5])
            for n, record in enumerate(self.records)
            for k in range(n + 1)
        ]
        self.holds: list[int] = []

    def acts(self, chance: random.Random) -> list[Callable[[], Any]]:
        engine, patron = self.engine, chance.choice(self.patrons)
        hold, actor = chance.choice(self.holds or [0]), chance.choice([STAFF, me(patron)])
        item, here = chance.choice(self.items), chance.choice(HOMES)
        soon = local_date(self.clock.now()) + timedelta(days=chance.randint(1, 9))
        card = chance.choice(self.cards)
        desk = [
            lambda: scanned(engine, here, item, confirm=chance.random() < 0.5),
            lambda: scanned(engine, here, item, by_machine=chance.random() < 0.2),
            lambda: scanned(engine, self.where(item), item, confirm=True),
            lambda: engine.lend(STAFF, LendRequest(library=here, card=card, item_id=item)),
        ]
        return [
            lambda: self.holds.append(
                placed(engine, patron, chance.choice(self.records), here).id
            ),
            *desk, *desk,
            lambda: engine.cancel_hold(STAFF, hold),
            lambda: engine.suspend_hold(actor, hold, chance.choice([None, soon])),
            lambda: engine.resume_hold(actor, hold),
            lambda: engine.change_pickup(STAFF, hold, here),
            lambda: engine.change_pickup(STAFF, hold, here),
            lambda: engine.pass_my_turn(STAFF, hold),
            lambda: engine.restore_hold(STAFF, hold),
            lambda: chance.random() < 0.2 and engine.mark_missing(STAFF, here, item_id=item),
            engine.minute,
            lambda: self.undo(here),
        ]  # fmt: skip

    def where(self, item: int) -> str:
        with self.unit.read() as reader:
            row = reader.driver.execute(
                f"SELECT l.code FROM item i JOIN library l ON l.id = i.current_library_id"
                f" WHERE i.id = {item}"
            ).fetchone()
        return str(row[0])

    def undo(self, library: str) -> None:
        for scan in self.engine.last_scans(library, 1):
            self.engine.undo_scan(STAFF, scan.scan_id)


@pytest.mark.parametrize("seed", range(6))
def test_the_invariants_survive_any_order_of_events(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, seed: int
) -> None:
    """I1 to I4: refusals are allowed, broken promises are not."""
    chance = random.Random(seed)
    town = Town(unit, engine, clock)
    done = 0
    for _ in range(STEPS):
        act = chance.choice(town.acts(chance))
        try:
            act()
            done += 1
        except Refusal:
            pass
        assert_invariants(unit)
        clock.advance(minutes=chance.choice([1, 5, 15, 60, 600]))
        if chance.random() < 0.1:
            engine.nightly(local_date(clock.now()))
            assert_invariants(unit)
        for patron in town.patrons:
            engine.holds_of(patron)
            engine.loans_of(patron)
    assert done > STEPS / 3
