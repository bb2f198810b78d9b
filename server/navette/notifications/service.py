"""Telling people: what is due is looked at again, grouped, said by the first way that works.

Many parcels go at once, in rounds: every letter by its first way, what found nobody by its next.
A notice leaves outside of any transaction: that it is leaving is noted before, what became of it
after. A worker killed in between has perhaps told somebody, so the one that takes over does not
say it the same way again; an arrival goes by the next way unless it is seen meanwhile.
"""

from __future__ import annotations

import logging
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from navette.clock import Clock
from navette.notifications.channels import Channel, Delivery, Letter
from navette.notifications.noting import Done, Told, note
from navette.notifications.parcels import Parcel, collect
from navette.notifications.preparing import Prepared, prepare
from navette.notifications.ways import CALL, DESK, Going, desk_delivery, going
from navette.storage import outbox
from navette.storage.unit import Tx, Unit

log = logging.getLogger("navette.notifications")
FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT = timedelta(hours=6)
TOGETHER = 10  # how many a kill may leave in doubt, for each sender of a backlog


class Notifier:
    """Sends what the outbox holds. `channels` are the ways of this installation, by name."""

    def __init__(
        self,
        unit: Unit,
        clock: Clock,
        channels: Mapping[str, Channel],
        *,
        worker: str,
        opened: Callable[[str], str] = str,
    ) -> None:
        """`worker` names this process in the claims; `opened` reads what a payload has sealed."""
        self._unit = unit
        self._clock = clock
        self._channels = channels
        self._worker = worker
        self._opened = opened

    def take(self, most: int = 100) -> list[Parcel]:
        """Claim what is due and group it: a person's ready holds at one library are one parcel."""
        return self._unit.write(lambda tx: collect(tx, self._worker, self._clock.now(), most))

    def deliver(self, parcel: Parcel) -> str:
        """Say one parcel, unless it is no longer true; returns its outcome."""
        return self.deliver_all([parcel])[0]

    def deliver_all(self, parcels: Sequence[Parcel]) -> list[str]:
        """Say these parcels, each unless it is no longer true; returns their outcomes."""
        now = self._clock.now()
        with self._unit.read() as reader:
            prepared = prepare(reader, parcels, now, self._opened)
        letters = [(one, self._start(one, now)) for one in prepared]
        self._go([each for _one, goings in letters for each in goings])
        done = [(one.parcel, _done(one, goings, now)) for one, goings in letters]

        def write(tx: Tx) -> None:
            for parcel, end in done:
                note(tx, parcel, end, now)  # as of then: what arrived since was not told

        self._unit.write(write)
        return [_outcome(end) for _parcel, end in done]

    def _start(self, one: Prepared, now: datetime) -> list[Going]:
        alone, known = len(one.letters) == 1, set(self._channels)
        started = [
            going(
                letter, one.parcel, known, alone=alone, quiet=one.quiet.get(letter.to.id), now=now
            )
            for letter in one.letters
        ]
        for each in started:
            if each.delivery is not None and each.delivery.outcome == "doubtful":
                log.warning(
                    "%s to %s was leaving at a kill: not sent again",
                    one.parcel.key, each.letter.to.id,
                )  # fmt: skip
        return started

    def _go(self, letters: Sequence[Going]) -> None:
        """Try round after round until every letter has ended."""
        gone: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for each in letters:
            for way in each.parcel.departures:
                if way not in gone[each.parcel.key]:
                    gone[each.parcel.key].append(way)
        while open_ := [each for each in letters if each.delivery is None]:
            by_way: dict[str, list[Going]] = defaultdict(list)
            # one letter of a parcel at a time: a kill leaves as little doubt as it can
            for each in {each.parcel.key: each for each in reversed(open_)}.values():
                each.settle()
                if each.delivery is None:
                    by_way[each.ways[0]].append(each)
            for name, group in by_way.items():
                for start in range(0, len(group), TOGETHER):
                    self._leave(name, group[start : start + TOGETHER], gone)

    def _leave(
        self, name: str, group: Sequence[Going], gone: dict[str, list[tuple[int, str]]]
    ) -> None:
        """Note that some letters are leaving, let them go, hear what became of them."""
        if self._leaves(name):
            self._depart(name, group, gone)
        for each, delivery in zip(group, self._send(name, group), strict=True):
            each.heard(delivery)
            if delivery.outcome in {"nobody", "later"} and self._leaves(name):
                gone[each.parcel.key].remove((each.letter.to.id, name))

    def _send(self, name: str, group: Sequence[Going]) -> Sequence[Delivery]:
        letters = [each.letter for each in group]
        if name in DESK:
            return [_at_desk(name, letter) for letter in letters]
        return send_all(self._channels[name], letters)

    def _leaves(self, name: str) -> bool:
        return name not in DESK and self._channels[name].leaves

    def _depart(
        self, name: str, group: Sequence[Going], gone: dict[str, list[tuple[int, str]]]
    ) -> None:
        """Note, durably and before they go, who is being told by which way."""
        for each in group:
            gone[each.parcel.key].append((each.letter.to.id, name))

        def write(tx: Tx) -> None:
            for each in group:
                errands = [errand.id for errand in each.parcel.errands]
                outbox.depart(tx, errands, gone[each.parcel.key])

        self._unit.write(write)


def send_all(channel: Channel, letters: Sequence[Letter]) -> Sequence[Delivery]:
    """Send letters by one way: together where the channel can, else one after the other."""
    together: Callable[[Sequence[Letter]], Sequence[Delivery]] | None
    together = getattr(channel, "send_all", None)
    return together(letters) if together else [channel.send(letter) for letter in letters]


def _at_desk(name: str, letter: Letter) -> Delivery:
    if name == CALL and not letter.to.phone:
        return Delivery("nobody")
    return desk_delivery(name, letter.to)


def _done(one: Prepared, letters: Sequence[Going], now: datetime) -> Done:
    if not letters:
        return Done(dropped=True)
    ends = [(each, each.delivery) for each in letters if each.delivery is not None]
    waits = [delivery for _each, delivery in ends if delivery.outcome == "later"]
    heard = [
        Told(each.letter, each.channel, delivery)
        for each, delivery in ends
        if delivery.outcome != "later"
    ]
    again = None
    if waits and not heard:
        again = now + wait_of(one.parcel.attempts, max(d.wait_seconds for d in waits))
    return Done(
        sent=heard,
        again=again,
        reason=waits[0].detail if waits else "",
        holds=one.holds,
        library=one.library,
    )


def _outcome(end: Done) -> str:
    if end.dropped:
        return "dropped"
    return "sent" if end.sent else "postponed" if end.again else "failed"


def wait_of(attempts: int, asked: float) -> timedelta:
    """Return how long to leave a service alone: what it asked, or twice as long each time."""
    grown = FIRST_WAIT_SECONDS * 2.0 ** max(0, attempts - 1)
    jittered = grown * random.uniform(0.8, 1.4)  # noqa: S311 - spreads retries, hides nothing
    return min(timedelta(seconds=max(asked, jittered)), LONGEST_WAIT)
