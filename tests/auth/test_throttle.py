"""Guessing gets slower, and nobody is ever locked out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FrozenClock
from navette.errors import TooManyAttempts
from navette.storage.unit import Unit
from navette_auth.throttle import (
    EVERYWHERE,
    HERE,
    PLACE,
    attempt,
    forgive,
    place_of,
    remembered,
    subjects_of,
    sweep,
    wait,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
counts = st.integers(0, 1000)
passed = st.floats(0, 10_000).map(lambda seconds: timedelta(seconds=seconds))
paces = st.sampled_from([HERE, EVERYWHERE, PLACE])


@given(paces, counts, passed)
def test_the_wait_is_never_longer_than_its_longest(
    pace: object, failures: int, since: timedelta
) -> None:
    assert 0 <= wait(pace, failures, NOW - since, NOW) <= pace.longest  # type: ignore[attr-defined, arg-type]


@given(paces, counts)
def test_more_failures_never_wait_less(pace: object, failures: int) -> None:
    now = wait(pace, failures, NOW, NOW)  # type: ignore[arg-type]
    assert wait(pace, failures + 1, NOW, NOW) >= now  # type: ignore[arg-type]


@given(counts, passed)
def test_failures_are_forgotten_one_by_one(failures: int, since: timedelta) -> None:
    assert 0 <= remembered(failures, NOW - since, NOW) <= failures


@given(paces, counts)
def test_whoever_waits_long_enough_is_looked_at(pace: object, failures: int) -> None:
    later = NOW + timedelta(seconds=pace.longest)  # type: ignore[attr-defined]
    assert wait(pace, failures, NOW, later) == 0  # type: ignore[arg-type]


@given(paces, st.lists(st.floats(0, 90), min_size=1, max_size=300))
def test_no_rhythm_of_knocking_gets_more_guesses_than_the_pace_gives(
    pace: object, pauses: list[float]
) -> None:
    """Whoever knocks, early or late, in whatever rhythm: the guesses looked at stay counted."""
    at, failures, last, looked_at = NOW, 0, NOW, 0
    for pause in pauses:
        at += timedelta(seconds=pause)
        if failures and wait(pace, failures, last, at):  # type: ignore[arg-type]
            continue
        failures = remembered(failures, last, at) + 1 if failures else 1
        last, looked_at = at, looked_at + 1
    seconds = (at - NOW).total_seconds()
    free, longest = pace.free, pace.longest  # type: ignore[attr-defined]
    growing = longest.bit_length() + 1
    assert looked_at <= free + growing + seconds / 600 + 2 * seconds / longest


def test_five_slips_are_free_then_it_gets_slower(unit: Unit, clock: FrozenClock) -> None:
    subjects = subjects_of("card", "2059", "203.0.113.7")
    for _ in range(5):
        attempt(unit, subjects, clock.now())
    waits = []
    for _ in range(4):
        with pytest.raises(TooManyAttempts) as refusal:
            attempt(unit, subjects, clock.now())
        waits.append(refusal.value.retry_after)
        clock.advance(seconds=refusal.value.retry_after)
        attempt(unit, subjects, clock.now())
    assert waits == [1, 2, 4, 8]


def test_an_attempt_refused_for_being_early_changes_nothing(unit: Unit, clock: FrozenClock) -> None:
    subjects = subjects_of("card", "2059", "203.0.113.7")
    for _ in range(5):
        attempt(unit, subjects, clock.now())
    for _ in range(50):
        with pytest.raises(TooManyAttempts) as refusal:
            attempt(unit, subjects, clock.now())
    assert refusal.value.retry_after == 1


def test_a_neighbour_slows_the_owner_little(unit: Unit, clock: FrozenClock) -> None:
    theirs = subjects_of("card", "2059", "203.0.113.7")
    mine = subjects_of("card", "2059", "198.51.100.1")
    for _ in range(60):
        try:
            attempt(unit, theirs, clock.now())
        except TooManyAttempts as refusal:
            clock.advance(seconds=refusal.retry_after)
    clock.advance(seconds=EVERYWHERE.longest)
    attempt(unit, mine, clock.now())


def test_a_right_password_forgets_the_slips_made_here(unit: Unit, clock: FrozenClock) -> None:
    subjects = subjects_of("card", "2059", "203.0.113.7")
    for _ in range(5):
        attempt(unit, subjects, clock.now())
    unit.write(lambda tx: forgive(tx, subjects))
    for _ in range(5):
        attempt(unit, subjects, clock.now())


def test_many_at_once_gain_nothing(unit: Unit, clock: FrozenClock) -> None:
    subjects = subjects_of("card", "2059", "203.0.113.7")
    let_in = []

    def try_it() -> None:
        try:
            attempt(unit, subjects, clock.now())
        except TooManyAttempts:
            return
        let_in.append(1)

    threads = [threading.Thread(target=try_it) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_in) == 5


def test_old_rows_are_swept(unit: Unit, clock: FrozenClock) -> None:
    attempt(unit, subjects_of("card", "2059", "203.0.113.7"), clock.now())
    assert unit.write(lambda tx: sweep(tx, clock.now())) == 0
    clock.advance(days=3)
    assert unit.write(lambda tx: sweep(tx, clock.now())) == 3


def test_one_household_is_one_place() -> None:
    assert place_of("2001:db8:1:2::7") == place_of("2001:db8:1:2:ffff::1")
    assert place_of("203.0.113.7") != place_of("203.0.113.8")
    assert place_of("testclient") == "testclient"
