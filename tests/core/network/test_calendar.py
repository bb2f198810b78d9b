"""Opening days, closures and the van, with both clock changes (E24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from navette.clock import instant_at, local_date, minutes_of
from navette.errors import SourceError, UnknownLibrary
from navette.network.calendar import Calendar, Opening, Shut
from navette.network.loading import load_network, minutes, network_of, read_toml
from navette.network.network import Network
from navette.storage.unit import Unit
from networks import a_plain_network

TUESDAY = date(2026, 11, 24)
WEEK = Calendar(
    {1: (Opening(840, 1110),), 2: (Opening(600, 720), Opening(840, 1110))},
    (Shut(date(2026, 12, 22), date(2026, 12, 31), "Noël"),),
)


def test_doors_are_open_until_the_minute_before_closing() -> None:
    assert not WEEK.is_open_at(instant_at(TUESDAY, 839))
    assert WEEK.is_open_at(instant_at(TUESDAY, 840))
    assert not WEEK.is_open_at(instant_at(TUESDAY, 1110))


def test_after_closing_the_next_opening_is_tomorrow_morning() -> None:
    assert WEEK.opens_at(instant_at(TUESDAY, 1110)) == instant_at(date(2026, 11, 25), 600)


def test_between_two_openings_the_afternoon_is_next() -> None:
    wednesday = date(2026, 11, 25)
    assert WEEK.opens_at(instant_at(wednesday, 740)) == instant_at(wednesday, 840)


def test_a_closure_has_no_opening_day() -> None:
    assert WEEK.next_open_day(date(2026, 12, 22)) == date(2027, 1, 5)
    assert WEEK.closing_of(date(2026, 12, 22)) is None


def test_a_library_that_never_opens_says_so() -> None:
    assert Calendar({}).opens_at(instant_at(TUESDAY, 600)) is None


@pytest.mark.parametrize(
    ("day", "utc_hour"), [(date(2026, 3, 29), 12), (date(2026, 10, 25), 13), (TUESDAY, 13)]
)
def test_two_in_the_afternoon_stays_two_at_both_clock_changes(day: date, utc_hour: int) -> None:
    """E24."""
    instant = instant_at(day, 14 * 60)
    assert instant == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert (local_date(instant), minutes_of(instant)) == (day, 840)


def test_the_van_carries_from_hem_to_toufflers_the_same_morning(network: Network) -> None:
    ride = network.timetable.next_ride("hem", "toufflers", instant_at(TUESDAY, 8 * 60))
    assert ride is not None
    assert (ride.leaves, ride.arrives) == (instant_at(TUESDAY, 550), instant_at(TUESDAY, 660))


def test_a_crate_for_a_stop_already_passed_waits_for_the_next_round(network: Network) -> None:
    ride = network.timetable.next_ride("toufflers", "hem", instant_at(TUESDAY, 8 * 60))
    assert ride is not None
    assert local_date(ride.arrives) == date(2026, 11, 27)


def test_the_van_never_goes_where_it_has_no_stop(network: Network) -> None:
    assert network.timetable.next_ride("hem", "elsewhere", instant_at(TUESDAY, 0)) is None


def test_codes_are_read_in_any_case_and_unknown_ones_named(network: Network) -> None:
    assert network.library(" Leers ").code == "leers"
    with pytest.raises(UnknownLibrary, match=r"roubaix.*hem, lannoy"):
        network.library("roubaix")


def test_the_closest_rule_wins(unit: Unit, network: Network) -> None:
    described = {
        "network": {"title": "T"}, "library": [], "van": {},
        "policy": {"rule": [
            {"name": "loan_days", "value": 28},
            {"name": "loan_days", "item_type": "film", "value": 7},
            {"name": "loan_days", "library": "LEERS", "value": 35},
        ]},
    }  # fmt: skip
    unit.write(lambda tx: load_network(tx, described))
    with unit.read() as reader:
        changed = network_of(reader)
    assert changed.rule("loan_days") == 28
    assert changed.rule("loan_days", item_type="film") == 7
    assert changed.rule("loan_days", library="leers", item_type="film") == 35
    assert changed.rule("hold_limit", category="adult") == 5


def test_a_network_file_without_its_tables_says_which(tmp_path: object) -> None:
    path = tmp_path / "broken.toml"  # type: ignore[operator]
    path.write_text("[network]\ntitle = 'x'\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"\[library\]"):
        read_toml(path)
    path.write_text("no toml", encoding="utf-8")
    with pytest.raises(SourceError, match=r"broken\.toml"):
        read_toml(path)


def test_a_stop_at_an_unknown_library_is_refused(unit: Unit) -> None:
    described = {
        "network": {}, "library": [],
        "van": {"stop": [{"weekday": 1, "sequence": 1, "library": "mars", "arrives": "09:00"}]},
    }  # fmt: skip
    with pytest.raises(SourceError, match="mars"):
        unit.write(lambda tx: load_network(tx, described))


def test_hours_are_read_as_minutes() -> None:
    assert minutes("14:30") == 870
    with pytest.raises(ValueError, match="25:00"):
        minutes("25:00")


def test_what_is_remembered_lasts_a_minute_and_no_longer_than_its_network() -> None:
    made: list[int] = []
    network = a_plain_network()
    noon = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)

    def make() -> int:
        made.append(1)
        return len(made)

    assert network.in_this_minute("x", noon, make) == 1
    assert network.in_this_minute("x", noon + timedelta(seconds=59), make) == 1
    assert network.in_this_minute("x", noon + timedelta(minutes=1), make) == 2
    assert replace(network).in_this_minute("x", noon + timedelta(minutes=1), make) == 3
