"""Collecting for somebody (T9): one visit, only what is ready, and never a second time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.circulation.desks import Desks
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import PickupCodeRefused
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, LendRequest, LoanView
from navette.network.network import Network
from navette.patrons.pickup_codes import LIFE, VISIT, keep_pickup_code
from navette.storage.unit import Unit

MARK = ["mark"]


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


@pytest.fixture
def alice(unit: Unit, clock: FrozenClock) -> int:
    alice = a_patron(unit)
    unit.write(lambda tx: keep_pickup_code(tx, alice, "mark", clock.now()))
    return alice


def ready(unit: Unit, desks: Desks, patron: int, at: str = "leers") -> int:
    item = an_item(unit, a_record(unit, f"Titre {patron}"), at)
    desks.place(patron, int(desks.value(f"SELECT record_id FROM item WHERE id = {item}")), at)
    desks.scan(at, item)
    return item


def come(engine: EmbeddedCirculation, item: int, at: str = "leers", card: str = "") -> LoanView:
    desk = Actor("staff", staff_id=1, library=at, role="agent")
    return engine.lend(desk, LendRequest(at, card=card, item_id=item, pickup_marks=MARK))


def test_what_is_ready_leaves_with_the_code(
    unit: Unit, desks: Desks, engine: EmbeddedCirculation, alice: int
) -> None:
    loan = come(engine, ready(unit, desks, alice))
    assert loan.patron_id == alice
    assert desks.rows("SELECT kind, patron_id FROM outbox WHERE kind = 'pickup_used'") == [
        ("pickup_used", alice)
    ]


def test_a_parent_s_code_collects_for_the_children_too(
    unit: Unit, desks: Desks, engine: EmbeddedCirculation, alice: int
) -> None:
    child = a_child(unit, alice)
    assert come(engine, ready(unit, desks, child)).patron_id == child


def test_a_free_book_or_another_s_does_not_leave_with_it(
    unit: Unit, desks: Desks, engine: EmbeddedCirculation, alice: int
) -> None:
    free, another = an_item(unit, a_record(unit), "leers"), ready(unit, desks, a_patron(unit))
    for item in (free, another):
        with pytest.raises(PickupCodeRefused, match="not_waiting"):
            come(engine, item)
    assert come(engine, ready(unit, desks, alice)).patron_id == alice, "nothing was used up"


def test_one_visit_takes_all_that_is_ready_there_and_then_it_is_over(
    unit: Unit, desks: Desks, engine: EmbeddedCirculation, alice: int, clock: FrozenClock
) -> None:
    first, second, third = (ready(unit, desks, alice) for _ in range(3))
    elsewhere = ready(unit, desks, alice, "hem")
    come(engine, first)
    come(engine, second)
    with pytest.raises(PickupCodeRefused, match="unknown"):
        come(engine, elsewhere, "hem")
    clock.advance(seconds=VISIT.total_seconds())
    with pytest.raises(PickupCodeRefused, match="unknown"):
        come(engine, third)


def test_it_ends_after_seven_days(
    unit: Unit, desks: Desks, engine: EmbeddedCirculation, alice: int, clock: FrozenClock
) -> None:
    item = ready(unit, desks, alice)
    clock.advance(seconds=(LIFE + timedelta(seconds=1)).total_seconds())
    with pytest.raises(PickupCodeRefused, match="unknown"):
        come(engine, item)


def test_a_new_code_replaces_the_old_one_and_a_card_must_agree(
    unit: Unit, desks: Desks, engine: EmbeddedCirculation, alice: int, clock: FrozenClock
) -> None:
    item = ready(unit, desks, alice)
    a_patron(unit, card="20590000099999")
    with pytest.raises(PickupCodeRefused):
        come(engine, item, card="20590000099999")
    unit.write(lambda tx: keep_pickup_code(tx, alice, "newer", clock.now()))
    with pytest.raises(PickupCodeRefused):
        come(engine, item)
