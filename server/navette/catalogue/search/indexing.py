"""Writing the index: the change feed followed by the node's one writer, and the whole rebuilt.

The database is the truth. Applying a change again is harmless, so the position in the feed is
kept after the commit: a kill in between only means that some records are indexed twice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tantivy
from sqlalchemy import bindparam, func, select

from navette.catalogue.search.analysis import register
from navette.catalogue.search.documents import documents_of
from navette.catalogue.search.folder import IndexFolder, Lock, State, keep_state, state_of
from navette.catalogue.search.keeping import NamesFollower, build_names
from navette.catalogue.search.ranking import RANKING, Ranking
from navette.catalogue.search.schema import schema
from navette.catalogue.tables import Record
from navette.clock import Clock
from navette.errors import Busy
from navette.storage import changes
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader, Unit

Progress = Callable[[int, int], None]
PACE: Final = 0.25
BATCH: Final = 500
HEAP_FOLLOWING, HEAP_BUILDING = 32_000_000, 96_000_000
_records = table(Record).c
_COUNT: Query[int] = Query(select(func.count()).where(_records.hidden.is_(False)), scalar)
_AFTER: Query[int] = Query(
    select(_records.id)
    .where(_records.id > bindparam("last"))
    .order_by(_records.id)
    .limit(bindparam("most")),
    scalar,
)


@dataclass
class _Opened:
    generation: Path
    state: State
    writer: tantivy.IndexWriter
    names: NamesFollower


class IndexWriter:
    """The only writer of a node's index: a lock file says so."""

    def __init__(
        self,
        folder: Path,
        unit: Unit,
        clock: Clock,
        *,
        pace: float = PACE,
        wait: Callable[[float], None] = time.sleep,
        ranking: Ranking = RANKING,
    ) -> None:
        """Keep commits at least `pace` seconds apart; the lock is taken at the first `follow`."""
        self._folder = IndexFolder(folder)
        self._unit = unit
        self._clock = clock
        self._pace = pace
        self._wait = wait
        self._ranking = ranking
        self._committed = -math.inf
        self._writing = Lock(folder / "writer.lock")
        self._rebuilding = Lock(folder / "rebuild.lock")
        self._opened: _Opened | None = None

    def follow(self, max_rows: int = 1000) -> int:
        """Apply the next changes of the feed; return how many rows, 0 when there are none.

        Builds the index first when there is none, when it is of another version or database, or
        when it is further behind than the feed reaches (then returns the records indexed).
        Raises Busy when another process is the writer.
        """
        self._writing.take()
        try:
            opened = self._ready()
            if opened is None:
                return self._build_when_free()
            return self._apply(opened, max_rows)
        except BaseException:
            self._drop()
            raise

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build a new generation beside the old one, which answers until both are exchanged.

        Works while another process follows: that one goes on with the new generation. Returns
        how many records are in it; raises Busy when another rebuild is under way.
        """
        self._rebuilding.take()
        try:
            built = self._folder.building()
            with self._unit.read() as reader:
                position = changes.last_position(reader)
                state = State(position, changes.mark_of(reader, position))
            count = self._fill(built, progress)
            keep_state(built, state)
            self._folder.adopt(built)
            return count
        finally:
            self._rebuilding.release()

    def close(self) -> None:
        """Finish what is under way and give up the lock."""
        self._drop()
        self._writing.release()

    def _ready(self) -> _Opened | None:
        """Return the current generation open for writing; None when a new one has to be built."""
        generation = self._folder.current()
        if generation is None:
            return None
        if self._opened is None or self._opened.generation != generation:
            self._drop()
            self._opened = self._open(generation)
        if self._opened is not None:
            with self._unit.read() as reader:
                if changes.missed(reader, self._opened.state.position):
                    return None
        return self._opened

    def _open(self, generation: Path) -> _Opened | None:
        state = state_of(generation)
        if state is None:
            return None
        with self._unit.read() as reader:
            if changes.mark_of(reader, state.position) != state.mark:
                return None
        try:
            index = tantivy.Index.open(str(generation))
            register(index)
            writer = index.writer(HEAP_FOLLOWING, 1)
            names = NamesFollower(generation, index)
        except (ValueError, OSError):
            return None
        # What a killed writer left behind would make every later commit fail.
        writer.garbage_collect_files()
        self._folder.tidy()
        return _Opened(generation, state, writer, names)

    def _build_when_free(self) -> int:
        self._drop()
        try:
            return self.rebuild()
        except Busy:
            return 0

    def _apply(self, opened: _Opened, max_rows: int) -> int:
        touched = self._since(opened, max_rows)
        if not touched:
            return 0
        rest = self._committed + self._pace - time.monotonic()
        if rest > 0:
            self._wait(rest)
            touched = self._since(opened, max_rows)
        ids = list(dict.fromkeys(t.subject_id for t in touched if t.kind == "record"))
        for start in range(0, len(ids), BATCH):
            self._replace(opened, ids[start : start + BATCH])
        with self._unit.read() as reader:
            mark = changes.mark_of(reader, touched[-1].position)
        opened.names.commit()
        opened.writer.commit()
        self._committed = time.monotonic()
        opened.state = State(touched[-1].position, mark)
        keep_state(opened.generation, opened.state)
        return len(touched)

    def _since(self, opened: _Opened, max_rows: int) -> list[changes.Touched]:
        with self._unit.read() as reader:
            return changes.since(reader, opened.state.position, max_rows)

    def _replace(self, opened: _Opened, ids: Sequence[int]) -> None:
        with self._unit.read() as reader:
            documents = documents_of(reader, ids, self._clock.now(), self._ranking)
        opened.names.note(ids, documents)
        for record_id in ids:
            opened.writer.delete_documents_by_term("id", str(record_id))
        for document in documents.values():
            opened.writer.add_document(document)

    def _fill(self, built: Path, progress: Progress | None) -> int:
        index = tantivy.Index(schema(), str(built))
        register(index)
        writer = index.writer(HEAP_BUILDING, 1)
        done, last = 0, 0
        with self._unit.read() as reader:
            total = reader.one(_COUNT)
        while ids := self._next(last):
            with self._unit.read() as reader:
                documents = documents_of(reader, ids, self._clock.now(), self._ranking)
            for document in documents.values():
                writer.add_document(document)
            done, last = done + len(documents), ids[-1]
            if progress is not None:
                progress(done, max(done, total))
        writer.commit()
        writer.wait_merging_threads()
        build_names(built, HEAP_BUILDING)
        return done

    def _next(self, last: int) -> list[int]:
        with self._unit.read() as reader:
            return _ids(reader, last)

    def _drop(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            _finish(opened.writer)
            _finish(opened.names.writer)


def _ids(reader: Reader, last: int) -> list[int]:
    return reader.all(_AFTER, last=last, most=BATCH)


def _finish(writer: Any) -> None:
    """End a writer's threads; one that already failed has nothing left to end."""
    try:
        writer.rollback()
        writer.wait_merging_threads()
    except (ValueError, RuntimeError, OSError):
        return
