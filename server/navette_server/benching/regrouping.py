"""Grouping at scale, on made-up files that no rule was weighed on: how fast, how right."""

from __future__ import annotations

import resource
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from navette.catalogue.importing import import_file
from navette.network.loading import load_network, read_toml
from navette.storage.database import open_unit
from navette.storage.migrating import upgrade
from navette_server.benching import truth
from navette_server.benching.copying import LIBRARIES, Name, write_files
from navette_server.benching.grouping import PRECISION, RECALL, Quality, measured
from navette_server.benching.importing import NETWORK
from navette_server.benching.measuring import Figure

USUAL, MANY = 200_000, 1_000_000
# "A million records group in minutes": a quarter of an hour, import and all.
MINUTES_A_MILLION: Final = 15.0
NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
_GROUPED: Final = (
    "SELECT l.code, s.local_id, s.record_id FROM source_record s"
    " JOIN library l ON l.id = s.library_id"
)


def scaled_grouping(descriptions: int) -> list[Figure]:
    """Import five made-up files with that many descriptions and count right and wrong pairs."""
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        folder = Path(name)
        true = write_files(folder, descriptions)
        started, used = time.perf_counter(), time.process_time()
        made = grouped(folder)
        seconds, processor = time.perf_counter() - started, time.process_time() - used
    minutes = processor / 60 / descriptions * 1_000_000
    quality = measured(_pairs(made), _pairs(true))
    return _figures(f"{descriptions:,} made-up descriptions", quality, minutes, seconds)


def grouped(folder: Path) -> dict[Name, int]:
    """Import the five files of a folder into an empty catalogue; gives the record of each."""
    url = f"sqlite:///{folder / 'grouping.db'}"
    upgrade(url)
    unit = open_unit(url)
    try:
        described = read_toml(NETWORK)
        unit.write(lambda tx: load_network(tx, described))
        for code in LIBRARIES:
            import_file(unit, folder / f"{code}.mrc", code, "generic", now=NOW)
        with unit.read() as reader:
            rows = reader.driver.execute(_GROUPED).fetchall()
    finally:
        unit.close()
    return {(code, local): record for code, local, record in rows}


def _pairs(numbered: dict[Name, int]) -> set[truth.Pair]:
    groups: dict[int, list[Name]] = defaultdict(list)
    for name, number in numbered.items():
        groups[number].append(name)
    return truth.pairs(list(groups.values()))


def _figures(what: str, quality: Quality, minutes: float, seconds: float) -> list[Figure]:
    pairs = f"{quality.true} true pairs, {quality.found} found, {quality.wrong} wrong ones made"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure(
            f"{what}, imported and grouped: minutes of processor a million", minutes,
            MINUTES_A_MILLION, "lower", f"{seconds:.0f} s in all; peak memory {peak:.0f} MB",
        ),
        Figure(f"{what}: pairs of one publication found", quality.recall, RECALL, "higher", pairs),
        Figure(f"{what}: pairs made that are right", quality.precision, PRECISION, "higher", pairs),
    ]  # fmt: skip


def regrouping(*, million: bool) -> list[Figure]:
    """Return the figures of the usual size, and those of a million when they are wanted."""
    return [*scaled_grouping(USUAL), *(scaled_grouping(MANY) if million else ())]
