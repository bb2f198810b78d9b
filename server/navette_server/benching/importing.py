"""Import against pymarc's parsing alone, on the same files in the same run."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pymarc import MARCReader

from navette.catalogue.importing import import_file
from navette.network.loading import load_network, read_toml
from navette.storage.database import open_unit
from navette.storage.migrating import upgrade
from navette_server.benching.measuring import Figure, in_turns
from navette_server.demo.catalogue_files import build_files

BUDGET = 0.4
ROUNDS = 7
NETWORK = Path(__file__).parents[1] / "demo" / "network.toml"


def import_speed() -> Figure:
    """Return how fast a whole import is, as a share of the speed of parsing alone."""
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        folder = Path(name)
        files = build_files(folder)
        data = [path.read_bytes() for _, path in files]
        empty = folder / "empty.db"
        _prepare(f"sqlite:///{empty}")
        times = in_turns(
            ROUNDS,
            pymarc=lambda: _parse(data),
            navette=lambda: _import(files, empty),
        )
    records = sum(block.count(b"\x1d") for block in data)
    ratio = times["pymarc"] / times["navette"]
    per = times["navette"] / records * 1e6
    return Figure(
        "import, against pymarc parsing alone", ratio, BUDGET, "higher",
        f"{records} records, {per:.0f} us of processor a record",
    )  # fmt: skip


def _prepare(url: str) -> None:
    upgrade(url)
    unit = open_unit(url)
    described = read_toml(NETWORK)
    unit.write(lambda tx: load_network(tx, described))
    unit.close()


def _parse(data: Sequence[bytes]) -> None:
    for block in data:
        for record in MARCReader(io.BytesIO(block), to_unicode=True, force_utf8=True):
            if record is not None:
                len(record.fields)


def _import(files: Sequence[tuple[str, Path]], empty: Path) -> None:
    path = empty.with_name("import.db")
    for leftover in (path, path.with_name("import.db-wal"), path.with_name("import.db-shm")):
        leftover.unlink(missing_ok=True)
    path.write_bytes(empty.read_bytes())
    unit = open_unit(f"sqlite:///{path}")
    try:
        for library, file in files:
            import_file(unit, file, library, now=datetime(2026, 11, 24, 9, tzinfo=UTC))
    finally:
        unit.close()
