"""A person's due dates as a calendar (RFC 5545), at a private address that can be taken back."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from navette.notifications.tables import CalendarAddress
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

FOLD = 75
_a = table(CalendarAddress).c


class Address(NamedTuple):
    """Whose calendar an address is, and whether it says titles."""

    patron_id: int
    titles: bool
    made_at: datetime
    mark: str


@dataclass(frozen=True)
class Entry:
    """A day of somebody's calendar: `key` stays the same when the day moves."""

    key: str
    day: date
    summary: str
    description: str = ""


_BY_MARK = Query(
    select(_a.patron_id, _a.titles, _a.made_at, _a.mark).where(_a.mark == bindparam("given")),
    Address,
)
_OF = Query(
    select(_a.patron_id, _a.titles, _a.made_at, _a.mark).where(_a.patron_id == bindparam("patron")),
    Address,
)
_FORGET = command(delete(table(CalendarAddress)).where(_a.patron_id == bindparam("patron")))


def keep_address(tx: Tx, patron_id: int, secret: str, now: datetime, *, titles: bool) -> None:
    """Keep a new secret for a person's calendar; the one before it opens nothing any more."""
    tx.run(_FORGET, patron=patron_id)
    tx.insert(CalendarAddress, patron_id=patron_id, mark=_mark(secret), titles=titles, made_at=now)


def opens(address: Address, secret: str) -> bool:
    """Return whether a secret is that of an address."""
    return hmac.compare_digest(address.mark, _mark(secret))


def take_back(tx: Tx, patron_id: int) -> bool:
    """End a person's calendar address; return whether there was one."""
    return tx.run(_FORGET, patron=patron_id) > 0


def address_of(reader: Reader, patron_id: int) -> Address | None:
    """Return a person's calendar address, without its secret."""
    return reader.first(_OF, patron=patron_id)


def opened_by(reader: Reader, secret: str) -> Address | None:
    """Return whose calendar a secret opens, or None."""
    return reader.first(_BY_MARK, given=_mark(secret))


def written(name: str, entries: Sequence[Entry], host: str, now: datetime) -> str:
    """Write a calendar: whole days, CRLF, lines of 75 octets at most."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Navette//Calendrier//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.key}@{host}",
            f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(entry.summary)}",
        ]
        if entry.description:
            lines.append(f"DESCRIPTION:{_escaped(entry.description)}")
        lines += ["TRANSP:TRANSPARENT", "CLASS:PRIVATE", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line at 75 octets, never inside a letter."""
    pieces, current, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > FOLD:
            pieces.append(current)
            current, size = " ", 1
        current, size = current + letter, size + width
    return "\r\n".join([*pieces, current])


def _mark(secret: str) -> str:
    """Return what is kept of a secret: it is random, so one plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
