"""Until when a hold is kept: the last paragraph of section 9, E4, E13 and both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from navette.circulation.deadline import (
    PickupRule,
    deadline_day,
    extended,
    pickup_deadline,
    pickup_rule,
)
from navette.clock import instant_at, local
from navette.network.calendar import Calendar, Opening, Shut
from networks import a_plain_network

RULE = PickupRule()
HEM = a_plain_network().library("hem").calendar
LANNOY = a_plain_network().library("lannoy").calendar


def test_ten_days_then_the_next_opening_day() -> None:
    """Ready on Tuesday 24 November: ten days later is Friday 4 December, Hem is open."""
    assert deadline_day(HEM, date(2026, 11, 24), RULE) == date(2026, 12, 4)
    # ready on a Friday: day 10 is a Monday, Hem opens on Tuesday
    assert deadline_day(HEM, date(2026, 11, 27), RULE) == date(2026, 12, 8)


def test_three_opening_days_one_of_them_a_wednesday_afternoon_or_a_saturday() -> None:
    """A library that opens on Thursdays only waits for three of them; it has no family day."""
    thursdays = Calendar({3: (Opening(600, 720),)})
    assert deadline_day(thursdays, date(2026, 11, 23), RULE) == date(2026, 12, 10)
    # Wednesday mornings only: no family day in its weekly hours
    mornings = Calendar({2: (Opening(600, 720),), 3: (Opening(600, 720),)})
    assert deadline_day(mornings, date(2026, 11, 23), RULE) == date(2026, 12, 3)
    # the family days are closed for two weeks: wait for the next one
    shut = (
        Shut(date(2026, 11, 25), date(2026, 11, 25)),
        Shut(date(2026, 12, 2), date(2026, 12, 2)),
    )
    family = Calendar({1: (Opening(600, 720),), 2: (Opening(840, 1080),)}, shut)
    assert deadline_day(family, date(2026, 11, 23), RULE) == date(2026, 12, 9)


def test_a_closure_does_not_eat_the_delay() -> None:
    """Closures are not counted in the 21 days at most."""
    closed = Calendar(HEM.week, (Shut(date(2026, 12, 1), date(2026, 12, 31)),))
    day = deadline_day(closed, date(2026, 11, 28), RULE)
    # three opening days with a Saturday or a Wednesday afternoon, after the reopening
    assert day == date(2027, 1, 5)


def test_never_later_than_the_first_opening_day_after_21() -> None:
    rare = Calendar({0: (Opening(600, 720),)}, (Shut(date(2026, 12, 7), date(2026, 12, 7)),))
    # Mondays 30 Nov and 14 Dec are two opening days only; day 21 from 24 Nov is 15 Dec
    assert deadline_day(rare, date(2026, 11, 24), RULE) == date(2026, 12, 21)


def test_the_deadline_runs_to_closing_time_at_both_clock_changes() -> None:
    """E24: 25 October 2026 back to winter time, 28 March 2027 to summer time."""
    for ready in (datetime(2026, 10, 16, 13, tzinfo=UTC), datetime(2027, 3, 19, 14, tzinfo=UTC)):
        deadline = pickup_deadline(HEM, ready, RULE)
        assert local(deadline).hour == 18
        assert local(deadline).minute == 30
    # late on the evening before the change the local day counts, not the UTC one
    night = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # 00:30 on the 25th in Paris
    assert deadline_day(HEM, local(night).date(), RULE) == deadline_day(
        HEM, date(2026, 10, 25), RULE
    )
    assert local(pickup_deadline(HEM, night, RULE)).date() == date(2026, 11, 4)


def test_a_hold_changed_away_and_back_keeps_its_old_deadline_or_two_opening_days() -> None:
    """E13."""
    now = datetime(2026, 11, 24, 14, tzinfo=UTC)
    far, near = instant_at(date(2026, 12, 4), 18 * 60), instant_at(date(2026, 11, 25), 18 * 60)
    assert pickup_deadline(HEM, now, RULE, far) == far
    assert local(pickup_deadline(HEM, now, RULE, near)).date() == date(2026, 11, 26)


def test_a_closure_entered_later_extends_the_deadline() -> None:
    """E4: never on a closed day."""
    deadline = instant_at(date(2026, 12, 4), 18 * 60 + 30)
    assert extended(HEM, deadline) == deadline
    closed = Calendar(HEM.week, (Shut(date(2026, 12, 1), date(2026, 12, 7)),))
    assert local(extended(closed, deadline)).date() == date(2026, 12, 8)


def test_the_delay_is_a_rule_of_the_network() -> None:
    assert pickup_rule(a_plain_network(), "hem") == RULE


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
hours = st.dictionaries(
    st.integers(0, 6), st.just((Opening(540, 720), Opening(840, 1080))), min_size=1
)


@given(hours, days, st.lists(st.tuples(days, st.integers(0, 20)), max_size=4))
def test_a_deadline_is_an_opening_day_and_the_first_that_is_enough(
    week: dict[int, tuple[Opening, ...]], ready: date, closed: list[tuple[date, int]]
) -> None:
    calendar = Calendar(week, tuple(Shut(d, d + timedelta(days=n)) for d, n in closed))
    last = deadline_day(calendar, ready, RULE)
    assert calendar.is_open_on(last)
    uncounted = sum(
        calendar.closure_on(ready + timedelta(days=n)) is not None
        for n in range(1, (last - ready).days + 1)
    )
    assert 10 <= (last - ready).days <= 21 + 7 + uncounted
    opened = [
        day
        for n in range(1, (last - ready).days + 1)
        if calendar.is_open_on(day := ready + timedelta(days=n))
    ]
    family = {2, 5} & set(week)
    enough = len(opened) >= 3 and (not family or any(d.weekday() in family for d in opened))
    assert enough or (last - ready).days >= 21
