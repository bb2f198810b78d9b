"""`make run` as a stranger's process: started, asked, ended or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from waiting import until

ROOT = str(Path(__file__).parents[1])
LAUNCHER = [sys.executable, "-m", "navette_server.launcher"]
START_SECONDS = 90.0
STARTED = "Ctrl-C stops everything"
END_SECONDS = 3.0


class Run:
    """One `make run`, in a process group of its own."""

    def __init__(
        self, data: Path, port: int, *, through_make: bool = False, **environ: str
    ) -> None:
        kept = {n: v for n, v in os.environ.items() if not n.startswith("NAVETTE_")}
        self.port = port
        self.data = data
        self._output = data.with_name(f"{data.name}-{time.monotonic_ns()}.txt")
        with self._output.open("wb") as output:
            self.launcher = subprocess.Popen(
                ["make", "-C", ROOT, "run"] if through_make else LAUNCHER,
                env=kept | {"PORT": str(port), "DATA_DIR": str(data)} | environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._output.read_text()

    def answers(self, path: str = "/healthz") -> bool:
        assert self.launcher.poll() is None, self.said
        with suppress(OSError):
            address = f"http://127.0.0.1:{self.port}{path}"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return answer.status == 200
        return False

    def has_started(self) -> bool:
        """Whether it says that all is started; fails when it has ended instead."""
        assert STARTED in self.said or self.launcher.poll() is None, self.said
        return STARTED in self.said

    def wait_until_started(self) -> None:
        until(self.has_started, START_SECONDS, "the word that all is started")

    def wait(self, path: str = "/healthz") -> None:
        until(lambda: self.answers(path), START_SECONDS, f"an answer at {path}")

    def processes(self, named: str = "") -> list[int]:
        """Every living process of the run, the launcher included; or those of a command line."""
        asked = ["pgrep", "-g", str(self.launcher.pid), *(["-f", named] if named else [])]
        found = subprocess.run(asked, capture_output=True, text=True, check=False)
        return [int(line) for line in found.stdout.split()]

    def ended(self) -> bool:
        self.launcher.poll()
        return not self.processes()

    def end(self, name: signal.Signals = signal.SIGTERM, *, group: bool = False) -> None:
        target = -self.launcher.pid if group else self.launcher.pid
        os.kill(target, name)
        until(self.ended, END_SECONDS, "the end of every process")
