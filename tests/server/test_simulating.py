"""The simulated year: reproducible, by the real rules, honest about what it finds."""

from __future__ import annotations

import csv
import gzip
import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from navette.circulation.promise import Promise
from navette.errors import SourceError
from navette_server.cli import navette
from navette_server.simulating.comparing import compare
from navette_server.simulating.diary import Diary, Wish
from navette_server.simulating.drawing import plots
from navette_server.simulating.results import (
    interval,
    overtaken,
    promises,
    quantile,
    score,
    table,
    waiting,
)
from navette_server.simulating.shapes import HOLDS, LOANS, Shapes, shapes_of
from navette_server.simulating.strategies import STRATEGIES, FirstCome, Navette, NearestFirst
from navette_server.simulating.telling import in_words
from navette_server.simulating.year import Setting, live
from networks import a_plain_network

AT = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
NETWORK = a_plain_network()
SMALL = Setting(NETWORK, Shapes(), Navette(), seed=7, items=900, days=28)


def a_wish(waits: float | None, *, after: float = 0, latest: int = 9, **given: Any) -> Wish:
    placed = AT + timedelta(days=after)
    made = Promise(AT + timedelta(days=3), date(2027, 1, 5) + timedelta(latest), "elsewhere")
    ready = None if waits is None else placed + timedelta(days=waits)
    values = {"title": 1, "pickup": "hem", "queue_guess": 21.0, "width_open_days": 2}
    return Wish(placed_at=placed, promise=made, ready_at=ready, **(values | given))


@pytest.fixture(scope="module")
def year() -> Diary:
    return live(SMALL)


def test_a_small_year_fills_holds_by_van_and_measures_promises(year: Diary) -> None:
    figures = table(year)
    assert figures["holds"] > 15
    assert figures["filled"] > figures["holds"] // 2
    assert 0 < figures["van_trips_per_filled_hold"] < 3
    assert figures["promise"]["groups"]["all"]["promises"] > 10
    assert 0.5 < figures["promise"]["groups"]["all"]["kept"] <= 1
    assert figures["wait_days"]["p50"] <= figures["wait_days"]["p90"]
    assert figures["load_per_stop"]


def test_the_same_seed_is_the_same_year_and_another_seed_another(year: Diary) -> None:
    assert table(live(SMALL)) == table(year)
    other = Setting(NETWORK, Shapes(), Navette(), seed=8, items=900, days=28)
    assert table(live(other)) != table(year)


def test_strategies_differ_in_what_they_do_with_one_free_copy() -> None:
    """Navette serves who waits longest, nearest-first who is nearest, whatever the rank."""
    far_first = [[900], [10]]
    assert Navette().pairs(far_first, [a_copy()], {}) == {0: 0}
    assert NearestFirst().pairs(far_first, [a_copy()], {}) == {1: 0}
    dear_first = [[900, 10]]
    assert Navette().pairs(dear_first, [a_copy(), a_copy()], {}) == {0: 1}
    assert FirstCome().pairs(dear_first, [a_copy(), a_copy()], {}) == {0: 0}
    assert FirstCome().pairs([[None], [5]], [a_copy()], {}) == {1: 0}


def a_copy() -> Any:
    return type("Copy", (), {"current_library_id": 1})()


def test_a_promise_is_kept_by_the_latest_day_and_broken_by_the_next() -> None:
    wishes = [a_wish(9), a_wish(10), a_wish(None), a_wish(2)]
    groups = promises(wishes, AT + timedelta(days=60))["groups"]
    assert groups["all"]["kept"] == 0.5
    assert groups["elsewhere"]["promises"] == 4
    assert groups["hem elsewhere"]["by_the_likely_day"] == 0.25


def test_the_score_punishes_a_miss_more_than_a_wide_interval() -> None:
    assert score(2, 5, 4) == 3
    assert score(2, 5, 1) == 3 + 2
    assert score(2, 5, 6) == pytest.approx(3 + 10)


