"""Bringing a database to the present schema, and proving that models and migrations agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from navette.storage.database import engine_for

FOLDER = Path(__file__).parent / "migrations"


def upgrade(url: str, metadata: MetaData | None = None) -> str:
    """Migrate the database at `url` to the newest schema; return its revision."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["metadata"] = metadata
    engine = engine_for(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return newest()


def newest() -> str:
    """Return the revision that this code expects."""
    head = ScriptDirectory(str(FOLDER)).get_current_head()
    return head or ""


def current(url: str) -> str | None:
    """Return the revision of the database at `url`, or None when it has none."""
    with engine_for(url).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(url: str, metadata: MetaData) -> list[Any]:
    """Return what separates the migrated database from the models; empty when they agree."""
    with engine_for(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return list(compare_metadata(context, metadata))
