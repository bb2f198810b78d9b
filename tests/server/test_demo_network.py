"""The network of the demonstration: one file, loaded like anybody's."""

from __future__ import annotations

from importlib.resources import as_file, files
from itertools import pairwise

import pytest

from navette.network.loading import load_network, network_of, read_toml
from navette.network.network import DEFAULT_RULES, Network
from navette.storage.unit import Unit
from navette_server.demo.works import LIBRARIES


@pytest.fixture
def demo_network(unit: Unit) -> Network:
    with as_file(files("navette_server.demo") / "network.toml") as path:
        described = read_toml(path)
    unit.write(lambda tx: load_network(tx, described))
    with unit.read() as reader:
        return network_of(reader)


def test_it_has_the_five_stops_in_line_order(demo_network: Network) -> None:
    assert demo_network.codes == list(LIBRARIES)
    shapes = [library.shape for library in demo_network.libraries]
    assert shapes == ["triangle", "square", "circle", "diamond", "hexagon"]


def test_it_says_that_it_is_fictitious(demo_network: Network) -> None:
    assert demo_network.demonstration
    assert "fictifs" in demo_network.notice


def test_the_van_goes_on_tuesday_and_friday_in_line_order(demo_network: Network) -> None:
    rounds = demo_network.timetable.rounds
    assert set(rounds) == {1, 4}
    for stops in rounds.values():
        assert [stop.library for stop in stops] == list(LIBRARIES)
        assert all(a.leaves < b.arrives for a, b in pairwise(stops))


def test_every_library_opens_on_wednesday_and_saturday_but_never_on_sunday(
    demo_network: Network,
) -> None:
    for library in demo_network.libraries:
        open_on = {day for day, openings in library.calendar.week.items() if openings}
        assert {2, 5} <= open_on <= {1, 2, 3, 4, 5}


def test_it_states_every_rule_of_the_network(demo_network: Network) -> None:
    stated = {(name, kind) for name, library, category, kind in demo_network.rules}
    assert set(DEFAULT_RULES) <= stated
    assert demo_network.rule("loan_days", category="group") == 56
    assert demo_network.rule("loan_days", item_type="film") == 14


def test_it_offers_four_resources_at_the_metropolitan_library(demo_network: Network) -> None:
    offers = demo_network.facts["eresources"]
    assert len({offer["code"] for offer in offers}) == 4
    assert all(offer["url"].startswith("{issuer}/ressources/") for offer in offers)


def test_its_telephone_numbers_belong_to_nobody(demo_network: Network) -> None:
    assert all(library.phone.startswith("03 53 01 ") for library in demo_network.libraries)
