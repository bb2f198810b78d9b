"""The processes that the launcher starts, watches and ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

GRACE_SECONDS = 2.2
TAIL_LINES = 15


class Children:
    """Child processes that live as long as the launcher, however it ends.

    Their standard input is a pipe that only the launcher holds open: see lifeline.py.
    """

    def __init__(self, environ: Mapping[str, str], logs: Path) -> None:
        """Keep each child's output in the folder `logs`, one file a name."""
        self._environ = dict(environ)
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, Sequence[str]] = {}
        reading, self._writing = os.pipe()
        self._lifeline = reading

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start `python -m ARGUMENTS` with its output in NAME.log; again adds to that file."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{name}.log").open("ab" if name in self._started else "wb") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, "-m", *arguments],
                env=self._environ,
                stdin=self._lifeline,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._started[name] = arguments

    def start_again(self, name: str) -> None:
        """Start a child that has ended once more, as it was started."""
        self.start(name, self._started[name])

    def run(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start `python -m ARGUMENTS` that writes to our own terminal and ends by itself."""
        child = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", *arguments], env=self._environ, stdin=self._lifeline
        )
        self._running[arguments[-1]] = child
        return child

    def forget(self, child: subprocess.Popen[bytes]) -> None:
        """Watch a child no longer that has ended as it should."""
        self._running = {name: one for name, one in self._running.items() if one is not child}

    def ended(self) -> str | None:
        """Return the name of a child that has ended, or None."""
        return next((name for name, one in self._running.items() if one.poll() is not None), None)

    def tail(self, name: str) -> str:
        """Return the last lines that a child wrote."""
        lines = (self._logs / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])

    def stop(self) -> None:
        """End all: ask first, insist after two seconds."""
        for child in self._running.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for child in self._running.values():
            try:
                child.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        os.close(self._writing)
