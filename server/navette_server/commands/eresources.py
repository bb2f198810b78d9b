"""`navette eresources`: titles of the digital library, harvested from an OPDS 2.0 feed."""

from __future__ import annotations

import click

from navette.eresources.harvesting import Harvest, harvest, pages_of
from navette.errors import SettingsError
from navette.outbound import Outbound
from navette_auth.oidc import allowed_by
from navette_server.console import DONE, PARTLY, database, json_option, progress, tell
from navette_server.environment import clock_of, settings_here


@click.group()
def eresources() -> None:
    """Care for the offers of the digital library."""


@eresources.command("harvest")
@click.argument("feed", required=False)
@json_option
def harvest_command(feed: str | None, *, as_json: bool) -> int:
    """Read the titles of FEED: a file, or an address; NAVETTE_OPDS_URL if not said.

    Titles that the feed does not offer any more are ended, unless more than half of them would
    be: then they stay, and the report says so. Safe to repeat.
    """
    settings = settings_here()
    chosen = feed or settings.opds_url
    if not chosen:
        raise SettingsError("NAVETTE_OPDS_URL", "is not set: name a file or an address")
    outbound = Outbound(allowed=allowed_by(settings))
    try:
        with database() as unit, progress("titles", quiet=as_json) as advance:
            done = harvest(
                unit, chosen, pages_of(chosen, outbound), clock_of(settings).now(),
                lambda count: advance(count, None),
            )  # fmt: skip
    finally:
        outbound.close()
    tell(done.as_dict(), as_json=as_json, text=_told(done))
    return PARTLY if done.refused or done.kept_back else DONE


def _told(done: Harvest) -> str:
    text = [
        (
            f"{done.read} read on {done.pages} pages: {done.created} new, {done.updated} known,"
            f" {done.repeated} repeated, {len(done.refused)} refused; {done.ended} ended"
        )
    ]
    text += [f"  publication {one.position}: {one.reason}" for one in done.refused]
    if done.kept_back:
        text.append(
            f"  {done.kept_back} titles are missing from the feed, more than half: none was ended"
        )
    return "\n".join(text)


COMMANDS = {"eresources": eresources}
