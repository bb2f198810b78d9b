"""The reference page: every setting and every command, written from the code itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import click

from navette.settings import PREFIX, Settings
from navette_server.cli import navette

HEAD = """# Settings and commands

Written from the code by `navette schema --reference`; a test fails when it is stale.

## Settings

Read from the environment. Production refuses to start with a missing or development value.

| variable | default | what |
|---|---|---|
"""


def reference() -> str:
    """Return the whole page in Markdown."""
    page = HEAD + "\n".join(_settings()) + "\n\n## Commands\n\n" + "\n".join(_commands())
    return page.rstrip() + "\n"


def _settings() -> Iterator[str]:
    for known in fields(Settings):
        default = known.default
        if isinstance(default, tuple):
            default = ",".join(default)
        shown = f"`{default}`" if str(default) else ""
        yield f"| `{PREFIX}{known.name.upper()}` | {shown} | {known.metadata['help']} |"


def _commands() -> Iterator[str]:
    context = click.Context(navette, info_name="navette")
    for name in navette.list_commands(context):
        command = navette.get_command(context, name)
        if command is not None:
            yield from _command(command, f"navette {name}")


def _command(command: click.Command, path: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _command(inner, f"{path} {name}")
        return
    context = click.Context(command, info_name=path)
    pieces = " ".join(command.collect_usage_pieces(context)).removeprefix("[OPTIONS]").strip()
    options = [
        f"`{', '.join(option.opts)}`: {option.help or ''}".rstrip(": ")
        for option in command.params
        if isinstance(option, click.Option) and option.help
    ]
    yield f"### `{f'{path} {pieces}'.strip()}`\n"
    yield " ".join((command.help or "").split()) + "\n"
    if options:
        yield "\n".join(f"- {option}" for option in options) + "\n"
