"""What `make run` executes: builds the demonstration, starts its processes, ends them together."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import click
import orjson

from navette.errors import SettingsError
from navette_server.built import is_built, note_built
from navette_server.children import Children
from navette_server.demonstration import (
    Demonstration,
    demonstration_of,
    folder_of,
    ports_of,
)
from navette_server.nodelock import Lock, Taken
from navette_server.ports import answers, becomes_free

START_SECONDS = 60.0
STAND_IN = "stand-in"
TICK_SECONDS = 0.05
STOPPING = (signal.SIGINT, signal.SIGTERM)
LINGER_SECONDS = 3.0
COMMAND = "navette_server.cli"
LOCK = "launcher.lock"
SHOWN_PATRONS = 3


class CannotStart(Exception):
    """Something is in the way; the message says what, and the way out."""


def check_ports(ports: tuple[int, int | None], told_to_stop: Callable[[], bool]) -> None:
    """Raise CannotStart for a port that another program keeps."""
    for port in filter(None, ports):
        if not becomes_free(port, told_to_stop):
            raise CannotStart(
                f"port {port} is taken by another program."
                f" Stop it, or choose another: make run PORT={ports[0] + 10}"
            )


class Launcher:
    """One run of the demonstration."""

    def __init__(self, demonstration: Demonstration) -> None:
        """Nothing starts before `run`."""
        self._demo = demonstration
        self._stop = threading.Event()
        self._children = Children(demonstration.environ, demonstration.data / "logs")
        self._lock = Lock(demonstration.data / LOCK)

    def run(self) -> int:
        """Start everything and stay until told to stop or until a process fails."""
        # own handlers: a job in the background inherits SIGINT ignored
        for name in STOPPING:
            signal.signal(name, lambda *_: self._stop.set())
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup goes on
            signal.signal(signal.SIGHUP, lambda *_: self._stop.set())
        threading.Thread(target=self._watch_make, name="make", daemon=True).start()
        try:
            self._take_place()
            self._build()
            self._start()
            if not self._stop.is_set():
                say(self._demo)
            return self._stay()
        except CannotStart as error:
            click.echo(f"Navette cannot start: {error}", err=True)
            return 1
        finally:
            self._children.stop()
            self._lock.release()

    def _take_place(self) -> None:
        try:
            self._lock.take_soon(LINGER_SECONDS, self._stop.is_set)
        except Taken as error:
            raise CannotStart(
                f"it runs already with {self._demo.data} (process {error.holder})."
                " Stop that one, or choose another folder: make run DATA_DIR=other PORT=8010"
            ) from error
        check_ports((self._demo.port, self._demo.stand_in_port), self._stop.is_set)

    def _watch_make(self) -> None:
        """End when `make` was killed: nobody would ever stop what it started."""
        parent = os.getppid()
        while "MAKELEVEL" in os.environ and not self._stop.wait(TICK_SECONDS * 4):
            if os.getppid() != parent:
                self._stop.set()

    def _build(self) -> None:
        """Build or migrate in a process of its own, whose progress is seen here."""
        if is_built(self._demo):
            return
        arguments = [COMMAND, "demo", "--with-launcher"]
        if self._demo.stand_in_port:
            arguments.append("--stand-in")
        child = self._children.run(arguments)
        while child.poll() is None and not self._stop.wait(TICK_SECONDS):
            continue
        if child.returncode and not self._stop.is_set():
            raise CannotStart("the demonstration could not be built; the lines above say why.")
        self._children.forget(child)
        if not self._stop.is_set():
            note_built(self._demo)

    def _start(self) -> None:
        if self._stop.is_set():
            return
        port = str(self._demo.port)
        if self._demo.stand_in_port:
            self._children.start(STAND_IN, ["navette_server.stand_in"])
        self._children.start("web", [COMMAND, "serve", "--port", port, "--with-launcher"])
        self._children.start("worker", [COMMAND, "worker", "--with-launcher"])
        waited = 0.0
        while not self._stop.is_set() and not self._ready():
            self._check_children()
            waited += TICK_SECONDS
            if waited > START_SECONDS:
                raise CannotStart(f"it does not answer; see {self._demo.data / 'logs'}")
            self._stop.wait(TICK_SECONDS)

    def _ready(self) -> bool:
        stand_in = self._demo.stand_in_port
        if stand_in and not answers(stand_in, "/.well-known/openid-configuration"):
            return False
        return answers(self._demo.port, "/healthz")

    def _stay(self) -> int:
        """Stay until told to stop, or until web or worker dies; the stand-in is started again."""
        while not self._stop.wait(TICK_SECONDS * 4):
            name = self._children.ended()
            if name is None or self._stop.is_set():
                continue
            if name == STAND_IN:
                click.echo("The stand-in library has ended; it is started again.", err=True)
                self._children.start_again(name)
                continue
            click.echo(
                f"{name} has ended, so everything stops. Start again: make run\n"
                f"{self._children.tail(name)}",
                err=True,
            )
            return 1
        click.echo("Navette stops.")
        return 0

    def _check_children(self) -> None:
        name = self._children.ended()
        if name is not None and not self._stop.is_set():
            raise CannotStart(f"{name} has ended:\n{self._children.tail(name)}")


def say(demonstration: Demonstration) -> None:
    """Print where everything is and how to sign in."""
    base, data = demonstration.base_url, demonstration.data
    lines = ["", f"Navette           {base}"]
    if demonstration.stand_in_port:
        lines.append(f"Stand-in library  {demonstration.environ['NAVETTE_OIDC_ISSUER']}")
    lines.append(f"Messages sent     {base}/dev/courrier")
    lines += ["", *_accounts(data / "accounts.json"), f"Logs              {data / 'logs'}", ""]
    lines.append("Everybody is fictitious. Ctrl-C stops everything.")
    click.echo("\n".join(lines))


def _accounts(path: Path) -> list[str]:
    if not path.exists():
        return []
    known = orjson.loads(path.read_bytes())
    lines = ["Cards"]
    lines += [
        f"  {p['name']:<18} {p['card']}  {p['password']}" for p in known["patrons"][:SHOWN_PATRONS]
    ]
    lines.append("Desks")
    lines += [f"  {s['login']:<18} {s['password']}" for s in known["staff"]]
    if known["sso"]:
        lines.append("Metropolitan library")
        lines += [f"  {a['login']:<18} {a['password']}" for a in known["sso"]]
    return [*lines, f"  (all of them: {path})", ""]


def main() -> None:
    """Run with this process's environment."""
    try:
        _look_first(os.environ)
        launcher = Launcher(demonstration_of(os.environ))
    except (CannotStart, SettingsError, OSError) as error:
        click.echo(f"Navette cannot start: {error}", err=True)
        sys.exit(1 if isinstance(error, CannotStart) else 2)
    sys.exit(launcher.run())


def _look_first(environ: Mapping[str, str]) -> None:
    """Look at the ports before anything is made, where nothing ever ran: a refusal leaves nothing."""
    if not (folder_of(environ) / LOCK).exists():
        check_ports(ports_of(environ), lambda: False)


if __name__ == "__main__":
    main()
