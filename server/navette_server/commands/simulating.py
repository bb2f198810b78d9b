"""`navette simulate`: a year of the network, decided by the rules, against two other ways."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import click
import orjson

from navette.network.loading import load_network, network_of, read_toml
from navette.network.network import Network
from navette.storage.database import open_unit
from navette.storage.migrating import upgrade
from navette_server.benching.importing import NETWORK
from navette_server.console import json_option, progress, tell
from navette_server.simulating.comparing import compare
from navette_server.simulating.drawing import plots
from navette_server.simulating.shapes import shapes_of
from navette_server.simulating.stock import ITEMS
from navette_server.simulating.strategies import STRATEGIES
from navette_server.simulating.telling import in_words
from navette_server.simulating.year import DAYS, Setting

FEWEST = 200


@click.command()
@click.option("--seeds", default=1, show_default=True, help="So many years, from --seed on.")
@click.option("--seed", default=1, show_default=True, help="The first seed; the same, the same.")
@click.option("--days", default=DAYS, show_default=True, help="Days measured in each year.")
@click.option("--items", default=ITEMS, show_default=True, help="Copies in the five libraries.")
@click.option(
    "--statistics",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of statistics to draw from; without it, committed figures of their shapes.",
)
@click.option(
    "--network",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=NETWORK,
    help="The network file; the demonstration's when not said.",
)
@click.option(
    "--local-window",
    type=click.IntRange(0, 365),
    help="As if the network had this value of the rule local_window_days.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write simulation.json and the plots (SVG) into this folder.",
)
@json_option
def simulate(
    *,
    seeds: int,
    seed: int,
    days: int,
    items: int,
    statistics: Path | None,
    network: Path,
    local_window: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Live through years of the network and compare our rules with two others.

    Holds, loans, vans and desks of a simulated year; the real rules decide. The others are
    nearest-first trapping, and first come first served whatever the way costs.
    """
    if min(seeds, days) < 1 or items < FEWEST:
        raise click.UsageError(f"--seeds and --days are at least 1, --items at least {FEWEST}")
    described = _read(network)
    if local_window is not None:
        rules = {**described.rules, ("local_window_days", "", "", ""): local_window}
        described = replace(described, rules=rules)
    setting = Setting(described, shapes_of(statistics), STRATEGIES[0], seed, items, days)
    with progress("simulate", quiet=as_json) as advance:
        report = compare(setting, range(seed, seed + seeds), advance)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "simulation.json").write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
        for name, drawn in plots(report).items():
            (out / name).write_text(drawn, encoding="utf-8")
    tell(report, as_json=as_json, text=in_words(report))


def _read(path: Path) -> Network:
    """Read a network file as the application does: through a database, a temporary one."""
    with tempfile.TemporaryDirectory(prefix="navette-simulate-") as folder:
        url = f"sqlite:///{Path(folder) / 'network.db'}"
        upgrade(url)
        unit = open_unit(url)
        try:
            unit.write(lambda tx: load_network(tx, read_toml(path), str(path)))
            with unit.read() as reader:
                return network_of(reader)
        finally:
            unit.close()


COMMANDS = {"simulate": simulate}
