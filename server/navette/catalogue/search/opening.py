"""An index opened for reading: follows the generation on disk and each commit to it."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tantivy
from tantivy import Schema, Searcher

from navette.catalogue.search.analysis import register
from navette.catalogue.search.folder import CURRENT, IndexFolder, state_of
from navette.catalogue.search.names import Roll, open_names
from navette.catalogue.search.ranking import RANKING, Ranking

_ATTEMPTS: Final = 3
Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class View:
    """The index as it is at one instant: what is written later does not show in it."""

    schema: Schema
    searcher: Searcher
    commit: tuple[Path, Stamp | None]
    names: Roll
    ranking: Ranking = RANKING


@dataclass
class _Opened:
    current: Stamp | None
    generation: Path
    meta: str
    index: tantivy.Index
    names: tantivy.Index
    commit: Stamp | None

    def reload(self) -> None:
        """Show the newest commit: names are committed before the records that bear them."""
        self.index.reload()
        self.names.reload()


class Opening:
    """Opens the current generation, again when it is exchanged; reloads when it has changed."""

    def __init__(self, folder: Path, ranking: Ranking = RANKING) -> None:
        """Open nothing yet: the folder may not exist."""
        self._folder = IndexFolder(folder)
        self._current = os.fspath(self._folder.path / CURRENT)
        self._ranking = ranking
        self._opened: _Opened | None = None
        self._exchanging = threading.Lock()

    def view(self) -> View | None:
        """Return the newest state of the index, or None when there is none that can be read."""
        current = _stamp(self._current)
        opened = self._opened
        if opened is None or opened.current != current:
            opened = self._exchange(current)
        if opened is None:
            return None
        commit = _stamp(opened.meta)
        if commit != opened.commit and commit is not None:
            self._reload(opened, commit)
        # Taken before the searcher: what is remembered under a commit is never older than it.
        known = (opened.generation, opened.commit)
        index, names = opened.index, opened.names
        roll = Roll(names.schema, names.searcher())
        return View(index.schema, index.searcher(), known, roll, self._ranking)

    def _exchange(self, current: Stamp | None) -> _Opened | None:
        with self._exchanging:
            if self._opened is not None and self._opened.current == current:
                return self._opened
            for _ in range(_ATTEMPTS):
                found = self._open(_stamp(self._current))
                if found is not None:
                    self._opened = found
                    break
            # Without a newer one that can be read, the one that is open goes on answering.
            return self._opened

    def _open(self, current: Stamp | None) -> _Opened | None:
        generation = self._folder.current()
        if generation is None or state_of(generation) is None:
            return None
        meta = os.fspath(generation / "meta.json")
        commit = _stamp(meta)
        try:
            index = tantivy.Index.open(str(generation))
            opened = _Opened(current, generation, meta, index, open_names(generation), commit)
            for each in (index, opened.names):
                each.config_reader("manual")
            opened.reload()
        except (ValueError, OSError):  # exchanged and removed while we opened it
            return None
        register(index)
        return opened

    def _reload(self, opened: _Opened, commit: Stamp) -> None:
        """Show the newest commit; the stamp is older than what is read, never newer."""
        if not self._exchanging.acquire(blocking=False):
            return
        try:
            opened.reload()
            opened.commit = commit
        except (ValueError, OSError):
            self._opened = None
        finally:
            self._exchanging.release()


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - asked twice at every question: a Path costs more than the look
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
