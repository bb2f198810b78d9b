"""The five real files, grouped, against the truth that their common order keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from navette_server.benching import truth
from navette_server.benching.grouping import (
    PRECISION,
    RECALL,
    grouping_quality,
    held_out,
    measured,
    pairs_made,
)

pytestmark = [pytest.mark.slow, pytest.mark.one_database]


@pytest.fixture(scope="module")
def true(shared_data: Path) -> set[truth.Pair]:
    return truth.pairs(truth.groups(truth.read(shared_data / "roubaix")))


def test_the_truth_is_what_the_data_says_of_itself(shared_data: Path) -> None:
    """Its own count is 4,543 publications, 1,651 of them in two or more libraries."""
    groups = truth.groups(truth.read(shared_data / "roubaix"))
    assert sum(map(len, groups)) == 7196
    assert abs(len(groups) - 4543) <= 15
    assert abs(sum(len({library for library, _ in group}) > 1 for group in groups) - 1651) <= 5
    assert all(len({library for library, _ in group}) == len(group) for group in groups)


@pytest.mark.parametrize("order", [truth.LIBRARIES, tuple(reversed(truth.LIBRARIES))])
def test_pairs_are_found_and_right_whatever_library_comes_first(
    shared_data: Path, true: set[truth.Pair], order: tuple[str, ...]
) -> None:
    made = pairs_made(shared_data / "roubaix", order)
    for found in (measured(made, true), measured(held_out(made), held_out(true))):
        assert found.recall >= RECALL, found
        assert found.precision >= PRECISION, found


def test_without_the_files_the_bench_says_that_it_did_not_measure() -> None:
    assert [figure.skipped for figure in grouping_quality(None)] == [True, True]
