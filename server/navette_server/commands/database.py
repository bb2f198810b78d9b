"""`navette db`: the schema of the database."""

from __future__ import annotations

import click

from navette.storage.migrating import current, newest, upgrade
from navette_server.console import json_option, tell
from navette_server.environment import settings_here


@click.group()
def db() -> None:
    """Care for the database."""


@db.command("upgrade")
@json_option
def upgrade_command(*, as_json: bool) -> None:
    """Bring the database to the newest schema; makes it where there is none."""
    url = settings_here().database
    before = current(url)
    after = newest() if before == newest() else upgrade(url)
    changed = before != after
    text = f"Schema {after}." if changed else f"Schema {after}: nothing to do."
    tell({"before": before, "after": after, "changed": changed}, as_json=as_json, text=text)


COMMANDS = {"db": db}
