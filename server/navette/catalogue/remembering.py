"""Records remembered as they were read, each for as long as its version stands."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Any, Final

from sqlalchemy import Integer, Text, bindparam, cast, select, type_coerce

from navette.catalogue.reading import RecordView, records_of
from navette.catalogue.tables import Record
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

MOST: Final = 5_000
_r = table(Record).c
# Whatever of a record can change shows here: its version, and what changes without one.
_STANDING = Query(
    select(
        _r.id, _r.version, _r.loans, type_coerce(_r.hidden, Integer), cast(_r.updated_at, Text)
    ).where(_r.id.in_(bindparam("ids", expanding=True))),
    lambda *cells: cells,
)


class Remembered:
    """The records of one database; any number of threads ask."""

    def __init__(self, most: int = MOST) -> None:
        """Remember at most that many."""
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[int, tuple[Any, RecordView]] = OrderedDict()

    def records(self, reader: Reader, ids: Iterable[int]) -> dict[int, RecordView]:
        """Return the records of these ids that exist, as they stand now, hidden ones too."""
        wanted = list(ids)
        standing = {cells[0]: cells for cells in reader.all(_STANDING, ids=wanted)}
        found: dict[int, RecordView] = {}
        with self._lock:
            for record_id, cells in standing.items():
                known = self._known.get(record_id)
                if known is not None and known[0] == cells:
                    found[record_id] = known[1]
                    self._known.move_to_end(record_id)
        if missing := [record_id for record_id in standing if record_id not in found]:
            read = records_of(reader, missing)
            found |= read
            self._keep({i: (standing[i], view) for i, view in read.items()})
        return found

    def _keep(self, read: dict[int, tuple[Any, RecordView]]) -> None:
        """Keep what was read, dropping what was asked for longest ago.

        A record that changed between the two looks is kept under what it was: the next look
        finds another version and reads it again.
        """
        with self._lock:
            self._known |= read
            while len(self._known) > self._most:
                self._known.popitem(last=False)
