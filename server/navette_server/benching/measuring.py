"""Measuring: rivals take turns, so that a noisy machine disturbs them alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the bench. `ratio` is compared with `budget`; `better` says which way."""

    name: str
    ratio: float
    budget: float
    better: str  # lower | higher | shown: without a budget
    detail: str
    skipped: bool = False

    @classmethod
    def not_run(cls, name: str, why: str) -> Figure:
        """Return the line that says that something was not measured, and why."""
        return cls(name, 0.0, 0.0, "lower", why, skipped=True)

    @property
    def kept(self) -> bool:
        """Return whether the budget is kept; what is only shown always is."""
        if self.better == "shown":
            return True
        return self.ratio <= self.budget if self.better == "lower" else self.ratio >= self.budget

    def as_json(self) -> Mapping[str, object]:
        """Return the figure for programs."""
        if self.skipped:
            return {"name": self.name, "skipped": self.detail}
        return {
            "name": self.name, "ratio": round(self.ratio, 3), "budget": self.budget,
            "better": self.better, "kept": self.kept, "detail": self.detail,
        }  # fmt: skip


def seconds(act: Callable[[], object]) -> float:
    """Return how long it takes once, in seconds of the processor of this process."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        act()
        return time.process_time() - start
    finally:
        gc.enable()


def in_turns(rounds: int, **rivals: Callable[[], object]) -> dict[str, float]:
    """Run rivals one after the other, `rounds` times; return each one's best time in seconds.

    The best, not the middle: what disturbs a run can only make it longer.
    """
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, act in rivals.items():
            taken[name].append(seconds(act))
    return {name: min(times) for name, times in taken.items()}


def percentile(times: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the times lie."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
