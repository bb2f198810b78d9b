"""What circulation decides by itself: where an item goes, which copy for whom, the night's jobs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from navette.circulation.causes import ROUND_CANCELLED, Cause
from navette.circulation.nightly import minute, night
from navette.circulation.refreshing import Event, refresh
from navette.circulation.scanning import scan
from navette.circulation.states import HoldState
from navette.ils.views import Actor, ScanRequest, ScanResult
from navette.network.network import Network
from navette.storage.migrating import upgrade
from navette.storage.unit import Tx
from navette_server.benching.measuring import Figure, in_turns, seconds
from navette_server.benching.replaying import InlineUnit, replay
from navette_server.benching.stocking import NOW, a_network, hold, lent, reserved

ROUTE_BUDGET = 3.0
TARGETING_LIMIT = 2.0  # seconds, for so many waiting holds over so many copies
WAITING, COPIES = 5_000, 20_000
NIGHT_LIMIT = 60.0  # seconds, for so many loans
NIGHT_LOANS = 200_000
RECOMPUTE_LIMIT = 5.0  # seconds, section 7
RECOMPUTED = 4_000  # active holds: a lively network of 6,000 patrons
EACH, ROUNDS = 30, 15


def deciding_speed() -> list[Figure]:
    """Return the figures of one scan, of targeting everything, and of a night."""
    return [route_speed(), targeting_speed(), recompute_speed(), night_speed()]


def route_speed() -> Figure:
    """One scan of a copy that serves the next person, against its statements alone."""
    with _a_database() as unit:
        network = unit.write(_a_queue)
        unit.keep = False
        desk = Actor("staff", staff_id=1, library=network.codes[0], role="agent")
        request = ScanRequest(network.codes[0], item_id=1)

        def one(tx: Tx) -> ScanResult:
            return scan(tx, network, NOW, desk, request)

        unit.write(one)
        said = unit.record(lambda: unit.write(one))

        def service() -> None:
            for _ in range(EACH):
                unit.write(one)

        def bare() -> None:
            for _ in range(EACH):
                replay(unit.connection, said, write=True)

        times = in_turns(ROUNDS, service=service, bare=bare)
        each, alone = (times[name] / EACH * 1e6 for name in ("service", "bare"))
    return Figure(
        "one scan, against its statements on the bare driver",
        each / alone,
        ROUTE_BUDGET,
        "lower",
        f"{each:.0f} us; {len(said)} statements bare {alone:.0f} us",
    )


def targeting_speed(waiting: int = WAITING, copies: int = COPIES) -> Figure:
    """Everybody who waits gets the right copy, in one run of the minute's job."""
    titles = waiting // 2
    with _a_database() as unit:
        network = unit.write(
            lambda tx: a_network(tx, titles=titles, copies=copies // titles, people=waiting)
        )
        unit.write(lambda tx: reserved(tx, _everybody_waits(network, waiting, titles)))
        bound: list[int] = []
        took = seconds(lambda: bound.append(minute(unit, network, NOW)["targeted"]))
    if bound != [waiting]:
        raise AssertionError(bound)
    limit = TARGETING_LIMIT * waiting / WAITING
    return Figure(
        f"targeting {waiting} waiting holds over {copies} copies, of its limit",
        took / limit,
        1.0,
        "lower",
        f"{took:.2f} s of {limit:g} s",
    )


def recompute_speed(holds: int = RECOMPUTED) -> Figure:
    """Make every promise anew after a round that does not drive, and write all that changed."""
    copies, people = 4, max(100, holds // 2)
    with _a_database() as unit:
        network = unit.write(lambda tx: a_network(tx, titles=holds, copies=copies, people=people))
        out = [n for n in range(1, holds * copies + 1) if n % copies in {1, 2}]
        unit.write(lambda tx: lent(tx, network, out, copies=copies, people=people))
        rows = _holds_of_all_kinds(network, holds, copies=copies, people=people)
        unit.write(lambda tx: reserved(tx, rows))
        event = Event(Cause(ROUND_CANCELLED), network)
        took = seconds(lambda: refresh(unit, network, NOW, event))
        changed = "SELECT COUNT(*) FROM hold WHERE likely_at IS NOT NULL"
        with unit.read() as reader:
            made = reader.driver.execute(changed).fetchone()[0]
    return Figure(
        f"promises of {holds} holds made anew after a cancelled round, of their limit",
        took / RECOMPUTE_LIMIT,
        1.0,
        "lower",
        f"{took:.2f} s of {RECOMPUTE_LIMIT:g} s; {made} changed",
    )


def night_speed(loans: int = NIGHT_LOANS) -> Figure:
    """One night of a network with so many loans: a hold for every tenth, in all states."""
    copies, people = 4, max(100, loans // 10)
    titles = loans * 2 // copies
    with _a_database() as unit:
        network = unit.write(lambda tx: a_network(tx, titles=titles, copies=copies, people=people))
        out = [n for n in range(1, titles * copies + 1) if n % copies in {1, 2}][:loans]
        unit.write(lambda tx: lent(tx, network, out, copies=copies, people=people))
        rows = _holds_of_all_kinds(network, loans // 10, copies=copies, people=people)
        unit.write(lambda tx: reserved(tx, rows))
        done: dict[str, int] = {}
        start = time.perf_counter()
        took = seconds(lambda: done.update(night(unit, network, NOW)))
        passed = time.perf_counter() - start
    limit = NIGHT_LIMIT * loans / NIGHT_LOANS
    told = ", ".join(f"{count} {what}" for what, count in done.items() if count)
    return Figure(
        f"a night over {loans} loans and {loans // 10} holds, of its limit",
        took / limit,
        1.0,
        "lower",
        f"{took:.1f} s of processor, {passed:.1f} s by the clock, of {limit:g} s; {told}",
    )


@contextmanager
def _a_database() -> Iterator[InlineUnit]:
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        path = Path(name) / "navette.db"
        upgrade(f"sqlite:///{path}")
        unit = InlineUnit(path)
        try:
            yield unit
        finally:
            unit.close()


def _a_queue(tx: Tx) -> Network:
    """One title in demand: four copies, twenty people waiting."""
    network = a_network(tx, titles=50, copies=4, people=40)
    lent(tx, network, [1, 2, 3, 4], copies=4, people=40)
    waiting = HoldState.WAITING
    reserved(
        tx, [hold(n, network, title=1, patron=n, state=waiting, item=None) for n in range(1, 21)]
    )
    return network


def _everybody_waits(network: Network, waiting: int, titles: int) -> list[dict[str, object]]:
    state = HoldState.WAITING
    return [
        hold(n, network, title=1 + n % titles, patron=n, state=state, item=None)
        for n in range(1, waiting + 1)
    ]


def _holds_of_all_kinds(
    network: Network, number: int, *, copies: int, people: int
) -> list[dict[str, object]]:
    """Half wait for copies that are out; the others have one asked for, on its way or ready."""
    kinds = (HoldState.READY, HoldState.TARGETED, HoldState.IN_TRANSIT, HoldState.READY)
    rows: list[dict[str, object]] = []
    for n in range(1, number + 1):
        state = HoldState.WAITING if n % 2 else kinds[n // 2 % 4]
        item = None if n % 2 else (n - 1) * copies + 3
        patron = 1 + n % people
        rows.append(hold(n, network, title=n, patron=patron, state=state, item=item))
    return rows
