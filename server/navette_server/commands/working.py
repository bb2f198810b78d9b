"""`navette worker` and `nightly`: what happens behind the pages."""

from __future__ import annotations

from datetime import datetime

import click

from navette.circulation.unused import how_many_unused, warn_unused
from navette.storage.database import open_unit
from navette_auth.configured import configured_provider
from navette_auth.flows import SignIn
from navette_auth.sweeping import sweep
from navette_server import lifeline
from navette_server.channels import channels_of
from navette_server.console import database, json_option, tell, with_launcher_option
from navette_server.engines import circulation_of
from navette_server.environment import clock_of, settings_here
from navette_server.privacy import privacy
from navette_server.requestlog import configure
from navette_server.timed import end_guardians, keep_lists
from navette_server.worker import Worker, run_until_told


@click.command()
@with_launcher_option
def worker(*, with_launcher: bool) -> None:
    """Send notices, follow changes into the search index, do timed jobs; one a node."""
    settings = settings_here()
    if with_launcher:
        lifeline.hold()
    configure(settings.log_format)
    unit = open_unit(settings.database, durable=settings.durable)
    clock = clock_of(settings)
    run_until_told(
        Worker(
            settings,
            unit,
            clock,
            circulation_of(settings, unit, clock),
            channels_of(settings, unit, clock),
            SignIn(settings, unit, clock, configured_provider(settings)).keeper,
        )
    )


@click.command()
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Night before this day.")
@json_option
def nightly(day: datetime | None, *, as_json: bool) -> None:
    """Do the jobs of the night now: expire, resume, time out. Safe to repeat."""
    settings = settings_here()
    clock = clock_of(settings)
    chosen = day.date() if day else None
    with database() as unit:
        circulation = circulation_of(settings, unit, clock)
        done = dict(circulation.nightly(chosen))
        done["guardians_ended"] = unit.write(lambda tx: end_guardians(tx, clock.now(), chosen))
        swept = unit.write(lambda tx: sweep(tx, clock.now()))
        done["readings_kept"] = keep_lists(unit, clock.now())
        done["unused_told"] = warn_unused(unit, clock.now())
        with unit.read() as reader:
            done["cards_unused"] = how_many_unused(reader, clock.now())
        done["cut_off"] = unit.write(lambda tx: privacy().retain(tx, clock.now()))
    done["swept"] = sum(swept.values())
    text = ", ".join(f"{name} {count}" for name, count in done.items() if count) or "Nothing to do."
    tell(done, as_json=as_json, text=text)


COMMANDS = {"worker": worker, "nightly": nightly}
