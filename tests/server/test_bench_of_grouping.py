"""The made-up files of five libraries, and what the bench says of their grouping."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from navette_server.benching import copying
from navette_server.benching.grouping import PRECISION, RECALL
from navette_server.benching.regrouping import scaled_grouping

SIZE = 400
pytestmark = [pytest.mark.slow, pytest.mark.one_database]


def test_the_same_size_gives_the_same_files_and_the_truth_names_every_record(
    tmp_path: Path,
) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        true = copying.write_files(tmp_path / name, SIZE)
        made.append(
            (true, [(tmp_path / name / f"{c}.mrc").read_bytes() for c in copying.LIBRARIES])
        )
    assert made[0] == made[1]
    true, files = made[0]
    assert SIZE <= len(true) < SIZE + len(copying.LIBRARIES)
    assert sum(data.count(b"\x1d") for data in files) == len(true)
    shared = Counter(Counter(true.values()).values())
    assert shared[1] > shared[2] > shared[4] > 0, "half of them in one place only"


def test_what_the_bench_says_is_within_the_aim() -> None:
    minutes, recall, precision = scaled_grouping(SIZE)
    assert minutes.ratio > 0
    assert f"{SIZE:,} made-up descriptions" in recall.name
    assert recall.ratio >= RECALL - 0.01
    assert precision.ratio >= PRECISION
