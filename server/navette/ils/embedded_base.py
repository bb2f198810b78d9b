"""What every part of the embedded engine stands on: the unit of work, the clock, the network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from navette.circulation import viewing
from navette.clock import Clock
from navette.errors import Conflict, Duplicate, DuplicateHold
from navette.ils.views import HoldView
from navette.network.loading import network_of
from navette.network.network import Network
from navette.storage.unit import Tx, Unit

T = TypeVar("T")
NETWORK_KEPT = 2.0
ATTEMPTS = 4
ONE_HOLD_EACH = ("uq_hold_active", "hold.patron_id")


class Engine:
    """Reads and writes as of the clock's now; a lost race is decided anew."""

    def __init__(self, unit: Unit, clock: Clock, *, ready_window: int = 300) -> None:
        """`ready_window`: seconds before a "ready" notice is due."""
        self._unit = unit
        self._clock = clock
        self._ready_window = ready_window
        self._network: Network | None = None
        self._read_at = 0.0
        self._loading = threading.Lock()

    @property
    def network(self) -> Network:
        """Return the network as it was at most two seconds ago.

        It is small and changes a few times a year, from any process: reading it again every two
        seconds costs nothing, needs no signal between processes, and a closure entered now is
        felt well within the five seconds that section 7 allows.
        """
        with self._loading:
            if self._network is None or time.monotonic() - self._read_at > NETWORK_KEPT:
                with self._unit.read() as reader:
                    self._network = network_of(reader)
                self._read_at = time.monotonic()
            return self._network

    def forget_network(self) -> None:
        """Read the network again at the next call.

        Whoever reads it at this moment may have begun before the change: they are waited for.
        """
        with self._loading:
            self._read_at = 0.0
            self._network = None

    def _look(self, read: Callable[..., T], *given: object) -> T:
        network, now = self.network, self._clock.now()
        with self._unit.read() as reader:
            return read(reader, network, now, *given)

    def _hold(self, work: Callable[[Tx, Network, datetime], int]) -> HoldView:
        hold_id = self._write(work)
        return self._look(viewing.hold_view, hold_id)

    def _write(self, work: Callable[[Tx, Network, datetime], T]) -> T:
        """Run a unit of work; a lost compare-and-swap or a raced insert is decided anew.

        Nothing of the lost attempt was kept, and `work` reads again whatever it decides on.
        """
        network = self.network
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._unit.write(lambda tx: work(tx, network, self._clock.now()))
            except (Conflict, Duplicate) as lost:
                if attempt == ATTEMPTS:
                    if isinstance(lost, Duplicate) and lost.constraint.startswith(ONE_HOLD_EACH):
                        raise DuplicateHold from lost
                    raise
        raise AssertionError
