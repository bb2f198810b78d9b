"""Import against pymarc's parsing alone, on the same files in the same run."""

from __future__ import annotations

import io
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from pymarc import MARCReader

from navette.catalogue.importing import import_file
from navette.catalogue.unimarc import iso2709
from navette.catalogue.unimarc.identifiers import isbn, to13
from navette.catalogue.unimarc.packing import packed
from navette.network.loading import load_network, read_toml
from navette.storage.database import open_unit
from navette.storage.migrating import upgrade
from navette.storage.unit import Unit
from navette_server.benching.measuring import Figure, in_turns
from navette_server.demo.catalogue_files import build_files

BUDGET = 0.4
ROUNDS = 5
# The files of the demonstration, so often that each is as long as that of a small town.
TIMES = 24
NETWORK = Path(__file__).parents[1] / "demo" / "network.toml"
Files = Sequence[tuple[str, Path]]


def import_speed() -> list[Figure]:
    """Return how fast a whole import is, as a share of the speed of parsing alone.

    What a library waits for is the time that passes, and a large file is read by a second process
    too: so time that passes is compared. The processor's own time, in which
    nothing is done side by side, is shown too, for files that are too short for that.
    """
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        folder = Path(name)
        short = build_files(folder)
        long = [(code, _repeated(path)) for code, path in short]
        empty = folder / "empty.db"
        _prepare(f"sqlite:///{empty}")
        return [
            _passing("import of large files, against pymarc parsing alone", long, empty),
            _processor("import of short files, processor against pymarc's", short, empty),
        ]


def _passing(name: str, files: Files, empty: Path) -> Figure:
    """Compare the best of some rounds, file by file: what disturbs a run can only make it longer.

    File by file and in turns, so that a machine that others use too disturbs both alike: a run over
    everything takes the import three times as long, and finds a quiet moment three times as seldom.
    """
    data = [path.read_bytes() for _, path in files]
    records = sum(block.count(b"\x1d") for block in data)
    parsing = importing = [float("inf")] * len(files)
    for _ in range(ROUNDS):
        with _emptied(empty) as unit:
            rounds = [
                (_passed(partial(_parse, [block])), _passed(partial(_import_one, unit, *file)))
                for block, file in zip(data, files, strict=True)
            ]
        parsing = list(map(min, parsing, [alone for alone, _ in rounds]))
        importing = list(map(min, importing, [whole for _, whole in rounds]))
    alone, whole = sum(parsing), sum(importing)
    return Figure(
        name, alone / whole, BUDGET, "higher",
        f"{records} records, {whole / records * 1e6:.0f} us each; two processes",
    )  # fmt: skip


def _processor(name: str, files: Files, empty: Path) -> Figure:
    data = [path.read_bytes() for _, path in files]
    records = sum(block.count(b"\x1d") for block in data)
    times = in_turns(
        ROUNDS,
        pymarc=lambda: _parse(data),
        navette=lambda: _import(files, empty),
    )
    per = times["navette"] / records * 1e6
    return Figure(
        name, times["pymarc"] / times["navette"], 0.0, "shown",
        f"{records} records, {per:.0f} us of processor a record, in one process",
    )  # fmt: skip


def _passed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


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


def _import(files: Files, empty: Path) -> None:
    with _emptied(empty) as unit:
        for library, file in files:
            _import_one(unit, library, file)


def _import_one(unit: Unit, library: str, file: Path) -> None:
    import_file(unit, file, library, now=datetime(2026, 11, 24, 9, tzinfo=UTC))


@contextmanager
def _emptied(empty: Path) -> Iterator[Unit]:
    """Open a catalogue without any record."""
    path = empty.with_name("import.db")
    for leftover in (path, path.with_name("import.db-wal"), path.with_name("import.db-shm")):
        leftover.unlink(missing_ok=True)
    path.write_bytes(empty.read_bytes())
    unit = open_unit(f"sqlite:///{path}")
    try:
        yield unit
    finally:
        unit.close()


def _repeated(path: Path) -> Path:
    """Write a file of many times the records, each with a number and copies of its own."""
    records = [block + b"\x1d" for block in path.read_bytes().split(b"\x1d") if block.strip()]
    longer = path.with_suffix(".long.mrc")
    with longer.open("wb") as stream:
        for turn in range(TIMES):
            stream.writelines(_numbered(record, turn) for record in records)
    return longer


def _numbered(record: bytes, turn: int) -> bytes:
    """Give a record of its own: another 001, ISBN, title and barcodes, the same in every library."""
    raw = next(iso2709.read(io.BytesIO(record)))
    if isinstance(raw, iso2709.Broken):
        return record
    mark = b"%d" % turn
    made = []
    for tag, data in raw.fields:
        if tag == "001":
            made.append(data + mark)
        elif tag == "010":
            made.append(_ISBN.sub(lambda match: match[1] + _moved(match[2], turn), data))
        elif tag == "200":
            made.append(data.replace(b"\x1fa", b"\x1fa" + _WORDS[turn] + b" ", 1))
        elif tag == "995":
            made.append(_BARCODE.sub(lambda match: match[0] + mark, data))
        else:
            made.append(data)
    return packed(raw.leader, raw.tags, made)


def _moved(written: bytes, turn: int) -> bytes:
    """Give another ISBN, right if this one is; what is no ISBN stays."""
    known = isbn(written.decode("latin-1"))
    if known is None or not known.valid:
        return written
    body = int(known.value[3:12]) + turn * 7_919
    return to13(f"{body % 10**9:09d}0").encode()


_ISBN: Final = re.compile(rb"(\x1fa)([^\x1f]+)")
_BARCODE: Final = re.compile(rb"\x1ff[^\x1f]+")
_WORDS: Final = [
    f"{a}{b}".encode()
    for a in ("bo", "lu", "mi", "ra")
    for b in ("ba", "da", "fo", "ki", "no", "ti")
]
