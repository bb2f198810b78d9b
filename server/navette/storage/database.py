"""Opening the database a URL names: `sqlite:///PATH` or `postgresql://...`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from navette.errors import SettingsError
from navette.storage.postgresql import PostgresUnit
from navette.storage.sqlite import SqliteUnit
from navette.storage.unit import Unit


def open_unit(url: str, *, durable: bool = False, pool_size: int = 8) -> Unit:
    """Return the unit of work of the database at `url`; raises SettingsError for another kind."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteUnit(path, durable=durable)
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresUnit(url, size=pool_size)
    raise SettingsError(
        "NAVETTE_DATABASE_URL", "must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"
    )


def engine_for(url: str) -> Engine:
    """Return an SQLAlchemy engine, for migrations only."""
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    return create_engine(url, poolclass=NullPool)
