"""What time brings: the sign of life, the jobs of the minute, the jobs of the night."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select, update

from navette.circulation.remembering import remember_returns
from navette.circulation.unused import warn_unused
from navette.clock import Clock, SystemClock, local, local_date
from navette.ils.port import Circulation
from navette.network.loading import network_of
from navette.notifications.forgetting import forget
from navette.notifications.reminding import remind
from navette.patrons.guarding import end_grown_up
from navette.patrons.history import History
from navette.storage import changes
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.tables import Heartbeat
from navette.storage.unit import Tx, Unit
from navette_auth import sweeping
from navette_server.privacy import privacy

log = logging.getLogger("navette.timed")
Job = Callable[[], object]
BEAT_SECONDS = 5.0
MINUTE_SECONDS = 60.0
NIGHT_HOUR = 3
NIGHT = "nightly"
_b = table(Heartbeat).c
_SAID: Query[datetime] = Query(select(_b.at).where(_b.name == bindparam("who")), scalar)
_SAY = command(
    update(table(Heartbeat)).where(_b.name == bindparam("who")).values(at=bindparam("now"))
)


def say(tx: Tx, name: str, at: datetime) -> None:
    """Write when something last happened."""
    if not tx.run(_SAY, who=name, now=at):
        tx.insert(Heartbeat, name=name, at=at)


def end_guardians(tx: Tx, now: datetime, day: date | None = None) -> int:
    """End the links of guardians to those who are of age since this morning."""
    return end_grown_up(tx, network_of(tx), day or local_date(now), now)


def keep_lists(unit: Unit, now: datetime) -> int:
    """Write what came back on the lists of readers who keep one, before loans lose their people."""
    with unit.read() as reader:
        network = network_of(reader)
    unit.write(lambda tx: History(network, now).forget_old(tx))
    kept = 0
    while more := unit.write(lambda tx: remember_returns(tx, network, now)):
        kept += more
    return kept


def _do(jobs: Sequence[Job]) -> None:
    for job in jobs:
        try:
            job()
        except Exception:
            log.exception("a timed job failed; the others go on")


class Beat:
    """A row that says, every five seconds, that this worker lives; by the machine's own clock."""

    def __init__(self, unit: Unit, name: str) -> None:
        """Begin: a first sign is due at once."""
        self._unit = unit
        self._name = name
        self._next = 0.0

    def due(self) -> None:
        """Write it when its time has come."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + BEAT_SECONDS
        now = SystemClock().now()
        self._unit.write(lambda tx: say(tx, self._name, now))


class TimedJobs:
    """Jobs of the minute and of the night, through the port; each is safe to run twice."""

    def __init__(
        self, unit: Unit, clock: Clock, circulation: Circulation, *,
        each_minute: Sequence[Job] = (), each_night: Sequence[Job] = (),
    ) -> None:  # fmt: skip
        """Begin: a night that was missed while nothing ran is made up for.

        `each_minute` and `each_night` are jobs of other rooms; one that fails stops no other.
        """
        self._each_minute = each_minute
        self._each_night = each_night
        self._unit = unit
        self._clock = clock
        self._circulation = circulation
        self._next_minute = 0.0

    def due(self) -> None:
        """Do what is due now."""
        if time.monotonic() >= self._next_minute:
            self._next_minute = time.monotonic() + MINUTE_SECONDS
            self._circulation.minute()
            self._unit.write(lambda tx: end_guardians(tx, self._clock.now()))
            _do(self._each_minute)
        if self._night_is_due():
            self.night()

    def night(self) -> None:
        """Do the jobs of the night that has just passed, and remember it."""
        now = self._clock.now()
        done = self._circulation.nightly(local_date(now))
        with self._unit.read() as reader:
            network = network_of(reader)
        reminded = remind(self._unit, network, now)
        unsaid = self._unit.write(lambda tx: forget(tx, now))
        forgotten = self._unit.write(lambda tx: changes.forget(tx, now))
        swept = self._unit.write(lambda tx: sweeping.sweep(tx, now))
        keep_lists(self._unit, now)
        warn_unused(self._unit, now)
        cut = self._unit.write(lambda tx: privacy().retain(tx, now))
        _do(self._each_night)
        self._unit.write(lambda tx: say(tx, NIGHT, now))
        log.info(
            "night of %s: %s, to say %s, %s and %s changes forgotten, swept %s, %s cut off from people",
            local_date(now), dict(done), dict(reminded), dict(unsaid), forgotten, dict(swept), cut,
        )  # fmt: skip

    def _night_is_due(self) -> bool:
        now = self._clock.now()
        if local(now).hour < NIGHT_HOUR:
            return False
        with self._unit.read() as reader:
            last = reader.first(_SAID, who=NIGHT)
        return last is None or local_date(last) < local_date(now)
