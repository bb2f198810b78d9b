"""What people and desks in the simulated towns are like: the truth that promises do not know.

Figures nobody measured are chosen here and said to be: how often a round of the shelves is
skipped, how soon a crate is unpacked, how soon a reader comes. Promises learn them by counting.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from navette_server.simulating.shapes import Lateness


@dataclass(frozen=True)
class Desk:
    """A library's ways: shares of rounds skipped and of crates left for the next day."""

    skips_round: float
    unpacks_later: float
    late_factor: float


DESKS: Mapping[str, Desk] = {
    "hem": Desk(0.04, 0.04, 1.0),
    "lannoy": Desk(0.14, 0.10, 0.8),
    "leers": Desk(0.08, 0.06, 1.0),
    "lys": Desk(0.05, 0.05, 1.2),
    "toufflers": Desk(0.16, 0.12, 0.9),
}
USUAL = Desk(0.08, 0.07, 1.0)
FOUND, MISSING = 0.93, 0.01  # on each round, of what is asked for
NEVER_COMES = 0.06
COMES_AFTER = 3.6  # days, on average
ELSEWHERE = 0.15  # of loans are given back at another library
RENEWED = 0.3  # of loans, once, where nobody waits


def desk_of(code: str) -> Desk:
    """Return what a library is like."""
    return DESKS.get(code, USUAL)


def return_day(chance: random.Random, shape: Lateness, desk: Desk, loan_days: int) -> int | None:
    """Draw on which day a loan comes back, against its due date; None: never again."""
    draw, late = chance.random(), shape.late * desk.late_factor
    if draw < shape.lost:
        return None
    if draw < shape.lost + late:
        return 1 + int(chance.expovariate(1 / shape.late_days))
    if draw < shape.lost + late + shape.on_the_day:
        return 0
    early = min(chance.expovariate(1 / 6.0), loan_days - 2)
    return -1 - int(early)


def comes_after(chance: random.Random) -> int | None:
    """Draw after how many days a reader comes for what is ready; None: never."""
    if chance.random() < NEVER_COMES:
        return None
    return int(chance.expovariate(1 / COMES_AFTER))


def poisson(chance: random.Random, mean: float) -> int:
    """Draw a count around a small mean."""
    if mean > 50:  # noqa: PLR2004 - the normal is close enough there
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
