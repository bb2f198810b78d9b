"""One launcher a data folder, one worker a node, on SQLite one web process: a file held by the living."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from navette.settings import Settings

PAUSE_SECONDS = 0.05


def never() -> bool:
    """Answer no: nobody told to stop."""
    return False


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

    def take_soon(self, seconds: float, told_to_stop: Callable[[], bool] = never) -> None:
        """Hold the file; a process that is just ending is waited for. Raises Taken."""
        until = time.monotonic() + seconds
        while True:
            try:
                return self.take()
            except Taken:
                if time.monotonic() > until or told_to_stop():
                    raise
            time.sleep(PAUSE_SECONDS)

    def release(self) -> None:
        """Let go of it."""
        if self._file is not None:
            self._file.close()
            self._file = None


def web_lock(settings: Settings) -> Lock:
    """Return the file that the one web process on SQLite holds."""
    return Lock(settings.data / "web.lock")
