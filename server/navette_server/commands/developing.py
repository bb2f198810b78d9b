"""`navette schema` and `navette bench`: for those who build on Navette, or build it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from navette_graphql.schema import the_schema
from navette_server.benching.running import figures, lines, stages
from navette_server.console import json_option, progress, tell


@click.command()
@click.option("--reference", is_flag=True, help="Print docs/reference.md instead.")
@json_option
def schema(*, reference: bool, as_json: bool) -> None:
    """Print the GraphQL schema (SDL); graphql/schema.graphql is this, committed."""
    if reference:
        # imported here: the page lists this very command
        page = import_module("navette_server.reference").reference()
        tell({"reference": page}, as_json=as_json, text=page.rstrip())
        return
    text = the_schema().as_str()
    tell({"sdl": text}, as_json=as_json, text=text)


@click.command()
@click.option(
    "--catalogues", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of the five real files (hem.mrc...), for the judged queries.",
)  # fmt: skip
@click.option(
    "--million", is_flag=True, help="Also group and search 1,000,000 records (half an hour)."
)
@json_option
def bench(*, catalogues: Path | None, million: bool, as_json: bool) -> None:
    """Print the figures: each a ratio against a rival or a limit, measured in this run.

    Everything happens in temporary folders.
    """
    with progress("bench", quiet=as_json) as advance:
        found = figures(advance, stages(catalogues, million=million))
    tell([one.as_json() for one in found], as_json=as_json, text=lines(found))


COMMANDS = {"schema": schema, "bench": bench}
