"""`navette doctor`, `backup` and `restore`: looking after an installation."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import click

from navette.catalogue.search.index import SearchIndex
from navette.clock import SystemClock
from navette.errors import NavetteError, SettingsError, SourceError
from navette.network.loading import network_of
from navette.notifications.vapid import public_key_of
from navette.settings import Settings
from navette.storage.database import SQLITE
from navette.storage.unit import Unit
from navette_server.commands.sso import sso
from navette_server.console import DONE, FAILED, database, json_option, lacks_tables, tell
from navette_server.environment import settings_here
from navette_server.machine import BROKEN, HEARTBEAT
from navette_server.metering import last_beat
from navette_server.nodelock import Lock, Taken, web_lock
from navette_server.revision import expected_revision

HEADER = b"SQLite format 3\x00"
Check = Callable[[Settings, Unit], str]


class Unwell(Exception):
    """A check failed; the message says what to do."""


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> int:
    """Look whether everything is in its place, and say what to do about what is not."""
    if ctx.invoked_subcommand is not None:
        return DONE
    settings = settings_here()
    with database() as unit:
        found = list(_examined(settings, unit))
    lines = [f"{'ok  ' if one['ok'] else 'FAIL'}  {one['check']}: {one['says']}" for one in found]
    tell(found, as_json=as_json, text="\n".join(lines))
    return DONE if all(one["ok"] for one in found) else FAILED


def _examined(settings: Settings, unit: Unit) -> Iterator[dict[str, object]]:
    for name, check in CHECKS.items():
        try:
            yield {"check": name, "ok": True, "says": check(settings, unit)}
        except Unwell as error:
            yield {"check": name, "ok": False, "says": str(error)}
        except (NavetteError, *BROKEN) as error:
            yield {"check": name, "ok": False, "says": _said(error)}


def _said(error: Exception) -> str:
    if lacks_tables(error):
        return "there are no tables yet: run `navette db upgrade`"
    return f"{type(error).__name__}: {error}".strip()


def _schema(_settings: Settings, unit: Unit) -> str:
    with unit.read() as reader:
        row = reader.driver.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None or row[0] != expected_revision():
        raise Unwell(f"is not {expected_revision()}: run `navette db upgrade`")
    return str(row[0])


def _network(_settings: Settings, unit: Unit) -> str:
    with unit.read() as reader:
        codes = network_of(reader).codes
    if not codes:
        raise Unwell("no library yet: run `navette network load FILE.toml`")
    return ", ".join(codes)


def _index(settings: Settings, unit: Unit) -> str:
    if not SearchIndex(settings.data / "index", unit).ready:
        raise Unwell("there is none: run `navette index rebuild`, or start the worker")
    return str(settings.data / "index")


def _worker(_settings: Settings, unit: Unit) -> str:
    with unit.read() as reader:
        beat = last_beat(reader)
    if beat is None or SystemClock().now() - beat > HEARTBEAT:
        raise Unwell("gives no sign of life: start `navette worker`")
    return f"last sign {beat:%H:%M:%S} UTC"


def _push(settings: Settings, _unit: Unit) -> str:
    public = public_key_of(settings.vapid_private_key)
    if not public:
        raise Unwell("no key: set NAVETTE_VAPID_PRIVATE_KEY")
    return f"public key {public[:12]}..."


CHECKS: dict[str, Check] = {
    "database": _schema,
    "network": _network,
    "index": _index,
    "worker": _worker,
    "push": _push,
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def backup(file: Path, *, as_json: bool) -> None:
    """Write the whole database into FILE, while everything goes on running.

    The search index is not in it: it is built anew from the database. Keep the file safe: it
    holds people.
    """
    settings = settings_here()
    source = _sqlite_file(settings) if settings.database.startswith(SQLITE) else None
    if source is not None and not source.exists():
        raise SourceError(str(source), "there is no database to copy")
    if file.is_dir():
        raise SourceError(str(file), "it is a folder; name a file in it")
    draft = file.with_name(f".{file.name}.part")
    try:
        draft.touch(mode=0o600)
    except OSError as error:
        there = file.absolute().parent.is_dir()
        why = error.strerror if there else f"there is no folder {file.absolute().parent}"
        raise SourceError(str(file), f"cannot be written: {why}. Name another place.") from error
    if source is not None:
        _copy(source, draft)
    else:
        _run("pg_dump", "--format=custom", f"--file={draft}", f"--dbname={settings.database}")
    draft.replace(file)
    size = file.stat().st_size
    tell({"file": str(file), "bytes": size}, as_json=as_json, text=f"{file}: {size:,} bytes.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def restore(file: Path, *, as_json: bool) -> None:
    """Put the database of FILE in the place of the present one; stop everything first.

    The present SQLite database is kept beside it with the ending `.before`. Then run
    `navette db upgrade` and `navette index rebuild`.
    """
    settings = settings_here()
    if not file.is_file():
        raise SourceError(str(file), "there is no such file")
    with ExitStack() as held:
        for lock in (Lock(settings.data / "worker.lock"), web_lock(settings)):
            try:
                lock.take()
            except Taken as error:
                raise click.ClickException(f"stop everything first: {error}") from error
            held.callback(lock.release)
        if settings.database.startswith(SQLITE):
            _replace(file, _sqlite_file(settings))
        else:
            _run(
                "pg_restore", "--clean", "--if-exists", "--single-transaction",
                f"--dbname={settings.database}", str(file),
            )  # fmt: skip
        shutil.rmtree(settings.data / "index", ignore_errors=True)
    text = f"Restored from {file}. Now: navette db upgrade && navette index rebuild"
    tell({"file": str(file), "restored": True}, as_json=as_json, text=text)


def _sqlite_file(settings: Settings) -> Path:
    return Path(settings.database.removeprefix(SQLITE))


def _copy(source: Path, to: Path) -> None:
    """Copy with SQLite's own means: whole, even while others write."""
    reading, writing = sqlite3.connect(source), sqlite3.connect(to)
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")
    finally:
        writing.close()
        reading.close()


def _replace(file: Path, place: Path) -> None:
    with file.open("rb") as stream:
        if stream.read(len(HEADER)) != HEADER:
            raise SourceError(str(file), "is not a backup of this kind of database (SQLite)")
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.restoring")
    draft.unlink(missing_ok=True)
    _copy(file, draft)
    if place.exists():
        _copy(place, place.with_name(f"{place.name}.before"))
    for ending in ("-wal", "-shm"):
        place.with_name(place.name + ending).unlink(missing_ok=True)
    draft.replace(place)


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise SettingsError(program, "is not installed; it comes with PostgreSQL's client")
    done = subprocess.run([found, *arguments], capture_output=True, check=False, env=os.environ)  # noqa: S603 - a fixed program
    if done.returncode:
        raise click.ClickException(f"{program}: {done.stderr.decode(errors='replace').strip()}")


doctor.add_command(sso)
COMMANDS = {"doctor": doctor, "backup": backup, "restore": restore}
