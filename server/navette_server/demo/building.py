"""Builds the demonstration network through the real services, whole or not at all.

On SQLite it grows beside its place under another name and takes it in the last step, so that a
build that was killed simply starts again. On PostgreSQL a mark in the database says the same.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Delete, delete, func, select, text

from navette.catalogue.importing import import_file
from navette.catalogue.search.indexing import IndexWriter
from navette.clock import Clock
from navette.errors import SettingsError
from navette.network.loading import load_network, network_of, read_toml
from navette.network.tables import Library
from navette.settings import Settings
from navette.storage.base import metadata, table
from navette.storage.database import open_unit
from navette.storage.migrating import current, newest, upgrade
from navette.storage.statements import Query, scalar
from navette.storage.tables import Heartbeat
from navette.storage.unit import Tx, Unit
from navette_auth.vault import Vault
from navette_server.demo.accounts import link_accounts, register_everybody, write_accounts
from navette_server.demo.catalogue_files import build_files
from navette_server.demo.replaying import Replay

Advance = Callable[[int, int | None], None]
SQLITE = "sqlite:///"
NETWORK_FILE = Path(str(files("navette_server.demo") / "network.toml"))
MARK = "demonstration under construction"
STEPS = 12
_LIBRARIES = Query(select(func.count()).select_from(table(Library)), scalar)
_MARKS = Query(
    select(func.count()).select_from(table(Heartbeat)).where(table(Heartbeat).c.name == MARK),
    scalar,
)


class Building:
    """One demonstration, in the place that the settings name."""

    def __init__(self, settings: Settings, clock: Clock, *, stand_in: bool = False) -> None:
        """`stand_in`: the issuer is our own stand-in, whose accounts are linked and listed."""
        if settings.production:
            raise SettingsError("NAVETTE_ENV", "the demonstration is never built in production")
        self._settings = settings
        self._clock = clock
        self._issuer = settings.oidc_issuer if stand_in else ""
        self._index = settings.data / "index"

    def ensure(self, advance: Advance) -> bool:
        """Build what is not there, migrate what is; return whether it was built now."""
        self._settings.data.mkdir(parents=True, exist_ok=True)
        on_file = self._settings.database.startswith(SQLITE)
        built = self._on_file(advance) if on_file else self._in_place(advance)
        unit = open_unit(self._settings.database)
        try:
            with unit.read() as reader:
                demonstration = network_of(reader).demonstration
            if demonstration:
                link_accounts(unit, self._issuer, self._clock.now())
                write_accounts(self._settings, with_sso=bool(self._issuer))
        finally:
            unit.close()
        return built

    def _on_file(self, advance: Advance) -> bool:
        path = Path(self._settings.database.removeprefix(SQLITE))
        if path.exists() and self._has_a_network():
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        draft, draft_index = path.with_name(f".{path.name}.building"), _beside(self._index)
        _remove(draft)
        shutil.rmtree(draft_index, ignore_errors=True)
        url = f"{SQLITE}{draft}"
        upgrade(url)
        unit = open_unit(url)
        try:
            self._fill(unit, draft_index, advance)
        finally:
            unit.close()
        _settle(draft)
        shutil.rmtree(self._index, ignore_errors=True)
        draft_index.replace(self._index)
        write_accounts(self._settings, with_sso=bool(self._issuer))
        _remove(path)
        draft.replace(path)
        return True

    def _has_a_network(self) -> bool:
        """Migrate what is there; a database that some command made and nobody filled is nothing."""
        _migrate(self._settings.database)
        unit = open_unit(self._settings.database)
        try:
            with unit.read() as reader:
                return bool(reader.one(_LIBRARIES))
        finally:
            unit.close()

    def _in_place(self, advance: Advance) -> bool:
        _migrate(self._settings.database)
        unit = open_unit(self._settings.database)
        try:
            with unit.read() as reader:
                libraries, begun = reader.one(_LIBRARIES), reader.one(_MARKS)
            if libraries and not begun:
                return False
            unit.write(_begin)
            self._fill(unit, self._index, advance)
            write_accounts(self._settings, with_sso=bool(self._issuer))
            unit.write(lambda tx: tx.execute(_unmark()))
        finally:
            unit.close()
        return True

    def _fill(self, unit: Unit, index: Path, advance: Advance) -> None:
        """Do everything, in the order of a network's life."""
        now = self._clock.now()
        advance(0, STEPS)
        described = read_toml(NETWORK_FILE)
        unit.write(lambda tx: load_network(tx, described, str(NETWORK_FILE)))
        done = 1
        with tempfile.TemporaryDirectory(prefix="navette-demo-") as folder:
            for library, file in build_files(Path(folder)):
                import_file(unit, file, library, now=now)
                done += 1
                advance(done, STEPS)
        register_everybody(unit, Vault(self._settings.secret_keys), now)
        advance(done + 1, STEPS)
        Replay(unit, now).run()
        advance(done + 4, STEPS)
        IndexWriter(index, unit, self._clock).rebuild()
        advance(STEPS, STEPS)


def _migrate(url: str) -> None:
    if current(url) != newest():
        upgrade(url)


def _begin(tx: Tx) -> None:
    """Mark the build as begun, and drop what a killed one left."""
    names = ", ".join(f'"{found.name}"' for found in metadata.sorted_tables)
    tx.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    tx.insert(Heartbeat, name=MARK, at=datetime.now(UTC))


def _unmark() -> Delete:
    return delete(table(Heartbeat)).where(table(Heartbeat).c.name == MARK)


def _settle(path: Path) -> None:
    """Put what is still in the write-ahead log into the file itself, alone."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.building")


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