def test_who_never_got_it_waits_longest() -> None:
    figures = waiting([a_wish(1), a_wish(2), a_wish(None)], AT + timedelta(days=90))
    assert (figures["p50"], figures["p99"], figures["never"]) == (2, 90, 1)
    assert quantile([], 0.5) == 0


def test_overtaking_is_a_week_or_more() -> None:
    first, second = a_wish(30), a_wish(10, after=1)
    assert overtaken([first, second]) == 1
    assert overtaken([a_wish(15), a_wish(10, after=1)]) == 0
    assert overtaken([first, a_wish(10, after=1, title=2)]) == 0


def test_an_interval_holds_the_mean_and_shrinks_with_more_years() -> None:
    few, many = interval([1.0, 2.0, 3.0]), interval([1.0, 2.0, 3.0] * 7)
    assert few["mean"] == many["mean"] == 2
    assert few["high"] - few["low"] > many["high"] - many["low"] > 0
    assert interval([4.0]) == {"mean": 4.0, "low": 4.0, "high": 4.0}


@pytest.mark.slow
def test_the_comparison_says_what_was_reached_and_draws_it() -> None:
    shown: list[int] = []
    small = Setting(NETWORK, Shapes(), Navette(), 1, 250, 10)
    report = compare(small, [1, 2], lambda done, _of: shown.append(done))
    assert set(report["strategies"]) == {s.name for s in STRATEGIES}
    assert shown == sorted(shown)
    assert len(report["aims"]) > 3
    assert all({"aim", "seen", "reached"} <= set(aim) for aim in report["aims"])
    drawn = plots(report)
    assert {"attente-p90.svg", "trajets.svg", "promesses.svg"} <= set(drawn)
    for text in drawn.values():
        assert ET.fromstring(text).tag.endswith("svg")
    words = in_words(report)
    assert "wait, p90 (days)" in words
    assert "against nearest_first" in words


def test_shapes_are_read_from_statistics(tmp_path: Path) -> None:
    with gzip.open(tmp_path / LOANS, "wt", encoding="utf-8", newline="") as stream:
        _write(stream, ["loans_total"], [["0"], ["2"], ["4"], ["30"]])
    with (tmp_path / HOLDS).open("w", encoding="utf-8", newline="") as stream:
        names = ["Bibliothèque (Libellé)", "Réservation - Lieu demandé (Libellé)",
                 "Type de document (Libellé)"]  # fmt: skip
        _write(stream, names, [["A", "A", "DVD"], ["A", "B", "Livre"]])
    shapes = shapes_of(tmp_path)
    assert (shapes.never_lent, shapes.travels, shapes.films) == (0.25, 0.5, 0.5)
    assert shapes.popularity[-1] == 2.5
    assert list(shapes.popularity) == sorted(shapes.popularity)


def _write(stream: Any, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    writer = csv.writer(stream)
    writer.writerow(names)
    writer.writerows(rows)


def test_without_statistics_the_committed_shapes_resemble_them(shared_data: Path) -> None:
    read, committed = shapes_of(shared_data / "stats"), shapes_of(None)
    assert abs(read.never_lent - committed.never_lent) < 0.03
    assert abs(read.travels - committed.travels) < 0.05
    for real, ours in zip(read.popularity[2:], committed.popularity[2:], strict=True):
        assert 0.6 < ours / real < 1.5


def test_a_folder_without_statistics_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        shapes_of(tmp_path)


@pytest.mark.slow
def test_the_command_writes_the_table_and_the_plots(tmp_path: Path) -> None:
    asked = ["simulate", "--items", "200", "--days", "5", "--out", str(tmp_path), "--json"]
    done = CliRunner().invoke(navette, asked)
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "simulation.json").read_text())
    assert json.loads(done.stdout)["seeds"] == report["seeds"] == [1]
    assert (tmp_path / "attente-p50.svg").read_text().startswith("<svg")


def test_nonsense_is_refused() -> None:
    assert CliRunner().invoke(navette, ["simulate", "--seeds", "0"]).exit_code == 2
