"""What commands share: how they print, how they fail, how they show that long work advances."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
import orjson
import psycopg
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from navette.storage.database import open_unit
from navette.storage.unit import Unit
from navette_server.environment import settings_here

DONE, FAILED, WRONG, PARTLY = 0, 1, 2, 3
Command = TypeVar("Command", bound=Callable[..., Any])
Advance = Callable[[int, int | None], None]


def json_option(command: Command) -> Command:
    """Give a command `--json`; it receives `as_json`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Answer in JSON on the standard output."
    )(command)


def with_launcher_option(command: Command) -> Command:
    """Give a command `--with-launcher`: it ends when the launcher that started it is gone."""
    return click.option("--with-launcher", is_flag=True, hidden=True)(command)


def tell(answer: Any, *, as_json: bool, text: str) -> None:
    """Print the answer as JSON, or as the text for people."""
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2, default=str))
        sys.stdout.buffer.write(b"\n")
        sys.stdout.flush()
    elif text:
        click.echo(text)


def lacks_tables(error: Exception) -> bool:
    """Return whether a database says that it was never made."""
    return isinstance(error, (sqlite3.Error, psycopg.Error)) and any(
        words in str(error) for words in ("no such table", "does not exist")
    )


@contextmanager
def database() -> Iterator[Unit]:
    """Open the database of the settings for the time of a command."""
    settings = settings_here()
    unit = open_unit(settings.database, durable=settings.durable)
    try:
        yield unit
    finally:
        unit.close()


class Rate(ProgressColumn):
    """How much is done in a second, as measured lately."""

    def render(self, task: Task) -> Text:
        """Return the rate, nothing before there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


@contextmanager
def progress(label: str, *, quiet: bool = False) -> Iterator[Advance]:
    """Show on the standard error how far and how fast the work is, and what remains: call `advance(done, total or None)`."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as shown:
        task = shown.add_task(label, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
