"""Sixty-four people reserve at the same moment: how long one of them waits for the answer.

Whole requests to the engine: the transaction with targeting and promise, and the hold answered.
As in the web process, sixteen threads with their connections open serve all of them, and what is
counted begins when everybody asks. Of three crowds the one least disturbed counts.
"""

from __future__ import annotations

import tempfile
import threading
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
THREADS = 16  # of the web process, see navette_server.app
CROWDS = 3
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
            with ThreadPoolExecutor(THREADS) as threads:
                _open_connections(engine, threads)
                crowds = [_crowd(engine, threads, n) for n in range(CROWDS)]
        finally:
            unit.close()
    crowd = min(crowds, key=lambda waits: percentile(waits, 0.95))
    p95 = percentile(crowd, 0.95) * 1000
    return Figure(
        NAME,
        p95 / BUDGET_MS,
        1.0,
        "lower",
        f"p50 {percentile(crowd, 0.5) * 1000:.0f} ms, p95 {p95:.0f} ms;"
        f" alone p50 {percentile(alone, 0.5) * 1000:.1f} ms",
    )


def _open_connections(engine: EmbeddedCirculation, threads: ThreadPoolExecutor) -> None:
    """Let every thread look once, all at the same time, so that none does it twice."""
    together = threading.Barrier(THREADS)

    def look(patron: int) -> None:
        together.wait()
        engine.holds_of(patron)

    list(threads.map(look, range(1, THREADS + 1)))


def _crowd(engine: EmbeddedCirculation, threads: ThreadPoolExecutor, number: int) -> list[float]:
    """Return how long each of them waited, from when they asked."""
    asked = [_placing(engine, ALONE + number * AT_ONCE + n) for n in range(AT_ONCE)]
    start = time.perf_counter()

    def answered(act: Callable[[], object]) -> float:
        act()
        return time.perf_counter() - start

    return list(threads.map(answered, asked))


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
