"""A program that follows the change feed and is killed at a chosen instant; run by a test."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

import tantivy

from fakes import FrozenClock
from navette.catalogue.search import indexing
from navette.storage.database import open_unit


def die(*_: Any, **__: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


class DoomedWriter:
    """A writer killed in its commit: after so many milliseconds, or once a file is written."""

    def __init__(self, writer: tantivy.IndexWriter, generation: Path, instant: str) -> None:
        self._writer = writer
        self._generation = generation
        self._instant = instant

    def commit(self) -> NoReturn:
        if self._instant.startswith("+"):
            threading.Timer(float(self._instant) / 1000, die).start()
        else:
            before = self._files()
            threading.Thread(target=lambda: self._watch(before)).start()
        self._writer.commit()
        die()

    def _watch(self, before: set[Path]) -> None:
        while self._files() <= before:
            pass
        die()

    def _files(self) -> set[Path]:
        return set(self._generation.glob(f"*{self._instant}"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


def main(url: str, folder: str, instant: str) -> None:
    writer = indexing.IndexWriter(Path(folder), open_unit(url), FrozenClock(), pace=0)
    if instant == "committed":
        setattr(indexing, "keep_state", die)  # noqa: B010 - another module's name, on purpose
    elif instant == "built":
        writer._folder.adopt = die  # type: ignore[method-assign]
    elif instant == "building":
        writer.rebuild(die)
    if instant in {"built", "building"}:
        writer.rebuild()
    opened = writer._ready()
    assert opened is not None
    if instant == "names":
        doomed = DoomedWriter(opened.writer, opened.generation, "+0")
        doomed.commit = die  # type: ignore[method-assign]
        opened.writer = doomed  # type: ignore[assignment]
    elif instant.startswith("commit"):
        doomed = DoomedWriter(opened.writer, opened.generation, instant.removeprefix("commit"))
        opened.writer = doomed  # type: ignore[assignment]
    writer.follow()


if __name__ == "__main__":
    main(*sys.argv[1:])
