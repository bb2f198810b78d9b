"""The bench of search: the catalogue it makes, and that it asks every kind of question."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from navette.storage.unit import Reader
from navette_server.benching import running, scaling
from navette_server.benching.making import FREQUENT, Made
from navette_server.benching.measuring import Figure
from navette_server.commands.developing import bench

SIZE = 1_500
pytestmark = [pytest.mark.slow]


def _titles(reader: Reader) -> list[str]:
    return [row[0] for row in reader.driver.execute("SELECT title FROM record ORDER BY id")]  # type: ignore[attr-defined]


def test_the_made_catalogue_is_always_the_same_and_its_words_are_zipfs() -> None:
    made: list[tuple[Made, list[str]]] = []
    for _ in range(2):
        with scaling.stocked(SIZE) as stock, stock.unit.read() as reader:
            made.append((stock.made, _titles(reader)))
    (one, titles), (other, same) = made
    assert titles == same
    assert one.samples == other.samples
    words = [word for title in titles for word in title.lower().split()]
    assert 0.17 < sum(FREQUENT in t.lower().split() for t in titles) / SIZE < 0.23
    counts = sorted((words.count(word) for word in one.words.words[:50]), reverse=True)
    assert counts[0] > 3 * counts[20] > 0, "a few words often, most of them rarely"


def test_every_kind_of_question_is_asked_and_every_budget_named() -> None:
    found = {one.name: one for one in scaling.scale_figures(SIZE)}
    for kind in (
        "rare word", "frequent word", "three words", "typo", "prefix", "five facets",
        "all facets", "free now here", "building the index", "size of the index",
        "a whole search page", "a GraphQL search page", "suggestions as one types", "SQLite FTS5", "after a scan",
    ):  # fmt: skip
        assert [name for name in found if kind in name], kind
    for one in found.values():
        assert "; 0 of" not in one.detail, f"nothing found: {one}"
        assert one.ratio > 0


def test_what_is_only_shown_or_not_run_is_told_apart() -> None:
    shown = Figure("a", 3.0, 0.0, "shown", "p50")
    (left_out,) = scaling.at_a_million(wanted=False)
    assert shown.kept
    assert left_out.as_json() == {"name": "1,000,000 records", "skipped": left_out.detail}
    told = running.lines([shown, left_out, Figure("b", 3.0, 1.0, "lower", "late")])
    assert "shown" in told
    assert "not run: " in told
    assert "--million" in told
    assert "MISSED" in told


def test_the_command_offers_the_million() -> None:
    assert "--million" in CliRunner().invoke(bench, ["--help"]).output
