"""Memory stays flat whatever the length of the file: nothing is kept of a record that was written."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from core.catalogue.test_importing import NOW
from navette.catalogue import importing
from navette.catalogue.importing import import_file
from navette.catalogue.unimarc import iso2709
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.network.network import Network
from navette.storage.unit import Unit

RECORDS, FROM, TO = 1_500, 600, 1_400
# What a Python set needs for one name is a hundred bytes and more.
BYTES_A_RECORD = 60


def a_record(number: int) -> bytes:
    """One of many that say the same: what is remembered of words is bounded, and full at once."""
    return write_record(
        [
            ControlField("001", f"notice-{number:07d}"),
            DataField("200", (("a", "Cahiers"),), "1"),
            DataField("995", (("f", f"B{number:07d}"), ("k", "R CAH"))),
        ]
    )


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("dry_run", [False, True])
def test_an_import_keeps_nothing_of_what_it_has_written(
    unit: Unit, network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, dry_run: bool
) -> None:
    # Small and alike, so that what is in hand weighs the same at every moment.
    monkeypatch.setattr(importing, "LARGEST_BATCH", 50)
    monkeypatch.setattr(iso2709, "_BLOCK", 4096)
    path = tmp_path / "hem.mrc"
    path.write_bytes(b"".join(map(a_record, range(RECORDS))))
    held: list[tuple[int, int]] = []

    def look(done: int, size: int) -> None:
        held.append((done * RECORDS // size, tracemalloc.get_traced_memory()[0]))

    tracemalloc.start()
    try:
        report = import_file(unit, path, "hem", "generic", now=NOW, dry_run=dry_run, progress=look)
    finally:
        tracemalloc.stop()
    assert report.records_created == RECORDS
    (early, before), (late, after) = (next(h for h in held if h[0] >= n) for n in (FROM, TO))
    assert (after - before) / (late - early) < BYTES_A_RECORD
