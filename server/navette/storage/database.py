"""Opening the database a URL names: `sqlite:///PATH` or `postgresql://...`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from navette.errors import SettingsError
from navette.storage.postgresql import PostgresUnit
from navette.storage.sqlite import SqliteUnit
from navette.storage.unit import Unit

SQLITE = "sqlite:///"


def open_unit(url: str, *, durable: bool = False, pool_size: int = 8) -> Unit:
    """Return the unit of work of the database at `url`; raises SettingsError for another kind."""
    if url.startswith(SQLITE):
        return SqliteUnit(_private_file(url), durable=durable)
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresUnit(url, size=pool_size)
    raise SettingsError(
        "NAVETTE_DATABASE_URL", "must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"
    )


def engine_for(url: str) -> Engine:
    """Return an SQLAlchemy engine, for migrations only."""
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    else:
        _private_file(url)
    return create_engine(url, poolclass=NullPool)


def _private_file(url: str) -> Path:
    """Return the path in the URL; a file that is made now is for its owner alone.

    It holds people. SQLite gives the log and the index beside it the same rights.
    """
    path = Path(url.removeprefix(SQLITE))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
    return path
