"""Days at five desks, drawn at random: whatever people do, I1 to I4 hold after each step."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from core.circulation.desks import agent
from core.circulation.invariants import assert_invariants
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.clock import local_date
from navette.errors import Conflict, Duplicate, Refusal
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, LendRequest, ScanRequest
from navette.network.network import Network
from navette.storage.unit import Unit


@dataclass
class Town:
    """People who do things at random, and what they said last."""

    unit: Unit
    clock: FrozenClock
    circulation: EmbeddedCirculation
    libraries: list[str]
    chance: random.Random
    cards: dict[int, str] = field(default_factory=dict)
    records: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    holds: list[int] = field(default_factory=list)
    loans: list[int] = field(default_factory=list)
    scans: list[tuple[str, str]] = field(default_factory=list)

    def anywhere(self) -> str:
        return self.chance.choice(self.libraries)

    def place(self) -> None:
        patron = self.chance.choice(list(self.cards))
        placed = self.circulation.place_hold(
            Actor("patron", patron_id=patron),
            patron_id=patron, record_id=self.chance.choice(self.records), pickup=self.anywhere(),
        )  # fmt: skip
        self.holds.append(placed.id)

    def scan(self) -> None:
        library = self.anywhere()
        told = self.circulation.scan(
            agent(library),
            ScanRequest(
                library, item_id=self.chance.choice(self.items),
                confirm=self.chance.random() < 0.7, by_machine=self.chance.random() < 0.1,
            ),
        )  # fmt: skip
        self.scans.append((library, told.scan_id))

    def scan_twice(self) -> None:
        library, item = self.anywhere(), self.chance.choice(self.items)
        request = ScanRequest(library, item_id=item, confirm=True)
        first, second = (self.circulation.scan(agent(library), request) for _ in range(2))
        assert first.instruction == second.instruction
        assert (first.destination, first.slip) == (second.destination, second.slip)

    def where_it_goes(self) -> None:
        """Do what the lists say: fetch a line of the pull list, receive a crate."""
        library = self.anywhere()
        lines = self.circulation.pull_list(library)
        trips = self.circulation.transits(library)
        for found in [x.item.id for x in lines] + [t.item.id for t in trips]:
            told = self.circulation.scan(
                agent(library), ScanRequest(library, item_id=found, confirm=True)
            )
            self.scans.append((library, told.scan_id))

    def undo(self) -> None:
        if self.scans:
            library, told = self.scans.pop()
            self.circulation.undo_scan(agent(library), told)

    def lend(self) -> None:
        library, reason = self.anywhere(), "urgent" if self.chance.random() < 0.2 else ""
        loan = self.circulation.lend(
            agent(library),
            LendRequest(
                library, card=self.chance.choice(list(self.cards.values())),
                item_id=self.chance.choice(self.items), override_reason=reason,
            ),
        )  # fmt: skip
        self.loans.append(loan.id)

    def collect(self) -> None:
        library = self.anywhere()
        for hold in self.circulation.shelf(library)[:2]:
            request = LendRequest(library, card=hold.patron_card, item_id=hold.item_id)
            self.circulation.lend(agent(library), request)

    def missing(self) -> None:
        library = self.anywhere()
        self.circulation.mark_missing(
            agent(library), library, item_id=self.chance.choice(self.items)
        )

    def change_mind(self) -> None:
        if not self.holds:
            return
        hold, system, engine = self.chance.choice(self.holds), agent("hem"), self.circulation
        tomorrow = local_date(self.clock.now()) + timedelta(days=3)
        acts: list[Callable[[], object]] = [
            lambda: engine.cancel_hold(system, hold),
            lambda: engine.restore_hold(system, hold),
            lambda: engine.suspend_hold(system, hold, tomorrow),
            lambda: engine.resume_hold(system, hold),
            lambda: engine.pass_my_turn(system, hold),
            lambda: engine.change_pickup(system, hold, self.anywhere()),
            lambda: engine.change_pickup(system, hold, self.anywhere()),
        ]
        self.chance.choice(acts)()

    def the_van_leaves(self) -> None:
        text = "UPDATE transit SET state = 'ON_VAN', loaded_at = boxed_at WHERE state = 'BOXED'"
        self.unit.write(lambda tx: tx.driver.execute(text))

    def time_passes(self) -> None:
        self.clock.advance(minutes=self.chance.choice([1, 20, 300]))
        self.circulation.minute()

    def night(self) -> None:
        self.clock.advance(hours=self.chance.choice([24, 72, 240]))
        self.circulation.nightly()

    def step(self) -> str:
        """Do one thing; a refusal is an answer too."""
        act = self.chance.choice(
            [self.place] * 4 + [self.scan] * 5 + [self.where_it_goes] * 3 + [self.scan_twice] * 2
            + [self.undo] * 2 + [self.lend] * 2 + [self.collect, self.missing, self.the_van_leaves]
            + [self.change_mind] * 4 + [self.time_passes] * 3 + [self.night]
        )  # fmt: skip
        with suppress(Refusal):
            act()
        return act.__name__


@pytest.fixture
def town(unit: Unit, network: Network, clock: FrozenClock, request: pytest.FixtureRequest) -> Town:
    circulation = EmbeddedCirculation(unit, clock)
    made = Town(unit, clock, circulation, list(network.codes), random.Random(request.param))
    patrons = [a_patron(unit) for _ in range(5)]
    patrons.append(a_child(unit, patrons[0]))
    for patron in patrons:
        with unit.read() as reader:
            row = reader.driver.execute(f"SELECT card FROM patron WHERE id = {patron}").fetchone()
        made.cards[patron] = row[0]
    for copies in (1, 2, 3):
        record = a_record(unit)
        made.records.append(record)
        for n in range(copies):
            home = made.libraries[(n + copies) % 5]
            made.items.append(an_item(unit, record, home, section=str(copies)))
    return made


@pytest.mark.parametrize("town", range(5), indirect=True)
def test_the_invariants_hold_whatever_people_do(unit: Unit, town: Town) -> None:
    done: list[str] = []
    for _ in range(150):
        done.append(town.step())
        try:
            assert_invariants(unit)
        except AssertionError as broken:
            pytest.fail(f"after {done[-4:]}: {broken}")


@pytest.mark.parametrize("town", range(2), indirect=True)
def test_the_invariants_hold_when_four_desks_work_at_once(unit: Unit, town: Town) -> None:
    places = [replace(town, chance=random.Random(seed), scans=[]) for seed in range(4)]

    def work(place: Town) -> None:
        for _ in range(40):
            # a lost race is an answer too: the desk tries again
            with suppress(Conflict, Duplicate, AssertionError):
                place.step()

    with ThreadPoolExecutor(len(places)) as pool:
        for done in [pool.submit(work, place) for place in places]:
            done.result()
    assert_invariants(unit)
