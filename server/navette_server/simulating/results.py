"""The table of a year: waiting, vans, promises kept, fairness between the towns. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import fmean, median, stdev
from typing import Any

from navette.clock import instant_at, local_date
from navette_server.simulating.diary import A_DAY, Diary, Wish

SITUATIONS = ("here", "elsewhere", "all_out")
A_WEEK = timedelta(days=7)
AFTERWARDS = timedelta(days=60)  # lived on after the measured part, so that holds have their end
HALF, NINE_TENTHS = 0.5, 0.9
# Student's t for 95 %, two-sided, by degrees of freedom; the normal beyond.
T95 = (
    12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
)  # fmt: skip


def table(diary: Diary) -> dict[str, Any]:
    """Return the figures of one year."""
    wishes = list(diary.wishes.values())
    filled = [w for w in wishes if w.ready_at is not None]
    by_library: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes:
        by_library[wish.pickup].append(wish)
    closes = diary.end + AFTERWARDS
    waits = {code: waiting(by_library[code], closes) for code in sorted(by_library)}
    p50s = [w["p50"] for w in waits.values() if w["holds"]]
    new = sum(diary.new_loans.values())
    return {
        "holds": len(wishes),
        "filled": len(filled),
        "turned_away_without_a_date": diary.turned_away,
        "loans": diary.loans,
        "wait_days": waiting(wishes, closes),
        "wait_days_by_library": waits,
        "worst_against_best_commune": _ratio(max(p50s, default=0.0), min(p50s, default=0.0)),
        "trips": dict(diary.trips),
        "van_trips_per_filled_hold": _ratio(diary.trips["hold"], len(filled)),
        "van_trips_with_ways_home_per_filled_hold": _ratio(sum(diary.trips.values()), len(filled)),
        "left_behind_by_full_vans": diary.left_behind,
        "overtaken_share": _ratio(overtaken(wishes), len(filled)),
        "unclaimed_rate": _ratio(sum(w.expired for w in filled), len(filled)),
        "load_per_stop": {
            stop: {"mean": round(fmean(loads), 1), "most": max(loads)}
            for stop, loads in sorted(diary.loads.items())
            if loads
        },
        "walk_in_share_of_new_loans": _ratio(diary.new_loans["walk_in"], new),
        "promise": promises(wishes, diary.end),
    }


def waiting(wishes: Sequence[Wish], closes: datetime) -> dict[str, Any]:
    """Return how long holds waited in days; those never filled, until everything closes."""
    days = sorted(
        (closes - w.placed_at) / timedelta(days=1) if w.days is None else w.days for w in wishes
    )
    return {
        "holds": len(days),
        "p50": quantile(days, HALF),
        "p90": quantile(days, NINE_TENTHS),
        "p99": quantile(days, 0.99),
        "never": sum(w.days is None for w in wishes),
    }


def overtaken(wishes: Sequence[Wish]) -> int:
    """Return how many waited on while somebody who asked later had the title a week before."""
    by_title: dict[int, list[Wish]] = defaultdict(list)
    for wish in wishes:
        if wish.ready_at is not None:
            by_title[wish.title].append(wish)
    found = 0
    for line in by_title.values():
        line.sort(key=lambda w: w.placed_at)
        soonest = datetime.max.replace(tzinfo=UTC)
        for wish in reversed(line):
            ready = wish.ready_at or soonest
            found += ready - A_WEEK > soonest
            soonest = min(soonest, ready)
    return found


def promises(wishes: Iterable[Wish], end: datetime) -> dict[str, Any]:
    """Return how promises were kept, by library and by situation, and how good they were."""
    groups: dict[str, list[Wish]] = defaultdict(list)
    said = [w for w in wishes if w.promise.likely_at and w.promise.latest_on]
    for wish in said:
        if wish.promise.reason in SITUATIONS:
            for name in ("all", wish.pickup, wish.promise.reason):
                groups[name].append(wish)
            groups[f"{wish.pickup} {wish.promise.reason}"].append(wish)
    reasons: dict[str, int] = defaultdict(int)
    for wish in said:
        reasons[wish.promise.reason] += 1
    return {
        "said": dict(sorted(reasons.items())),
        "groups": {name: _group(found) for name, found in sorted(groups.items())},
        "winkler": _winkler(groups["all"], end),
    }


def _group(wishes: Sequence[Wish]) -> dict[str, Any]:
    days = [
        (w.promise.latest_on - local_date(w.promise.likely_at)).days
        for w in wishes
        if w.promise.latest_on and w.promise.likely_at
    ]
    return {
        "promises": len(wishes),
        "kept": _ratio(sum(map(was_kept, wishes)), len(wishes)),
        "by_the_likely_day": _ratio(sum(map(came_early, wishes)), len(wishes)),
        "width_open_days": median(w.width_open_days for w in wishes),
        "width_days": median(days) if days else None,
    }


def was_kept(wish: Wish) -> bool:
    """Return whether it was READY on the latest day or before."""
    latest = wish.promise.latest_on
    return wish.ready_at is not None and latest is not None and local_date(wish.ready_at) <= latest


def came_early(wish: Wish) -> bool:
    """Return whether it was READY on the likely day or before."""
    likely = wish.promise.likely_at
    ready = wish.ready_at
    return ready is not None and likely is not None and local_date(ready) <= local_date(likely)


def _winkler(wishes: Sequence[Wish], end: datetime) -> dict[str, Any]:
    """Compare intervals by their score in days (less is better): ours, and queue x average/copies.

    Between the quantiles 0.5 and 0.9: the width, plus what lies before it twice, plus what lies
    beyond it ten times. The rival says its average, and half as much again as the latest.
    """
    ours, theirs = [], []
    for wish in wishes:
        if wish.promise.likely_at is None or wish.promise.latest_on is None:
            continue
        ready = wish.ready_at or end
        waited = (ready - wish.placed_at).total_seconds() / A_DAY
        likely = (wish.promise.likely_at - wish.placed_at).total_seconds() / A_DAY
        closes = instant_at(wish.promise.latest_on, 24 * 60)
        latest = (closes - wish.placed_at).total_seconds() / A_DAY
        ours.append(score(likely, latest, waited))
        theirs.append(score(wish.queue_guess, wish.queue_guess * 1.5, waited))
    if not ours:
        return {"ours": None, "queue_times_average": None}
    return {"ours": round(fmean(ours), 2), "queue_times_average": round(fmean(theirs), 2)}


def score(low: float, high: float, seen: float) -> float:
    """Return the interval score of the quantiles 0.5 and 0.9."""
    below, beyond = max(0.0, low - seen), max(0.0, seen - high)
    return (high - low) + below / HALF + beyond / (1 - NINE_TENTHS)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of values in order, in days to one decimal; 0 of none."""
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)], 2)


def interval(values: Sequence[float]) -> dict[str, float]:
    """Return the mean of one figure over seeds, with its 95 % interval."""
    mean = fmean(values)
    if len(values) < 2:  # noqa: PLR2004 - one value has no spread
        return {"mean": round(mean, 4), "low": round(mean, 4), "high": round(mean, 4)}
    degrees = len(values) - 1
    t = T95[degrees - 1] if degrees <= len(T95) else 1.96
    half = t * stdev(values) / math.sqrt(len(values))
    return {"mean": round(mean, 4), "low": round(mean - half, 4), "high": round(mean + half, 4)}


def _ratio(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def flat(figures: Mapping[str, Any], before: str = "") -> dict[str, float]:
    """Return every number of a table by its path."""
    found: dict[str, float] = {}
    for name, value in figures.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping):
            found |= flat(value, f"{path}/")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[path] = float(value)
    return found
