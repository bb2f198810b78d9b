"""`navette demo`: the demonstration network, built where the settings say."""

from __future__ import annotations

import click

from navette_server import lifeline
from navette_server.console import json_option, progress, tell, with_launcher_option
from navette_server.demo.building import Building
from navette_server.environment import clock_of, settings_here


@click.command()
@click.option("--stand-in", is_flag=True, help="The issuer is the stand-in: link its accounts.")
@with_launcher_option
@json_option
def demo(*, stand_in: bool, with_launcher: bool, as_json: bool) -> None:
    """Build the demonstration network in the data folder, unless it is there.

    Migrates the database that is there. `make run` does this and then starts everything.
    """
    if with_launcher:
        lifeline.hold()
    settings = settings_here()
    with progress("demonstration", quiet=as_json) as advance:
        built = Building(settings, clock_of(settings), stand_in=stand_in).ensure(advance)
    accounts = settings.data / "accounts.json"
    text = f"{'Built' if built else 'Already built'}: {accounts}"
    tell({"built": built, "accounts": str(accounts)}, as_json=as_json, text=text)


COMMANDS = {"demo": demo}
