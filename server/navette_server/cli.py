"""The command `navette`: one module a group of commands; every failure has its exit code.

0 done; 1 failed, nothing of it written; 2 wrong usage, or input that is not of the kind asked,
nothing written; 3 done, but part of the input was refused and is listed.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click
import psycopg
from sqlalchemy.exc import SQLAlchemyError

from navette.errors import (
    BadInput,
    NavetteError,
    Refusal,
    SettingsError,
    SourceError,
    UnknownLibrary,
)
from navette.languages import speaking
from navette.wording import sentence_of
from navette_server.console import FAILED, WRONG, lacks_tables, tell

# command -> the module that holds it, imported only when asked for: a command starts fast
WHERE = {
    "db": "database",
    "network": "network",
    "import": "catalogue",
    "export": "catalogue",
    "catalogue": "grouping",
    "index": "finding",
    "search": "finding",
    "patrons": "people",
    "staff": "people",
    "token": "people",
    "serve": "serving",
    "worker": "working",
    "nightly": "working",
    "demo": "demonstrating",
    "schema": "developing",
    "eresources": "eresources",
    "eligibility": "eligibility",
    "bench": "developing",
    "simulate": "simulating",
    "words": "wording",
    "doctor": "care",
    "backup": "care",
    "restore": "care",
}
INTERRUPTED = 130


class Navette(click.Group):
    """The commands, found by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of a library's life."""
        return list(WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return one command, importing its module."""
        if cmd_name not in WHERE:
            return None
        module = import_module(f"navette_server.commands.{WHERE[cmd_name]}")
        found: click.Command = module.COMMANDS[cmd_name]
        return found


@click.group(cls=Navette, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="navette")
def navette() -> None:
    """One card, five libraries.

    Settings are read from the environment (NAVETTE_...); without any, the commands work on the
    demonstration in ./var.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = navette.main(given, prog_name="navette", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG if isinstance(error, click.UsageError) else FAILED)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(INTERRUPTED)
    except (NavetteError, OSError, sqlite3.Error, psycopg.Error, SQLAlchemyError) as error:
        sys.exit(_fail(error, as_json="--json" in given))
    sys.exit(code if isinstance(code, int) else 0)


def _fail(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong and what to do; return the exit code."""
    sentence = _sentence(error)
    click.echo(f"navette: {sentence}", err=True)
    if as_json:
        tell({"error": type(error).__name__, "message": sentence}, as_json=True, text="")
    wrong = isinstance(error, (SourceError, UnknownLibrary, SettingsError, Refusal))
    return WRONG if wrong else FAILED


def _sentence(error: Exception) -> str:
    text = str(error)
    if isinstance(error, SQLAlchemyError):
        text = str(getattr(error, "orig", None) or error).partition("\n")[0]
        return f"the database: {text.strip()}"
    if isinstance(error, (sqlite3.Error, psycopg.Error)):
        if lacks_tables(error):
            return f"the database has no tables yet ({text.strip()}): run `navette db upgrade`"
        return f"the database: {text.strip()}"
    if isinstance(error, Refusal):
        about = f"{error.code} {error.field}" if isinstance(error, BadInput) else error.code
        with speaking("en"):  # as all that the command line says
            return f"{sentence_of(error)} ({about})"
    if isinstance(error, UnknownLibrary) and not error.known:
        return f"{text}: run `navette network load FILE.toml` first"
    return text


if __name__ == "__main__":
    main()
