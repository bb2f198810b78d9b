"""Public holidays: shut each year without anybody entering them, unless somebody opens."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from navette.network.calendar import Calendar, Opening, Shut
from navette.network.holidays import easter, holiday_on

WEEK = {day: (Opening(600, 1080),) for day in range(1, 6)}


@pytest.mark.parametrize(
    "sunday",
    ["2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25", "1961-04-02", "2008-03-23"],
)  # fmt: skip
def test_easter_is_where_the_almanac_has_it(sunday: str) -> None:
    day = date.fromisoformat(sunday)
    assert easter(day.year) == day


def test_the_eleven_holidays_of_a_year() -> None:
    days = [date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]  # fmt: skip
    assert [d.isoformat()[5:] for d in days if holiday_on(d)] == [
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11",
        "12-25",
    ]  # fmt: skip


def test_a_library_is_shut_on_them_unless_it_has_hours_of_its_own_that_day() -> None:
    """E4: a deadline never ends there, an opening is never promised there."""
    national = date(2027, 7, 14)  # a Wednesday
    usual, shut = Calendar(WEEK), Calendar(WEEK, holidays=True)
    opened = Calendar(WEEK, special={national: (Opening(540, 720),)}, holidays=True)
    assert [c.is_open_on(national) for c in (usual, shut, opened)] == [True, False, True]
    assert shut.closure_on(national) == Shut(national, national, "Fête nationale")
    assert shut.opens_at(datetime(2027, 7, 14, 9, tzinfo=UTC)) == datetime(2027, 7, 15, 8, tzinfo=UTC)  # fmt: skip


def test_what_is_shut_soon_names_closures_and_holidays_once() -> None:
    works = Shut(date(2027, 5, 5), date(2027, 5, 7), "Travaux")  # over Ascension, the 6th
    calendar = Calendar(WEEK, (works,), holidays=True)
    coming = calendar.shut_between(date(2027, 5, 1), date(2027, 5, 20))
    assert [c.first_day.isoformat() for c in coming] == ["2027-05-01", "2027-05-05", "2027-05-08"]
    assert Calendar(WEEK).shut_between(date(2027, 5, 1), date(2027, 5, 20)) == []
