"""How people and desks usually are: counted without anybody's name, with a prior. Pure.

Five habits, each a curve of days or rounds by library and type: how long after its due date a
loan comes back (RETURN), on which round of the shelves a copy asked for is found (PULL), how many
opening days after the van a crate is unpacked (UNPACK), how long a hold waits for its reader
(COLLECT), whether a loan is given back at another library (AWAY). A library of its own weighs more the more was counted there; the whole network and a
prior stand behind it, so that a first day has its promise too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

RETURN, PULL, UNPACK, COLLECT, AWAY = "return", "pull", "unpack", "collect", "away"
# So many ways in which the future may go are looked at: a prime, see `shuffled`.
SCENARIOS = 41
EARLIEST, LOST = -60, 91  # days against the due date; LOST stands for later, or never
MOST_ROUNDS = 9  # PULL: not found at all
NOT_COLLECTED = 12  # COLLECT: back from the hold shelf, unread
PRIOR_WEIGHT = 30.0
NETWORK_WEIGHT = 60.0
# Before anything was counted. A tenth of the loans comes back late, one in fifty hardly ever.
PRIORS: Mapping[str, Mapping[int, float]] = {
    RETURN: {
        **{-d: 0.6 for d in range(13, 22)},
        **{-d: 1.4 for d in range(7, 13)},
        **{-d: 3.0 for d in range(3, 7)},
        -2: 5.0, -1: 8.0, 0: 14.0, 1: 5.0, 2: 3.0, 3: 2.0, 4: 1.5, 5: 1.2, 7: 1.6, 10: 1.4,
        14: 1.2, 21: 1.0, 30: 0.8, 45: 0.6, LOST: 1.2,
    },
    PULL: {0: 84.0, 1: 9.0, 2: 3.0, MOST_ROUNDS: 4.0},
    UNPACK: {0: 92.0, 1: 6.0, 2: 2.0},
    COLLECT: {
        0: 14.0, 1: 18.0, 2: 14.0, 3: 12.0, 4: 9.0, 5: 7.0, 6: 5.0, 7: 5.0, 8: 4.0, 9: 3.0,
        10: 3.0, NOT_COLLECTED: 6.0,
    },
    AWAY: {0: 88.0, 1: 12.0},
}  # fmt: skip

HIGHEST: Mapping[str, int] = {
    RETURN: LOST, PULL: MOST_ROUNDS, UNPACK: MOST_ROUNDS, COLLECT: NOT_COLLECTED, AWAY: 1,
}  # fmt: skip


@dataclass(frozen=True)
class Curve:
    """How often each value was seen."""

    weights: Mapping[int, float]
    _known: dict[int, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

    def quantiles(self, at_least: int = EARLIEST) -> tuple[int, ...]:
        """Return SCENARIOS equally likely values, in order, of those that are `at_least` that.

        When nothing was ever seen beyond, it is LOST.
        """
        found = self._known.get(at_least)
        if found is None:
            found = self._known[at_least] = self._quantiles(at_least)
        return found

    def _quantiles(self, at_least: int) -> tuple[int, ...]:
        kept = sorted((v, w) for v, w in self.weights.items() if v >= at_least)
        total = sum(w for _, w in kept)
        if not total:
            return (LOST,) * SCENARIOS
        values, reached, chosen = iter(kept), 0.0, LOST
        points: list[int] = []
        for i in range(SCENARIOS):
            wanted = (i + 0.5) / SCENARIOS * total
            while reached < wanted:
                chosen, weight = next(values)
                reached += weight
            points.append(chosen)
        return tuple(points)


@dataclass(frozen=True)
class Habits:
    """What was counted: (kind, library, type) -> value -> how often; type '' where none matters."""

    counted: Mapping[tuple[str, int, str], Mapping[int, int]] = field(default_factory=dict)
    _curves: dict[tuple[str, int, str], Curve] = field(
        default_factory=dict, compare=False, repr=False
    )

    def curve(self, kind: str, library_id: int, item_type: str = "") -> Curve:
        """Return the habit of a library for a type: its own counts, the network's, the prior."""
        key = (kind, library_id, item_type)
        found = self._curves.get(key)
        if found is None:
            found = self._curves[key] = self._curve(kind, library_id, item_type)
        return found

    @cached_property
    def _everywhere(self) -> Mapping[tuple[str, str], Counter[int]]:
        pooled: dict[tuple[str, str], Counter[int]] = {}
        for (kind, _, item_type), counts in self.counted.items():
            pooled.setdefault((kind, item_type), Counter()).update(counts)
        return pooled

    def _curve(self, kind: str, library_id: int, item_type: str) -> Curve:
        weights: Counter[int] = Counter()
        _add(weights, PRIORS[kind], PRIOR_WEIGHT)
        _add(weights, self._everywhere.get((kind, item_type), {}), NETWORK_WEIGHT, scale_up=False)
        own = self.counted.get((kind, library_id, item_type), {})
        for value, count in own.items():
            weights[value] += count
        return Curve(dict(weights))


@lru_cache(maxsize=4096)
def shuffled(values: tuple[int, ...], number: int) -> tuple[int, ...]:
    """Return the values in an order of their own for each `number`: as if drawn independently.

    SCENARIOS is a prime: every step walks through all of them once. Nothing is random, so that
    the same state gives the same promise.
    """
    step, first = 1 + (number * 11 + 6) % (SCENARIOS - 1), (number * 17 + 3) % SCENARIOS
    return tuple(values[(first + i * step) % SCENARIOS] for i in range(SCENARIOS))


def counted_value(kind: str, value: int) -> int:
    """Return the value as it is counted: within the bounds of its kind."""
    lowest = EARLIEST if kind == RETURN else 0
    return min(max(value, lowest), HIGHEST[kind])


def _add(
    into: Counter[int], counts: Mapping[int, float], most: float, *, scale_up: bool = True
) -> None:
    total = sum(counts.values())
    if not total:
        return
    share = most / total if scale_up else min(1.0, most / total)
    for value, count in counts.items():
        into[value] += count * share  # type: ignore[assignment]
