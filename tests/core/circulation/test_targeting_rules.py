"""Which copy: the exact assignment against brute force, and the cost of a journey (section 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from navette.circulation.deadline import target_until
from navette.circulation.futures import Copy, Situation
from navette.circulation.promise import promised
from navette.circulation.targeting import (
    assign,
    cost,
    is_shut,
    next_pull,
    opens_before_the_van,
    ready_at,
    with_ties,
)
from navette.clock import local
from navette.network.calendar import Calendar, Shut
from networks import a_plain_network, shut

Costs = list[list[int | None]]
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 10:00 in Paris


def matrices() -> st.SearchStrategy[Costs]:
    return st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.none() | st.integers(0, 9), min_size=columns, max_size=columns),
            min_size=1,
            max_size=5,
        )
    )


def by_brute_force(costs: Costs) -> tuple[list[int], int]:
    """The holds served (rank order first) and the least total cost of serving them."""
    best: tuple[list[bool], int] | None = None
    columns = [*range(len(costs[0])), *[None] * len(costs)]
    for chosen in set(permutations(columns, len(costs))):
        picked = [costs[r][c] for r, c in enumerate(chosen) if c is not None]
        if None in picked:
            continue
        served = [c is not None for c in chosen]
        total = sum(v for v in picked if v is not None)
        if best is None or (served, -total) > (best[0], -best[1]):
            best = (served, total)
    assert best is not None
    return [r for r, is_served in enumerate(best[0]) if is_served], best[1]


@settings(max_examples=150, deadline=None)
@given(matrices())
def test_as_many_as_possible_in_rank_order_then_the_least_total_cost(costs: Costs) -> None:
    """Section 6: an exact assignment; an impossible pair costs infinity."""
    found = assign(costs)
    assert len(set(found.values())) == len(found)
    values = [costs[r][c] for r, c in found.items()]
    assert None not in values
    rows, total = by_brute_force(costs)
    assert sorted(found) == rows
    assert sum(v for v in values if v is not None) == total


def test_a_hold_that_no_copy_can_fill_leaves_its_place_to_the_next() -> None:
    assert assign([[None, None], [3, 1], [2, 2]]) == {1: 1, 2: 0}


def test_equal_costs_go_to_the_library_asked_least_recently() -> None:
    """Section 6."""
    asked = {1: TUESDAY, 2: TUESDAY - timedelta(days=1)}
    assert assign(with_ties([[5, 5, 5]], [1, 2, 1], asked)) == {0: 1}
    assert assign(with_ties([[5, 5]], [1, 3], asked)) == {0: 1}
    assert assign(with_ties([[5, 6]], [1, 3], asked)) == {0: 0}


def test_the_hours_until_ready_follow_pull_van_and_opening() -> None:
    """Section 6: pull round, next van, ride, opening of the pickup library."""
    network = a_plain_network()
    hem, leers = network.library("hem"), network.library("leers")
    here = ready_at(network, hem, hem, TUESDAY)
    assert here is not None
    assert local(here).strftime("%a %H:%M") == "Tue 14:00"
    there = ready_at(network, hem, leers, TUESDAY)  # the van of Friday, 9:10
    assert there is not None
    assert local(there).strftime("%a %d %H:%M") == "Fri 27 14:00"
    full = ready_at(network, hem, leers, TUESDAY, full_vans=1)
    assert full is not None
    assert local(full).strftime("%a %d %H:%M") == "Tue 01 14:00"


def test_of_copies_ready_at_the_same_opening_the_one_that_needs_no_ride_serves() -> None:
    """Section 6, decision 0009: nothing rides to a library where the same stands on the shelf."""
    network, ties = a_plain_network(), 0
    for hours in range(0, 7 * 24, 3):
        now = TUESDAY + timedelta(hours=hours)
        for source, pickup in permutations(network.libraries, 2):
            here = ready_at(network, pickup, pickup, now)
            if here is None or here != ready_at(network, source, pickup, now):
                continue
            ties += 1
            stays, rides = cost(network, pickup, pickup, now), cost(network, source, pickup, now)
            assert stays is not None
            assert rides is None or stays < rides
            both = Situation([Copy(source, free_now=True), Copy(pickup, free_now=True)])
            assert promised(both, pickup, network, now).reason == "here"
    assert ties


def test_a_closed_library_is_no_candidate_and_a_missed_van_comes_last() -> None:
    """Section 6, E4."""
    network = a_plain_network()
    hem, leers = network.library("hem"), network.library("leers")
    usual, failed = (
        cost(network, hem, leers, TUESDAY),
        cost(network, hem, leers, TUESDAY, penalty=1),
    )
    assert usual is not None
    assert failed is not None
    assert failed > usual
    closed = shut(network, "hem", date(2026, 11, 24), date(2026, 12, 6))
    assert is_shut(closed.library("hem"), TUESDAY)
    assert cost(closed, closed.library("hem"), leers, TUESDAY) is None
    sunday = TUESDAY + timedelta(days=5)
    assert not opens_before_the_van(network, hem, sunday)
    late = cost(network, hem, leers, sunday)
    assert late is not None
    assert late > 60 * 24 * 60


def test_pull_rounds_happen_on_opening_days() -> None:
    network = a_plain_network()
    monday = TUESDAY - timedelta(days=1)
    pulled = next_pull(network, network.library("hem"), monday)
    assert pulled is not None
    assert local(pulled).strftime("%a %H:%M") == "Tue 09:30"
    never = Calendar(
        network.library("hem").calendar.week, (Shut(date(2026, 1, 1), date(2028, 1, 1)),)
    )
    assert next_pull(network, replace(network.library("hem"), calendar=never), monday) is None


def test_a_library_has_one_full_opening_day_to_find_a_copy() -> None:
    """Section 6: before opening of day D until D's closing; during D until the next one's."""
    calendar = a_plain_network().library("hem").calendar
    before = target_until(calendar, TUESDAY)  # opens at 14:00
    assert local(before).strftime("%a %H:%M") == "Tue 18:30"
    during = target_until(calendar, TUESDAY + timedelta(hours=5))
    assert local(during).strftime("%a %H:%M") == "Wed 18:30"
    evening = target_until(calendar, TUESDAY + timedelta(hours=10))
    assert local(evening).strftime("%a %H:%M") == "Wed 18:30"
    sunday = target_until(calendar, TUESDAY + timedelta(days=5))
    assert local(sunday).strftime("%a %H:%M") == "Tue 18:30"
