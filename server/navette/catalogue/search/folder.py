"""Where the index lies on disk: numbered generations, one of them current, locks beside them.

A generation is built under another name and becomes current by one atomic replacement, so that
whoever searches always finds a whole index, and a kill at any instant leaves one.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import orjson

from navette.catalogue.search.schema import VERSION
from navette.errors import Busy

CURRENT: Final = "current"
STATE: Final = "navette.json"
_GENERATION: Final = re.compile(r"generation-(\d{6})")


@dataclass(frozen=True, slots=True)
class State:
    """How far in the change feed a generation is; `mark` is what the row there said."""

    position: int
    mark: str = ""
    version: int = VERSION


class IndexFolder:
    """The folder of one node's index."""

    def __init__(self, path: Path) -> None:
        """Nothing is created until something is written."""
        self.path = path

    def current(self) -> Path | None:
        """Return the generation that answers now, or None."""
        try:
            name = (self.path / CURRENT).read_text().strip()
        except OSError:
            return None
        return self.path / name if _GENERATION.fullmatch(name) else None

    def building(self) -> Path:
        """Return a fresh folder for a new generation; what an earlier try left is removed."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._remove("building-*")
        numbers = [int(m[1]) for p in self.path.iterdir() if (m := _GENERATION.fullmatch(p.name))]
        made = self.path / f"building-{max(numbers, default=0) + 1:06d}"
        made.mkdir()
        return made

    def adopt(self, built: Path) -> Path:
        """Make a built generation the current one; the one before stays for its last readers."""
        generation = built.with_name(built.name.replace("building", "generation"))
        before = self.current()
        built.rename(generation)
        _replace(self.path / CURRENT, generation.name.encode())
        self._remove("generation-*", generation, before)
        return generation

    def tidy(self) -> None:
        """Remove the generations before the current one; only for the node's writer."""
        current = self.current()
        for path in self.path.glob("generation-*"):
            if current is not None and path.name < current.name:
                shutil.rmtree(path, ignore_errors=True)

    def _remove(self, pattern: str, *but: Path | None) -> None:
        for path in self.path.glob(pattern):
            if path not in but:
                shutil.rmtree(path, ignore_errors=True)


def state_of(generation: Path) -> State | None:
    """Return how far a generation is; None when it is not of this version or cannot be read."""
    try:
        state = State(**orjson.loads((generation / STATE).read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None
    return state if state.version == VERSION else None


def keep_state(generation: Path, state: State) -> None:
    """Write how far a generation is; call it after the index has committed, never before."""
    _replace(generation / STATE, orjson.dumps(state))


class Lock:
    """A file that one living process holds, with its pid for people to read.

    The kernel lets go of it when the process ends, however it ends: a stale one is just taken.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; it is held from `take` to `release`."""
        self.path = path
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Hold it; raises Busy, naming the process, when another one does."""
        if self._file is not None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise Busy(
                f"{self.path.name}: the search index is written by process {holder}"
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let go of it."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _replace(path: Path, content: bytes) -> None:
    written = path.with_name(f"{path.name}.{os.getpid()}.new")
    written.write_bytes(content)
    written.replace(path)
