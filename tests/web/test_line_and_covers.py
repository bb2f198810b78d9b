"""The signature and the covers: the line folds, a stop has a shape, a title keeps its cover."""

from __future__ import annotations

import pytest

from navette.network.network import Network
from navette_web.covers import cover_of
from navette_web.stops import SHAPES, Choice, Line, make_stop, stops_of


def a_line(count: int) -> Line:
    stops = [make_stop(f"s{n}", f"Arrêt {n}", n) for n in range(count)]
    return Line([Choice(s, yours=s.code == "s1", earliest=s.code == "s2") for s in stops], "s1")


@pytest.mark.parametrize("count", [3, 5, 7])
def test_a_short_line_shows_every_stop(count: int) -> None:
    assert len(a_line(count).shown) == count
    assert not a_line(count).folded


@pytest.mark.parametrize("count", [8, 9, 30])
def test_a_long_line_folds_to_yours_and_the_earliest(count: int) -> None:
    line = a_line(count)
    assert [c.stop.code for c in line.shown] == ["s1", "s2"]
    assert len(line.folded) == count - 2


def test_a_long_line_with_nothing_known_about_the_reader_does_not_fold() -> None:
    stops = [make_stop(f"s{n}", f"Arrêt {n}", n) for n in range(12)]
    assert len(Line([Choice(stop) for stop in stops]).shown) == 12


def test_thirty_stops_never_share_both_shape_and_colour() -> None:
    stops = [make_stop(f"s{n}", f"Arrêt {n}", n) for n in range(30)]
    assert len({(stop.shape, stop.colour) for stop in stops}) == 30


def test_a_stop_has_the_shape_and_colour_of_its_library(network: Network) -> None:
    stops = stops_of(network.libraries)
    assert (stops["hem"].shape, stops["hem"].colour) == ("triangle", "#b4471f")
    assert all(stop.path == SHAPES[stop.shape] for stop in stops.values())


def test_the_same_title_always_has_the_same_cover() -> None:
    assert cover_of("Houris", "Kamel Daoud") == cover_of("Houris", "Kamel Daoud")


@pytest.mark.parametrize(
    "title",
    ["", "Ô", "Anticonstitutionnellement et autres mots très longs", "mot " * 60],
)
def test_any_title_fits_on_its_cover(title: str) -> None:
    cover = cover_of(title, "Un auteur dont le nom n’en finit pas")
    assert len(cover.lines) <= 5
    assert all(len(line) <= 19 for line in cover.lines)
    assert len(cover.author) <= 20
