"""Sixty-four people reserve at the same moment: how long one of them waits for the answer.

Whole requests to the engine: the transaction with targeting and promise, and the hold read back.
The rival is the same work done by one person after the other: what a crowd costs is the waiting.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.storage.migrating import upgrade
from navette.storage.sqlite import SqliteUnit
from navette_server.benching.circulating import PEOPLE, StillClock, a_network_in_use
from navette_server.benching.measuring import Figure, percentile

AT_ONCE = 64
ALONE = 40
BUDGET_MS = 50.0
NAME = "place a hold, 64 at once: p95, against 50 ms"


def crowd_speed() -> Figure:
    """Return the p95 of placing a hold when 64 people do it at once, on SQLite."""
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        path = Path(name) / "navette.db"
        upgrade(f"sqlite:///{path}")
        unit = SqliteUnit(path)
        try:
            unit.write(a_network_in_use)
            engine = EmbeddedCirculation(unit, StillClock())
            alone = [_timed(_placing(engine, n)) for n in range(ALONE)]
            with ThreadPoolExecutor(AT_ONCE) as people:
                asked = [_placing(engine, ALONE + n) for n in range(AT_ONCE)]
                crowd = list(people.map(_timed, asked))
        finally:
            unit.close()
    p95 = percentile(crowd, 0.95) * 1000
    return Figure(
        NAME,
        p95 / BUDGET_MS,
        1.0,
        "lower",
        f"p50 {percentile(crowd, 0.5) * 1000:.0f} ms, p95 {p95:.0f} ms;"
        f" alone p50 {percentile(alone, 0.5) * 1000:.1f} ms",
    )


def _placing(engine: EmbeddedCirculation, number: int) -> Callable[[], object]:
    patron = 2 + number % (PEOPLE - 2)
    record = 10 + number
    actor = Actor("patron", patron_id=patron)

    def place() -> object:
        return engine.place_hold(
            actor, patron_id=patron, record_id=record, pickup="leers", idempotency_key=str(number)
        )

    return place


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
