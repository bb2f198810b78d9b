"""Who is next: order, eligibility and the rank that is shown (section 5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.circulation.facts import HoldRow, PatronRow
from navette.circulation.queue import Candidate, competes, order, passed_over, rank_of
from networks import a_plain_network

NETWORK = a_plain_network()
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def a_person(**given: Any) -> PatronRow:
    values: dict[str, Any] = {
        "id": 1, "card": "20590000000001", "first_name": "Emma", "last_name": "Essai",
        "birth_year": 1980, "category": "adult", "home_library_id": 1,
        "valid_until": date(2027, 1, 1), "blocked_reason": "", "hold_rhythm": None,
        "group_pickup": False, "suspended_until": None, "closed_at": None, "version": 1,
    }  # fmt: skip
    return PatronRow(**(values | given))


def a_hold(number: int = 1, **given: Any) -> HoldRow:
    values: dict[str, Any] = dict.fromkeys(HoldRow._fields)
    values |= {
        "id": number, "patron_id": number, "level": "record", "target_id": 7, "record_id": 7,
        "work_id": 3, "volume_key": "", "rank_class": 0, "suspended": False, "state": "WAITING",
        "placed_at": NOW + timedelta(minutes=number), "version": 1,
    }  # fmt: skip
    return HoldRow(**(values | given))


def waits(number: int = 1, **given: Any) -> Candidate:
    return Candidate(a_hold(number, **given), a_person(id=number))


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        (waits(), ""),
        (waits(suspended=True), "suspended"),
        (waits(suspended=True, suspended_until=TODAY + timedelta(days=1)), "suspended"),
        (waits(suspended=True, suspended_until=TODAY), ""),
        (waits(not_after=TODAY), ""),
        (waits(not_after=TODAY - timedelta(days=1)), "unfilled"),
        (Candidate(a_hold(), a_person(blocked_reason="lost")), "blocked"),
        (Candidate(a_hold(), a_person(valid_until=date(2026, 11, 23))), "expired"),
        (Candidate(a_hold(), a_person(valid_until=TODAY)), ""),
        (Candidate(a_hold(), a_person(), first_due=TODAY - timedelta(days=7)), ""),
        (Candidate(a_hold(), a_person(), first_due=TODAY - timedelta(days=8)), "late"),
        (Candidate(a_hold(), a_person(hold_rhythm=2), captured=1), ""),
        (Candidate(a_hold(), a_person(hold_rhythm=2), captured=2), "rhythm"),
        (Candidate(a_hold(), a_person(), chain_open=True), "chain"),
    ],
)
def test_who_is_passed_over_and_why(candidate: Candidate, why: str) -> None:
    """Section 5: eligible; E9, E16; late more than seven days (section 9)."""
    assert passed_over(candidate, NETWORK, TODAY) == why


def test_order_is_class_then_time_then_id() -> None:
    early, late = a_hold(1), a_hold(2)
    assert order(early) < order(late)
    assert order(a_hold(2, rank_class=-1)) < order(early)
    assert order(a_hold(1, placed_at=NOW)) < order(a_hold(2, placed_at=NOW))


def test_holds_of_other_volumes_or_records_do_not_compete() -> None:
    assert competes(a_hold(1), a_hold(2))
    assert not competes(a_hold(1), a_hold(2, target_id=8, record_id=8))
    assert not competes(
        a_hold(1, level="volume", volume_key="1"), a_hold(2, level="volume", volume_key="2")
    )
    assert competes(a_hold(1, level="work", target_id=3), a_hold(2, target_id=8, record_id=8))
    assert competes(a_hold(1, level="item", target_id=5), a_hold(2))


def test_a_suspended_hold_ahead_is_not_counted_but_a_targeted_one_is() -> None:
    """Section 5: the rank counts only eligible holds ahead."""
    queue = [
        waits(1, suspended=True),
        waits(2, state="TARGETED"),
        waits(3),
        waits(4, state="READY"),
    ]
    mine = waits(5)
    assert rank_of(mine.hold, [*queue, mine], NETWORK, TODAY) == 3
    assert rank_of(queue[0].hold, queue, NETWORK, TODAY) == 1
    assert rank_of(queue[3].hold, queue, NETWORK, TODAY) is None


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.randoms())
def test_ranks_of_those_who_wait_are_one_two_three(paused: list[bool], shuffled: Any) -> None:
    queue = [waits(n, suspended=p) for n, p in enumerate(paused, 1)]
    seen = list(queue)
    shuffled.shuffle(seen)
    ranks = [rank_of(c.hold, seen, NETWORK, TODAY) for c in queue if not c.hold.suspended]
    assert ranks == list(range(1, len(ranks) + 1))
