"""The comparison in words and columns, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SHOWN: Mapping[str, str] = {
    "wait_days/p50": "wait, p50 (days)",
    "wait_days/p90": "wait, p90 (days)",
    "wait_days/p99": "wait, p99 (days)",
    "overtaken_share": "overtaken by a week or more",
    "van_trips_per_filled_hold": "van trips a filled hold",
    "van_trips_with_ways_home_per_filled_hold": "the same, with ways home",
    "unclaimed_rate": "not collected",
    "worst_against_best_commune": "worst commune against best (p50)",
    "walk_in_share_of_new_loans": "walk-in share of new titles",
    "left_behind_by_full_vans": "left behind by full vans",
    "promise/winkler/ours": "score of our intervals (days)",
    "promise/winkler/queue_times_average": "score of queue x average / copies",
}


def in_words(report: Mapping[str, Any]) -> str:
    """Return the table for people."""
    return "\n".join(_lines(report))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    seeds = report["seeds"]
    yield (
        f"{report['days']} days, {report['items']} items, {len(seeds)} seeds"
        f" ({seeds[0]} to {seeds[-1]}); {report['shapes']}"
    )
    names = list(report["strategies"])
    yield f"{'':36}" + "".join(f"{name:>26}" for name in names)
    for path, label in SHOWN.items():
        cells = (report["strategies"][name].get(path) for name in names)
        yield f"{label:36}" + "".join(f"{_cell(cell):>26}" for cell in cells)
    yield ""
    for aim in report["aims"]:
        yield f"{_verdict(aim):12} {aim['aim']}: {_cell(aim['seen'])}{_few(aim)}"


def _verdict(aim: Mapping[str, Any]) -> str:
    if aim["reached"]:
        return "reached"
    if aim.get("gain"):
        return "some gain"
    if aim.get("loss"):
        return "a loss"
    return "no gain" if "gain" in aim else "missed"


def _few(aim: Mapping[str, Any]) -> str:
    return " (few)" if aim.get("few") else ""


def _cell(figure: Mapping[str, float] | None) -> str:
    if figure is None:
        return "-"
    return f"{figure['mean']:.3g} [{figure['low']:.3g}, {figure['high']:.3g}]"
