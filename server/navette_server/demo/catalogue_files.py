"""The five catalogues of the demonstration, written as the UNIMARC files a library would hand over.

The same bytes on every machine: see holdings.py.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from navette.catalogue.unimarc.writing import write_record
from navette_server.demo.describing import describe
from navette_server.demo.habits import HABITS, Habits, barcode_of
from navette_server.demo.holdings import copies_of
from navette_server.demo.item_fields import LEADER_KINDS, PRINTED, item_field
from navette_server.demo.works import LIBRARIES


def build_files(folder: Path) -> list[tuple[str, Path]]:
    """Write hem.mrc ... toufflers.mrc into a folder; return (library code, file), in line order."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for library in LIBRARIES:
        path = folder / f"{library}.mrc"
        path.write_bytes(b"".join(_records(HABITS[library])))
        written.append((library, path))
    return written


def _records(habits: Habits) -> Iterator[bytes]:
    items = enumerate(copies_of(habits.library), 1)
    records = groupby(items, key=lambda ranked: ranked[1].work)
    for rank, (work, copies) in enumerate(records, 1):
        fields = describe(work, habits, rank)
        fields += [item_field(copy, barcode_of(habits.library, n)) for n, copy in copies]
        kind, level = LEADER_KINDS.get(work.kind, PRINTED)
        yield write_record(fields, habits.encoding, kind=kind, level=level)
