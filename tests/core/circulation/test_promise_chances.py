"""What a promise knows of chance: lateness observed, copies beyond hope, full vans (section 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from navette.circulation.facts import ItemRow
from navette.circulation.futures import Copy, Situation
from navette.circulation.promise import Promise, promised
from navette.circulation.supply import between_readers, copies_of
from navette.circulation.van_room import Crate, VanRoom
from navette.clock import local_date
from navette.network.habits import (
    LOST,
    PULL,
    RETURN,
    SCENARIOS,
    Curve,
    Habits,
    counted_value,
    shuffled,
)
from networks import a_plain_network

NETWORK = a_plain_network()
HEM, LEERS = NETWORK.library("hem"), NETWORK.library("leers")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = local_date(NOW)


def an_item_row(**given: Any) -> ItemRow:
    values: dict[str, Any] = dict.fromkeys(ItemRow._fields)
    values |= {
        "id": 1, "record_id": 1, "work_id": 1, "home_library_id": LEERS.id, "type": "book",
        "current_library_id": LEERS.id, "status": "ON_LOAN", "not_for_loan": False,
        "volume_key": "", "alert": "", "version": 1, "targeting_penalty": 0,
    }  # fmt: skip
    return ItemRow(**(values | given))


def promised_for(due: date, habits: Habits, today: datetime = NOW) -> Promise:
    network = replace(NETWORK, habits=habits)
    copies = copies_of([an_item_row()], {1: due}, {}, network, today, local_date(today))
    return promised(Situation(copies), LEERS, network, today)


def test_where_people_are_late_the_promise_is_later() -> None:
    due = date(2026, 12, 5)
    on_time = Habits({(RETURN, LEERS.id, "book"): {0: 400}})
    late = Habits({(RETURN, LEERS.id, "book"): {12: 400}})
    soon, far = promised_for(due, on_time), promised_for(due, late)
    assert soon.likely_at is not None
    assert far.likely_at is not None
    assert local_date(soon.likely_at) == due
    assert timedelta(days=9) < far.likely_at - soon.likely_at < timedelta(days=15)
    elsewhere = promised_for(due, Habits({(RETURN, HEM.id, "book"): {12: 400}}))
    assert elsewhere.latest_on is not None
    assert soon.likely_at < (elsewhere.likely_at or NOW) <= far.likely_at  # the network counts too


def test_who_is_late_already_is_expected_by_what_others_did_who_were_as_late() -> None:
    """The longer a copy is out beyond its day, the later it is expected."""
    waits = [
        (promised_for(TODAY - timedelta(days=late), Habits()).likely_at or NOW) - NOW
        for late in (1, 7, 30)
    ]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


@pytest.mark.parametrize(("late", "waited_for"), [(60, True), (61, False), (400, False)])
def test_a_copy_overdue_beyond_hope_is_not_waited_for(late: int, *, waited_for: bool) -> None:
    made = promised_for(TODAY - timedelta(days=late), Habits())
    assert (made.reason != "never") is waited_for


def test_one_hopeless_copy_does_not_delay_what_another_one_brings() -> None:
    due = {1: TODAY + timedelta(days=3), 2: TODAY - timedelta(days=300)}
    rows = [an_item_row(), an_item_row(id=2)]
    both = copies_of(rows, due, {}, NETWORK, NOW, TODAY)
    assert both == copies_of(rows[:1], due, {}, NETWORK, NOW, TODAY)


def test_shelves_on_which_little_is_found_at_once_have_later_promises() -> None:
    slow = replace(NETWORK, habits=Habits({(PULL, HEM.id, ""): {0: 10, 5: 390}}))
    shelf = Situation([Copy(HEM, free_now=True)])
    quick, late = (promised(shelf, HEM, network, NOW) for network in (NETWORK, slow))
    assert quick.likely_at is not None
    assert late.likely_at is not None
    assert local_date(late.likely_at) > local_date(quick.likely_at)


def test_the_same_state_gives_the_same_promise_and_every_scenario_counts_once() -> None:
    points = tuple(range(SCENARIOS))
    for number in (1, 2, 40, 999):
        assert sorted(shuffled(points, number)) == list(points)
    assert shuffled(points, 1) != shuffled(points, 2)
    due = TODAY + timedelta(days=4)
    assert promised_for(due, Habits()) == promised_for(due, Habits())


def test_a_curve_knows_what_is_left_of_it() -> None:
    curve = Curve({-5: 1.0, 0: 2.0, 10: 1.0})
    assert curve.quantiles()[0] == -5
    assert set(curve.quantiles(1)) == {10}
    assert set(curve.quantiles(11)) == {LOST}
    assert counted_value(RETURN, 4000) == LOST


def test_own_counts_outweigh_those_of_the_network_and_the_prior() -> None:
    counted = {(RETURN, LEERS.id, "book"): {5: 900}, (RETURN, HEM.id, "book"): {-5: 900}}
    habits = Habits(counted)
    assert habits.curve(RETURN, LEERS.id, "book").quantiles()[SCENARIOS // 2] == 5
    assert habits.curve(RETURN, HEM.id, "book").quantiles()[SCENARIOS // 2] == -5
    unknown = habits.curve(RETURN, NETWORK.library("lys").id, "book")
    assert {-5, 5} < set(unknown.quantiles())


def test_somebody_ahead_takes_a_loan_or_leaves_it_on_the_shelf() -> None:
    waits = between_readers(NETWORK, HEM.id, "book")
    assert min(waits) < 15 * 24 * 60  # not collected, and on to the next
    assert sorted(waits)[SCENARIOS // 2] > 18 * 24 * 60
    assert max(waits) > 60 * 24 * 60  # hardly ever seen again


def crates(number: int, origin: int, destination: int, placed: datetime | None) -> list[Crate]:
    return [Crate(origin, destination, placed)] * number


def test_a_van_is_full_of_what_waited_longer_on_this_part_of_its_way() -> None:
    """Section 7: overflow waits in placed_at order; stops are hem lannoy leers lys toufflers."""
    codes = {library.id: library.code for library in NETWORK.libraries}
    room, before, after = NETWORK.timetable.capacity, NOW - timedelta(days=2), NOW
    mine = NOW - timedelta(days=1)

    def full(waiting: list[Crate]) -> dict[int, int]:
        return VanRoom(NETWORK.timetable, codes, waiting).full_vans(NOW, mine)

    lannoy, lys = NETWORK.library("lannoy").id, NETWORK.library("lys").id
    assert full(crates(room - 1, HEM.id, LEERS.id, before)) == {}
    assert full(crates(room, HEM.id, LEERS.id, before)) == {HEM.id: 1, lannoy: 1}
    assert full(crates(2 * room, HEM.id, lannoy, before)) == {HEM.id: 2}
    assert full(crates(room, HEM.id, LEERS.id, after)) == {}
    assert full(crates(room, HEM.id, LEERS.id, None)) == {}
    toufflers = NETWORK.library("toufflers").id
    assert full(crates(room, lys, HEM.id, before)) == {lys: 1, toufflers: 1}
