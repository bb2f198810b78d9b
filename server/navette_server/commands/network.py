"""`navette network`: the libraries, their hours, closures, the van, the rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from navette.ils.port import Circulation
from navette.ils.views import Actor
from navette.network.editing import rule_names
from navette.network.loading import load_network, network_of, read_toml
from navette_server.console import database, json_option, tell
from navette_server.engines import circulation_of
from navette_server.environment import clock_of, settings_here

A_DAY = click.DateTime(formats=["%Y-%m-%d"])
COORDINATOR = Actor("staff", role="coordinator")


@click.group()
def network() -> None:
    """Describe the network."""


@contextmanager
def circulation() -> Iterator[Circulation]:
    """Give the engine; what was asked wrongly ends the command with exit code 2."""
    settings = settings_here()
    with database() as unit:
        yield circulation_of(settings, unit, clock_of(settings))


@network.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def load(file: Path, *, as_json: bool) -> None:
    """Load libraries, hours, closures, van and rules from FILE.toml; replaces what it names.

    Closures and rules entered on the coordinator's pages stay. Deadlines, due dates and promises
    follow the new hours at once.
    """
    described = read_toml(file)
    settings = settings_here()
    with database() as unit:
        codes = unit.write(lambda tx: load_network(tx, described, str(file)))
        circulation_of(settings, unit, clock_of(settings)).network_loaded()
    tell({"libraries": codes}, as_json=as_json, text=f"{len(codes)} libraries: {', '.join(codes)}.")


@network.command("closures")
@json_option
def closures(*, as_json: bool) -> None:
    """List the closures that are not over."""
    with circulation() as engine, database() as unit:
        with unit.read() as reader:
            codes = network_of(reader).codes
        found = [one for code in codes for one in engine.closures(code)]
    answer = [
        {"id": c.id, "library": c.library, "first_day": c.first_day, "last_day": c.last_day,
         "reason": c.reason, "asked": c.asked, "answered": c.answered} for c in found
    ]  # fmt: skip
    lines = (
        f"{c.id}  {c.library}  {c.first_day} to {c.last_day}  {c.reason}"
        f"  ({c.answered} of {c.asked} have answered)"
        for c in found
    )
    tell(answer, as_json=as_json, text="\n".join(lines) or "No closure.")


@network.command("close")
@click.argument("library")
@click.argument("first_day", type=A_DAY)
@click.argument("last_day", type=A_DAY)
@click.option("--reason", default="", help="As it is shown to patrons.")
@click.option("--instead", default="", help="The library proposed meanwhile; chosen when not said.")
@json_option
def close(
    library: str, first_day: datetime, last_day: datetime, *, reason: str, instead: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Close a library from a day to a day: repairs what it touches, asks each patron once."""
    with circulation() as engine:
        done = engine.close_library(
            COORDINATOR, library, first_day.date(), last_day.date(), reason, instead
        )
    answer = {"id": done.id, "deadlines": done.deadlines, "due_dates": done.due_dates,
              "released": done.released, "asked": done.asked}  # fmt: skip
    said = ", ".join(f"{name} {count}" for name, count in answer.items())
    tell(answer, as_json=as_json, text=f"Closed: {said}.")


@network.command("reopen")
@click.argument("closure", type=int)
@json_option
def reopen(closure: int, *, as_json: bool) -> None:
    """Take a closure back by its number, and what was asked about it."""
    with circulation() as engine:
        engine.reopen_library(COORDINATOR, closure)
    tell({"reopened": closure}, as_json=as_json, text="Open again.")


@network.command("rule")
@click.argument("name", type=click.Choice(rule_names()))
@click.argument("value", required=False)
@click.option("--library", default="", help="Only there.")
@click.option("--category", default="", help="Only for these patrons.")
@click.option("--type", "item_type", default="", help="Only for this type of material.")
@click.option("--drop", is_flag=True, help="Let it have its value of before again.")
@json_option
def rule(
    name: str, value: str | None, *, library: str, category: str, item_type: str, drop: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Show the value of a rule, or give it one; promises follow."""
    if drop and value is not None:
        message = "either a VALUE or --drop"
        raise click.UsageError(message)
    with circulation() as engine, database() as unit:
        at = {"library": library.lower(), "category": category, "item_type": item_type}
        if drop:
            engine.drop_rule(COORDINATOR, name, **at)
        elif value is not None:
            engine.set_rule(COORDINATOR, name, value, **at)
        with unit.read() as reader:
            found = network_of(reader).rule(name, **at)
    tell({"name": name, "value": found, **at}, as_json=as_json, text=f"{name}: {found}")


COMMANDS = {"network": network}
