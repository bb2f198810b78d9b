"""`navette doctor sso`: fifteen checks of the metropolitan sign-in."""

from __future__ import annotations

from dataclasses import asdict

import click

from navette_auth.sso_checks import examined
from navette_server.console import DONE, FAILED, json_option, tell
from navette_server.environment import settings_here


@click.command()
@json_option
def sso(*, as_json: bool) -> int:
    """Look whether the sign-in of the settings is one that works with us; nobody signs in."""
    found = list(examined(settings_here()))
    lines = [f"{'ok  ' if one.ok else 'FAIL'}  {one.check}: {one.says}" for one in found]
    good = sum(one.ok for one in found)
    lines.append(f"{good} of {len(found)}")
    tell([asdict(one) for one in found], as_json=as_json, text="\n".join(lines))
    return DONE if good == len(found) else FAILED
