"""The worker of a node: sends what the outbox holds, follows the change feed, does timed jobs.

It wakes within 200 ms of a commit. Killed at any instant it loses nothing and repeats nothing:
errands stay in the outbox until done, one that was leaving takes another way, the index follows
from its own position, timed jobs may run twice.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

from navette.catalogue.search.indexing import IndexWriter
from navette.clock import Clock
from navette.errors import Busy
from navette.ils.port import Circulation
from navette.notifications.channels import Channel
from navette.notifications.parcels import Parcel
from navette.notifications.service import Notifier
from navette.settings import Settings
from navette.storage import outbox
from navette.storage.unit import Unit
from navette_auth import second_factors
from navette_auth.keeping import Keeper
from navette_auth.vault import Vault
from navette_server.commits import commits_of
from navette_server.eligibility_file import nightly_eligibility
from navette_server.nodelock import Lock, Taken
from navette_server.timed import Beat, TimedJobs

log = logging.getLogger("navette.worker")
TICK_SECONDS = 0.1
IDLE_SECONDS = 5.0
AFTER_FAILURE_SECONDS = 1.0
SENDERS = 4
MOST_UNDER_WAY = 400
MOST_AT_ONCE = 100
FEW = 40
GRACE_SECONDS = 1.0


class Worker:
    """One process a node. `run` returns after `stop`."""

    def __init__(
        self,
        settings: Settings,
        unit: Unit,
        clock: Clock,
        circulation: Circulation,
        channels: Mapping[str, Channel],
        keeper: Keeper | None = None,
    ) -> None:
        """Nothing starts before `run`."""
        self._name = f"worker:{socket.gethostname()}:{settings.data.resolve()}"
        self._unit = unit
        self._clock = clock
        self._ended = threading.Event()
        self._to_send = threading.Event()
        self._to_index = threading.Event()
        vault = Vault(settings.secret_keys)
        self._notifier = Notifier(unit, clock, channels, worker=self._name, opened=vault.open)
        self._writer = IndexWriter(
            settings.data / "index", unit, clock, wait=lambda s: _rest(self._ended, s)
        )
        self._jobs = TimedJobs(
            unit, clock, circulation,
            each_minute=[keeper.tend] if keeper is not None else [],
            each_night=[
                *([keeper.reseal] if keeper is not None else []),
                lambda: second_factors.reseal(unit, vault),
                *nightly_eligibility(settings, unit, clock),
            ],
        )  # fmt: skip
        self._beat = Beat(unit, self._name)
        self._lock = Lock(settings.data / "worker.lock")
        self._under_way: dict[Future[Sequence[str]], int] = {}

    def run(self) -> None:
        """Work until stopped; raises Busy when this node has its worker already."""
        try:
            self._lock.take()
        except Taken as error:
            raise Busy(f"this node has its worker already: process {error.holder}") from error
        given_back = self._unit.write(lambda tx: outbox.release(tx, self._name))
        if given_back:
            log.info("%s errands of a killed worker are taken up again", given_back)
        loops: list[Callable[[], None]] = [self._index, self._send, self._timed]
        threads = [threading.Thread(target=self._safely, args=(loop,)) for loop in loops]
        for thread in threads:
            thread.daemon = True
            thread.start()
        self._watch()
        for event in (self._to_send, self._to_index):
            event.set()
        for thread in threads:
            thread.join(GRACE_SECONDS / len(threads))
        # what is leaving comes to its end, so that the next worker has nothing to doubt
        wait(list(self._under_way), timeout=GRACE_SECONDS)
        self._lock.release()

    def stop(self) -> None:
        """End soon; safe to call from a signal handler."""
        self._ended.set()

    def _watch(self) -> None:
        """Wake the others when something was committed; say now and then that we live."""
        commits = commits_of(self._unit)
        while not self._ended.wait(TICK_SECONDS):
            try:
                self._beat.due()
                if commits.happened():
                    self._to_send.set()
                    self._to_index.set()
            except Exception:
                log.exception("the database does not answer")
                self._ended.wait(AFTER_FAILURE_SECONDS)
        commits.close()

    def _index(self) -> None:
        """Follow the change feed."""
        while not self._ended.is_set():
            self._to_index.clear()
            try:
                moved = self._writer.follow()
            except Busy as error:
                log.info("%s", error)
                moved = 0
                self._ended.wait(AFTER_FAILURE_SECONDS)
            if not moved:
                self._to_index.wait(IDLE_SECONDS)
        self._writer.close()

    def _send(self) -> None:
        """Send what is due, several at a time, never the same errand twice at once."""
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="sender") as pool:
            while not self._ended.is_set():
                self._to_send.clear()
                for batch in batches(self._due()):
                    future = pool.submit(self._deliver, batch)
                    self._under_way[future] = len(batch)
                    future.add_done_callback(self._delivered)
                self._to_send.wait(self._until_due())
            pool.shutdown(wait=False, cancel_futures=True)

    def _due(self) -> list[Parcel]:
        room = min(MOST_AT_ONCE, MOST_UNDER_WAY - sum(list(self._under_way.values())))
        if room <= 0:
            return []
        with self._unit.read() as reader:
            when = outbox.next_due(reader)
        if when is None or when > self._clock.now():
            return []
        return self._notifier.take(room)

    def _deliver(self, parcels: Sequence[Parcel]) -> Sequence[str]:
        try:
            return self._notifier.deliver_all(parcels)
        except Exception:
            # their claim runs out, then they are tried again
            log.exception("%s could not be told", ", ".join(parcel.key for parcel in parcels))
            return ["failed"]

    def _delivered(self, future: Future[Sequence[str]]) -> None:
        self._under_way.pop(future, None)
        self._to_send.set()

    def _until_due(self) -> float:
        """Return how long nothing will be due; what is claimed elsewhere looks due, so never 0."""
        with self._unit.read() as reader:
            when = outbox.next_due(reader)
        if when is None:
            return IDLE_SECONDS
        left = (when - self._clock.now()) / timedelta(seconds=1)
        return min(IDLE_SECONDS, max(TICK_SECONDS, left))

    def _timed(self) -> None:
        """Do the jobs of the minute and of the night."""
        while not self._ended.wait(AFTER_FAILURE_SECONDS):
            self._jobs.due()

    def _safely(self, loop: Callable[[], None]) -> None:
        """Begin a loop again when it failed: one broken job must not stop the others."""
        while not self._ended.is_set():
            try:
                loop()
            except Exception:
                log.exception("%s begins again", loop.__name__)
                self._ended.wait(AFTER_FAILURE_SECONDS)


def batches(parcels: Sequence[Parcel]) -> list[Sequence[Parcel]]:
    """Share a backlog between the senders; few parcels go one by one.

    So a slow service holds up nobody, and a kill leaves as little doubt as it can.
    """
    if len(parcels) <= FEW:
        return [[parcel] for parcel in parcels]
    return [parcels[n::SENDERS] for n in range(SENDERS)]


def run_until_told(worker: Worker) -> None:
    """Run in this process until SIGTERM or SIGINT; then leave within two seconds."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    worker.run()
    # a push under way may wait ten seconds for its answer; the next start does not repeat it
    os._exit(0)


def _rest(ended: threading.Event, seconds: float) -> None:
    ended.wait(seconds)
