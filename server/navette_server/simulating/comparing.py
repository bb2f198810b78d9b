"""Many years, three strategies: what ours gains or loses, with intervals over the seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from navette_server.simulating.results import flat, interval, table
from navette_server.simulating.strategies import STRATEGIES
from navette_server.simulating.year import Advance, Setting, live

OURS, NEAREST, FIRST = (strategy.name for strategy in STRATEGIES)
KEPT = (0.88, 0.94)
WIDEST_ON_SHELF, WIDEST_OUT = 3, 10  # opening days; days
P50, P90 = "wait_days/p50", "wait_days/p90"
TRIPS = "van_trips_per_filled_hold"
# figure, rival, by how much at most ours may differ (a share: -0.3 is thirty per cent less)
AIMS: Sequence[tuple[str, str, float]] = (
    (P90, NEAREST, -0.30),
    (P50, NEAREST, 0.05),
    (TRIPS, FIRST, -0.20),
)
FEW = 30  # promises of a group on which no aim is judged


def compare(setting: Setting, seeds: Sequence[int], advance: Advance) -> dict[str, Any]:
    """Live every seed under every strategy and return figures, intervals, and the aims."""
    years: dict[str, list[dict[str, Any]]] = {s.name: [] for s in STRATEGIES}
    total, done = len(seeds) * len(STRATEGIES), 0
    for seed in seeds:
        for strategy in STRATEGIES:
            base = done

            def tell(day: int, days: int | None, base: int = base) -> None:
                advance(base * 100 + day * 100 // (days or 1), total * 100)

            years[strategy.name].append(
                table(live(replace(setting, strategy=strategy, seed=seed), tell))
            )
            done += 1
    return summed_up(setting, seeds, years)


def summed_up(
    setting: Setting, seeds: Sequence[int], years: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:
    """Return the report on years lived under each strategy, the same seeds in the same order."""
    return {
        "shapes": setting.shapes.source,
        "items": setting.items,
        "days": setting.days,
        "seeds": list(seeds),
        "strategies": {name: _over(found) for name, found in years.items()},
        "aims": [*_aims(years), *_promised(years[OURS])],
        "years": years,
    }


def _over(tables: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Return every figure with its mean and 95 % interval."""
    flats = [flat(one) for one in tables]
    names = [name for name in flats[0] if all(name in one for one in flats)]
    return {name: interval([one[name] for one in flats]) for name in names}


def _aims(years: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    found = []
    for figure, rival, most in AIMS:
        pairs = zip(years[OURS], years[rival], strict=True)
        changes = [_change(flat(one)[figure], flat(other)[figure]) for one, other in pairs]
        seen = interval(changes)
        found.append(
            {
                "aim": f"{figure} against {rival}: {most:+.0%} or less",
                "seen": seen,
                "reached": seen["mean"] <= most,
                "gain": seen["high"] < 0,
                "loss": seen["low"] > 0,
            }
        )
    return found


def _change(ours: float, theirs: float) -> float:
    return ours / theirs - 1 if theirs else 0.0


def _promised(tables: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return whether promises were kept and narrow enough, by library and situation."""
    over, found = _over(tables), []
    groups = sorted({n.split("/")[2] for n in over if n.startswith("promise/groups/")})
    for group in groups:
        at = f"promise/groups/{group}"
        promises, kept = over[f"{at}/promises"]["mean"], over[f"{at}/kept"]
        found.append(
            {
                "aim": f"kept, {group}: {KEPT[0]:.0%} to {KEPT[1]:.0%}",
                "seen": kept,
                "promises": promises,
                "reached": promises < FEW or KEPT[0] <= kept["mean"] <= KEPT[1],
                "few": promises < FEW,
            }
        )
    for situation, unit, widest in (
        ("here", "width_open_days", WIDEST_ON_SHELF),
        ("elsewhere", "width_open_days", WIDEST_ON_SHELF),
        ("all_out", "width_days", WIDEST_OUT),
    ):
        width = over.get(f"promise/groups/{situation}/{unit}")
        if width is not None:
            aim = f"median width, {situation}: at most {widest} ({unit})"
            found.append({"aim": aim, "seen": width, "reached": width["mean"] <= widest})
    return found
