"""Telling people: what is due is looked at again, grouped, said by the first way that works.

A notice leaves outside of any transaction: that it is leaving is noted before, what became of it
after. A worker killed in between has perhaps told somebody, so the one that takes over does not
say it the same way again; an arrival goes by the next way unless it is seen meanwhile.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from navette.clock import Clock
from navette.network.loading import network_of
from navette.network.network import LibraryInfo, Network
from navette.notifications import messages
from navette.notifications.channels import Channel, Delivery, Letter
from navette.notifications.family_messages import OF_A_FAMILY
from navette.notifications.messages import HoldFacts, Notice, Telling
from navette.notifications.noting import Done, note
from navette.notifications.parcels import Parcel, collect
from navette.notifications.reading import holds_now, told_by
from navette.patrons.reading import PatronView, patrons_of
from navette.storage import outbox
from navette.storage.unit import Reader, Unit

log = logging.getLogger("navette.notifications")
FALLBACK = "email"
LAST = "call"
WRITTEN = {"code": ("email", "sms")}  # a code never stands on a lock screen
MOST_ATTEMPTS = 12
ATTEMPTS_BEFORE_NEXT = 3
FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True)
class Said:
    """One letter's way: the channel that took it, or None, and what each answered."""

    letter: Letter
    channel: str
    delivery: Delivery


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
        now = self._clock.now()
        with self._unit.read() as reader:
            prepared, valid = self._prepare(reader, parcel, now)
        if not prepared:
            self._unit.write(lambda tx: note(tx, parcel, Done(dropped=True), now))
            return "dropped"
        leaving = parcel.departures
        said = [self._say(letter, parcel, leaving, alone=len(prepared) == 1) for letter in prepared]
        done = _done(parcel, said, valid, now)
        self._unit.write(lambda tx: note(tx, parcel, done, self._clock.now()))
        return "sent" if done.sent else "postponed" if done.again else "failed"

    def _prepare(
        self, reader: Reader, parcel: Parcel, now: datetime
    ) -> tuple[list[Letter], Sequence[HoldFacts]]:
        """Look at the facts again (I7) and write the letters; none when there is nothing to say."""
        facts = holds_now(reader, parcel.hold_ids)
        valid = [hold for hold in facts if _still_true(parcel.kind, hold)]
        if parcel.hold_ids and not valid:
            return [], ()
        network = network_of(reader)
        person = parcel.patron_id or (valid[0].patron_id if valid else 0)
        beneficiary = patrons_of(reader, [person]).get(person)
        letters = []
        for to in _told(reader, parcel.kind, person, now):
            name = beneficiary.first_name if beneficiary and to.id != person else ""
            telling = Telling(now, child=name, titles=to.title_on_notices and not name)
            notice = self._notice(parcel, valid, network, telling)
            letters.append(Letter(to, notice, parcel.key, parcel.devices))
        return letters, valid

    def _notice(
        self, parcel: Parcel, holds: Sequence[HoldFacts], network: Network, telling: Telling
    ) -> Notice:
        if parcel.kind in OF_A_FAMILY:
            return OF_A_FAMILY[parcel.kind](parcel.payload)
        if parcel.kind in messages.OF_A_CARD:
            said = dict(parcel.payload)
            if "code" in said:
                said["code"] = self._opened(said["code"])
            return messages.OF_A_CARD[parcel.kind](said)
        library: LibraryInfo = network.by_id(holds[0].library_id)
        if parcel.kind in {"ready", "unseen"}:
            return messages.ready(holds, library, telling)
        return messages.OF_A_HOLD[parcel.kind](holds[0], library, telling)

    def _say(
        self, letter: Letter, parcel: Parcel, leaving: list[tuple[int, str]], *, alone: bool
    ) -> Said:
        """Try the person's ways in their order, then mail, then a desk's call."""
        for to_id, name in parcel.departures:
            if to_id == letter.to.id:
                log.warning("%s to %s was leaving at a kill: not sent again", parcel.key, to_id)
                return Said(letter, name, Delivery("doubtful", detail="killed while it left"))
        answers: list[tuple[str, Delivery]] = []
        for name in _ways(letter.to, parcel):
            if name not in self._channels:
                continue
            delivery = self._hand_over(self._channels[name], letter, parcel, leaving)
            if delivery.outcome == "nobody":
                continue
            if delivery.outcome == "accepted":
                return Said(letter, name, delivery)
            answers.append((name, delivery))
            if alone and parcel.attempts < ATTEMPTS_BEFORE_NEXT:
                break
        if alone and answers and parcel.attempts < MOST_ATTEMPTS:
            return Said(letter, *answers[0])
        detail = answers[0][1].detail if answers else "no way to reach them"
        return Said(letter, LAST, Delivery("nobody", letter.to.phone, detail=detail))

    def _hand_over(
        self, channel: Channel, letter: Letter, parcel: Parcel, leaving: list[tuple[int, str]]
    ) -> Delivery:
        """Note that the letter is leaving, durably, then let it go; `leaving` grows and shrinks."""
        if channel.leaves:
            leaving.append((letter.to.id, channel.name))
            self._depart(parcel, leaving)
        delivery = channel.send(letter)
        if channel.leaves and delivery.outcome in {"nobody", "later"}:
            leaving.pop()
        return delivery

    def _depart(self, parcel: Parcel, leaving: Sequence[tuple[int, str]]) -> None:
        errands = [errand.id for errand in parcel.errands]
        self._unit.write(lambda tx: outbox.depart(tx, errands, leaving))


def _told(reader: Reader, kind: str, person: int, now: datetime) -> list[PatronView]:
    """Return who hears of it: of who looks after whom only the person, never other guardians."""
    if kind in OF_A_FAMILY:
        return list(patrons_of(reader, [person]).values())
    return told_by(reader, person, now)


def _ways(to: PatronView, parcel: Parcel) -> list[str]:
    wanted = [*to.channels, FALLBACK]
    if parcel.kind in WRITTEN:
        return list(WRITTEN[parcel.kind])
    if parcel.devices:
        return ["push"]
    return [name for name in dict.fromkeys(wanted) if name not in parcel.skipped]


def _still_true(kind: str, hold: HoldFacts) -> bool:
    if kind in {"ready", "unseen"}:
        return hold.state == "READY" and (kind == "ready" or hold.announced_at is None)
    if kind in {"expired", "cancelled"}:
        return hold.state == kind.upper()
    return hold.state not in {"READY", "FULFILLED", "CANCELLED", "EXPIRED"}


def _done(parcel: Parcel, said: Sequence[Said], valid: Sequence[HoldFacts], now: datetime) -> Done:
    waits = [s.delivery for s in said if s.delivery.outcome == "later"]
    heard = [s for s in said if s.delivery.outcome != "later"]
    again = None
    if waits and not heard:
        again = now + _wait(parcel.attempts, max(d.wait_seconds for d in waits))
    return Done(
        sent=[(s.letter, s.channel, s.delivery) for s in heard],
        again=again,
        reason=waits[0].detail if waits else "",
        holds=valid,
    )


def _wait(attempts: int, asked: float) -> timedelta:
    """Return how long to leave a service alone: what it asked, or twice as long each time."""
    grown = FIRST_WAIT_SECONDS * 2.0 ** max(0, attempts - 1)
    jittered = grown * random.uniform(0.8, 1.4)  # noqa: S311 - spreads retries, hides nothing
    return min(timedelta(seconds=max(asked, jittered)), LONGEST_WAIT)
