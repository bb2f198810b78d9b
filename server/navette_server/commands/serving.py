"""`navette serve`: the web process."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import click
import uvicorn

from navette.errors import SettingsError
from navette.network.loading import network_of
from navette.notifications.vapid import public_key_of
from navette.settings import Settings
from navette.storage.database import SQLITE
from navette_server import lifeline
from navette_server.app import from_environment
from navette_server.console import database, with_launcher_option
from navette_server.environment import DEFAULT_PORT, settings_here
from navette_server.nodelock import Lock, Taken, never, web_lock
from navette_server.ports import becomes_free
from navette_server.requestlog import configure

GRACE_SECONDS = 1
LINGER_SECONDS = 3.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port; that of NAVETTE_BASE_URL if not said, or 8000.")
@click.option("--processes", type=int, help="1 on SQLite; one a core on PostgreSQL.")
@with_launcher_option
def serve(host: str, port: int | None, processes: int | None, *, with_launcher: bool) -> None:
    """Serve pages and GraphQL until told to stop."""
    settings = settings_here()
    count = _processes(settings, processes)
    port = port or urlsplit(settings.base_url).port or DEFAULT_PORT
    _look_first(settings)
    held = _take_place(settings, host, port)
    if with_launcher:
        lifeline.hold(with_children=count > 1)
    configure(settings.log_format)
    uvicorn.run(
        "navette_server.app:from_environment" if count > 1 else from_environment,
        factory=True,
        host=host,
        port=port,
        workers=count,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    held.release()


def _look_first(settings: Settings) -> None:
    """Refuse what would only fail later: a key that is none, a database without tables."""
    public_key_of(settings.vapid_private_key)
    with database() as unit, unit.read() as reader:
        network_of(reader)


def _take_place(settings: Settings, host: str, port: int) -> Lock:
    """Refuse a port that is taken, and a second web process on SQLite: it has one writer."""
    try:
        free = becomes_free(port, never, host)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}, port {port}: {error}") from error
    if not free:
        raise click.ClickException(
            f"port {port} is taken by another program."
            f" Stop it, or choose another: navette serve --port {port + 10}"
        )
    lock = web_lock(settings)
    if settings.database.startswith(SQLITE):
        try:
            lock.take_soon(LINGER_SECONDS)
        except Taken as error:
            raise click.ClickException(
                f"process {error.holder} serves {settings.database} already: on SQLite there is one"
                " web process. Stop that one first"
            ) from error
    return lock


def _processes(settings: Settings, asked: int | None) -> int:
    if settings.database.startswith(SQLITE):
        if asked not in {None, 1}:
            raise SettingsError("--processes", "must be 1 on SQLite: it has one writer a process")
        return 1
    return asked or os.cpu_count() or 1


COMMANDS = {"serve": serve}
