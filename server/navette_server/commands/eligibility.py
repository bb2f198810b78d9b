"""`navette eligibility`: what the metropolis may know of who is registered."""

from __future__ import annotations

from pathlib import Path

import click

from navette.errors import SettingsError
from navette_server.console import database, json_option, tell
from navette_server.eligibility_file import write_eligibility
from navette_server.environment import clock_of, settings_here


@click.group()
def eligibility() -> None:
    """Tell the metropolis who is registered, and no more."""


@eligibility.command("export")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@json_option
def export(file: Path | None, *, as_json: bool) -> None:
    """Write FILE (NAVETTE_ELIGIBILITY_FILE if not said): one JSON object a line.

    For each linked person whose card is valid: sub, valid_until, library, age_band. No name.
    """
    settings = settings_here()
    chosen = file or (Path(settings.eligibility_file) if settings.eligibility_file else None)
    if chosen is None:
        raise SettingsError("NAVETTE_ELIGIBILITY_FILE", "is not set: name a file")
    with database() as unit:
        lines = write_eligibility(settings, unit, clock_of(settings), chosen)
    tell({"file": str(chosen), "lines": lines}, as_json=as_json, text=f"{chosen}: {lines} lines.")


COMMANDS = {"eligibility": eligibility}
