"""`navette network`: the libraries, their hours, the van, the rules."""

from __future__ import annotations

from pathlib import Path

import click

from navette.network.loading import load_network, read_toml
from navette_server.console import database, json_option, tell


@click.group()
def network() -> None:
    """Describe the network."""


@network.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def load(file: Path, *, as_json: bool) -> None:
    """Load libraries, hours, closures, van and rules from FILE.toml; replaces what it names."""
    described = read_toml(file)
    with database() as unit:
        codes = unit.write(lambda tx: load_network(tx, described, str(file)))
    tell({"libraries": codes}, as_json=as_json, text=f"{len(codes)} libraries: {', '.join(codes)}.")


COMMANDS = {"network": network}
