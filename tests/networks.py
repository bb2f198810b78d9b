"""The network of the tests as a plain value, without a database: for tests of rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from navette.network.calendar import Calendar, Opening, Shut
from navette.network.loading import minutes, read_toml
from navette.network.network import Category, LibraryInfo, Network
from navette.network.timetable import Stop, Timetable

_FILE = Path(__file__).with_name("network_of_tests.toml")


@cache
def a_plain_network() -> Network:
    """Return the five libraries of tests/network_of_tests.toml; their ids are 1 to 5."""
    described = read_toml(_FILE)
    rounds: dict[int, list[Stop]] = {}
    for stop in described["van"]["stop"]:
        at = Stop(stop["library"], minutes(stop["arrives"]), minutes(stop["leaves"]))
        rounds.setdefault(stop["weekday"], []).append(at)
    return Network(
        title="Réseau des tests",
        notice="",
        demonstration=False,
        libraries=[_library(i, entry) for i, entry in enumerate(described["library"], 1)],
        categories=[Category(**c) for c in described["category"]],
        timetable=Timetable(rounds, described["van"]["capacity"]),
        rules={},
        facts={},
    )


def shut(network: Network, code: str, first: date, last: date) -> Network:
    """Return the network with one more closure of a library."""

    def closed(library: LibraryInfo) -> LibraryInfo:
        calendar = library.calendar
        closures = (*calendar.closures, Shut(first, last))
        return replace(library, calendar=Calendar(calendar.week, closures))

    return replace(
        network, libraries=[closed(x) if x.code == code else x for x in network.libraries]
    )


def _library(number: int, entry: dict[str, Any]) -> LibraryInfo:
    week: dict[int, list[Opening]] = {}
    for h in entry["hours"]:
        week.setdefault(h["weekday"], []).append(Opening(minutes(h["opens"]), minutes(h["closes"])))
    names = ("code", "name", "short_name", "town", "insee", "shape", "colour", "shelf_prefix")
    return LibraryInfo(
        id=number, position=number, population=0, address="", phone="", email="",
        accessibility="", engine="embedded", calendar=Calendar(week), pickup_place_id=number,
        **{n: entry[n] for n in names},
    )  # fmt: skip
