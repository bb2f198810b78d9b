"""One launcher a data folder, one worker a node: a file held by a living process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


class Taken(Exception):
    """Another living process holds the file; `holder` is its process id."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path.name} is held by process {holder}")
        self.holder = holder


class Lock:
    """Held from `take` to `release`; the kernel lets go of it when the process ends."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self._path = path
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Hold the file; raises Taken."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise Taken(self._path, holder) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let go of it."""
        if self._file is not None:
            self._file.close()
            self._file = None
