"""What became of a queue of scans made without network (E25), and of a mirrored item (E22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class LostView:
    """A scan that lost against a later fact; `text` is what was scanned."""

    id: int
    client_key: str
    scanned_at: datetime
    text: str
    card: str
    code: str
    reason: str


@dataclass(frozen=True)
class ReplayDone:
    """How many scans were carried out, and those that were not."""

    done: int
    lost: Sequence[LostView]


@dataclass(frozen=True)
class Mirrored:
    """What another system says of one of its items."""

    barcode: str
    status: str
    at: datetime
    due_on: date | None = None


@dataclass(frozen=True)
class ConflictView:
    """A conflict with another system: what we believed, what it said and what was done."""

    id: int
    at: datetime
    barcode: str
    title: str
    ours: str
    theirs: str
    note: str
