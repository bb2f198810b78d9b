"""`navette words`: for those who write sentences, or translate them."""

from __future__ import annotations

import click

from navette_server.console import json_option, tell
from navette_server.words import refresh


@click.command()
@json_option
def words(*, as_json: bool) -> None:
    """Gather the sentences of code and templates into the catalogues, and count what they lack."""
    lacking = refresh()
    said = [f"{code}: {count} to translate" for code, count in lacking.items()]
    tell(lacking, as_json=as_json, text="\n".join(said))


COMMANDS = {"words": words}
