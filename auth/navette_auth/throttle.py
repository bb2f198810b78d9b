"""Throttle: guessing gets slower and slower, and nobody is ever locked out.

An attempt is counted before the password is looked at, so that many at once gain nothing; a right
password gives the place back. Counts live in the database, so a restart forgives nothing.
Attempts refused for being too early are not counted: whoever
knocks all day long cannot make the owner wait longer than `longest`.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from navette.errors import Duplicate, TooManyAttempts
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Tx, Unit
from navette_auth.opaque import digest
from navette_auth.tables import Attempt

FORGOTTEN_AFTER = timedelta(minutes=10)
KEPT = timedelta(days=2)
MOST_COUNTED = 64
TURNS = 256


@dataclass(frozen=True)
class Pace:
    """How many attempts are free, and the longest wait between two of the others, in seconds."""

    free: int
    longest: int


# The shared subjects wait less: somebody who knocks without end must not keep the others out.
HERE = Pace(free=5, longest=60)  # one card or login from one address
EVERYWHERE = Pace(free=20, longest=15)  # one card or login from the whole world
PLACE = Pace(free=40, longest=5)  # one address: a whole library may stand behind it


@dataclass(frozen=True)
class Subject:
    """What is counted, and at which pace."""

    name: str
    pace: Pace


class Count(NamedTuple):
    """A row of the table."""

    failures: int
    last_at: datetime


_a = table(Attempt).c
_COUNT = Query(
    select(_a.failures, _a.last_at).where(_a.subject == bindparam("name")).with_for_update(), Count
)
_SET = command(
    update(table(Attempt))
    .where(_a.subject == bindparam("name"))
    .values(failures=bindparam("count"), last_at=bindparam("now"))
)
_GIVE_BACK = command(
    update(table(Attempt))
    .where(_a.subject == bindparam("name"), _a.failures > 0)
    .values(failures=_a.failures - 1)
)
_FORGET = command(delete(table(Attempt)).where(_a.subject == bindparam("name")))
_SWEEP = command(delete(table(Attempt)).where(_a.last_at < bindparam("before")))


def remembered(failures: int, last_at: datetime, now: datetime) -> int:
    """Return how many failures still count: one is forgotten every ten minutes."""
    return max(0, failures - int(max(timedelta(0), now - last_at) / FORGOTTEN_AFTER))


def wait(pace: Pace, failures: int, last_at: datetime, now: datetime) -> int:
    """Return the seconds to wait before the next attempt: 1, 2, 4... up to the longest."""
    beyond = remembered(failures, last_at, now) - pace.free
    if beyond < 0:
        return 0
    pause = min(pace.longest, 1 << min(beyond, 30))
    passed = max(0.0, (now - last_at).total_seconds())
    return max(0, ceil(pause - passed))


def subjects_of(kind: str, name: str, client: str, device: str = "") -> Sequence[Subject]:
    """Return what an attempt counts against: the name from here, from everywhere, the address.

    A `device` that is known for this name counts against itself alone: nobody else's guesses,
    on the same name or behind the same address, can slow it.
    """
    if device:
        return (Subject(digest(f"{kind}:{name}#{device}"), HERE),)
    place = place_of(client)
    return (
        Subject(digest(f"{kind}:{name}@{place}"), HERE),
        Subject(digest(f"{kind}:{name}"), EVERYWHERE),
        Subject(digest(f"place:{place}"), PLACE),
    )


def place_of(client: str) -> str:
    """Return the address that counts as one place: an IPv6 network of /64 is one household."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 4:  # noqa: PLR2004 - the version of the protocol
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def count_attempt(tx: Tx, subjects: Sequence[Subject], now: datetime) -> None:
    """Count an attempt on each subject, or raise TooManyAttempts and count none."""
    ordered = sorted(subjects, key=lambda s: s.name)  # one order for locks
    counts = {s.name: tx.first(_COUNT, name=s.name) for s in ordered}
    pauses = [
        wait(s.pace, known.failures, known.last_at, now)
        for s in ordered
        if (known := counts[s.name]) is not None
    ]
    if any(pauses):
        raise TooManyAttempts(max(pauses))
    for subject in ordered:
        known = counts[subject.name]
        if known is None:
            tx.insert(Attempt, subject=subject.name, failures=1, last_at=now)
        else:
            count = remembered(known.failures, known.last_at, now) + 1
            tx.run(_SET, name=subject.name, count=min(count, MOST_COUNTED), now=now)


_turns = tuple(threading.Lock() for _ in range(TURNS))


def turn(subjects: Sequence[Subject]) -> threading.Lock:
    """Return the lock under which attempts on one name from one address take turns.

    A right password given by eight tabs at once is eight right passwords: without turns, those
    that are still being looked at would count as wrong ones.
    """
    return _turns[int(subjects[0].name[:8], 16) % TURNS]


def attempt(unit: Unit, subjects: Sequence[Subject], now: datetime) -> None:
    """Count an attempt in a unit of work of its own, before anything slow is done."""
    try:
        unit.write(lambda tx: count_attempt(tx, subjects, now))
    except Duplicate:  # two first attempts at once: the row is there now
        unit.write(lambda tx: count_attempt(tx, subjects, now))


def forgive(tx: Tx, subjects: Sequence[Subject]) -> None:
    """Give the place back after a right password; from here, earlier slips are forgotten."""
    for subject in sorted(subjects, key=lambda s: s.name):
        tx.run(_FORGET if subject.pace is HERE else _GIVE_BACK, name=subject.name)


def sweep(tx: Tx, now: datetime) -> int:
    """Remove rows that no longer slow anybody; the nightly work calls it."""
    return tx.run(_SWEEP, before=now - KEPT)
