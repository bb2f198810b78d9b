"""Codes that serve once: from a desk (7 days), by mail (one hour), in the undo link of a linking.

A code is short enough to be typed from a slip; the database keeps its keyed mark only. Letters
and figures that look alike (0 O, 1 I L, U V) are left out or read as typed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, select, update

from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx
from navette_auth.tables import OneTimeCode

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
HALF = 4
DESK_LIFE = timedelta(days=7)
SENT_LIFE = timedelta(hours=1)
MOST_SENT = 3
LINK, PASSWORD, UNDO = "link", "password", "undo"


class Opened(NamedTuple):
    """What a code is about."""

    id: int
    patron_id: int | None
    identity_id: int | None
    staff_id: int | None = None
    session_id: int | None = None


_c = table(OneTimeCode).c
_OPEN = (_c.used_at.is_(None), _c.expires_at > bindparam("now"))
_FOUND = Query(
    select(_c.id, _c.patron_id, _c.identity_id, _c.staff_id, _c.session_id).where(
        _c.code_hash.in_(bindparam("marks", expanding=True)),
        _c.purpose == bindparam("kind"),
        *_OPEN,
    ),
    Opened,
)
_USE = command(
    update(table(OneTimeCode))
    .where(_c.id == bindparam("code"), _c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
_END_DESK = command(
    update(table(OneTimeCode))
    .where(
        _c.patron_id == bindparam("patron"), _c.purpose == bindparam("kind"),
        _c.staff_id.is_not(None), _c.used_at.is_(None),
    )
    .values(used_at=bindparam("now"))
)  # fmt: skip
_END_ALL = command(
    update(table(OneTimeCode))
    .where(
        _c.patron_id == bindparam("patron"), _c.purpose == bindparam("kind"), _c.used_at.is_(None)
    )
    .values(used_at=bindparam("now"))
)
_END_OF_IDENTITY = command(
    update(table(OneTimeCode))
    .where(_c.identity_id == bindparam("identity"), _c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
_SENT = Query(
    select(func.count(_c.id)).where(
        _c.patron_id == bindparam("patron"), _c.purpose == bindparam("kind"),
        _c.staff_id.is_(None), *_OPEN,
    ),
    scalar,
)  # fmt: skip
_SWEEP = command(delete(table(OneTimeCode)).where(_c.expires_at < bindparam("before")))


def new_code() -> str:
    """Return 39 random bits as two groups of four: K7M4-PQ2X."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{text[:HALF]}-{text[HALF:]}"


def looks_like_code(text: str) -> bool:
    """Return whether this is written as codes are shown: K7M4-PQ2X."""
    first, _, second = text.strip().upper().partition("-")
    return len(first) == len(second) == HALF and not set(first + second) - set(ALPHABET)


def typed(text: str) -> str:
    """Return a code as it is marked, however it was typed."""
    return "".join(c for c in text.upper() if c.isalnum() and c.isascii())[: 2 * LENGTH]


def keep_code(
    tx: Tx, mark: str, purpose: str, now: datetime, life: timedelta, *,
    patron_id: int | None, identity_id: int | None = None, staff_id: int | None = None,
    session_id: int | None = None,
) -> None:  # fmt: skip
    """Keep a code; a desk's new one ends the desk's earlier ones of the same purpose."""
    if staff_id is not None:
        tx.run(_END_DESK, patron=patron_id, kind=purpose, now=now)
    tx.insert(
        OneTimeCode, code_hash=mark, purpose=purpose, patron_id=patron_id,
        identity_id=identity_id, staff_id=staff_id, session_id=session_id, created_at=now,
        expires_at=now + life,
    )  # fmt: skip


def find_code(reader: Reader, marks: Sequence[str], purpose: str, now: datetime) -> Opened | None:
    """Return what an open code is about, without using it."""
    return reader.first(_FOUND, marks=list(marks), kind=purpose, now=now)


def take_code(tx: Tx, marks: Sequence[str], purpose: str, now: datetime) -> Opened | None:
    """Use a code up and return what it is about; the row count decides between two at once."""
    found = find_code(tx, marks, purpose, now)
    if found is None or tx.run(_USE, code=found.id, now=now) != 1:
        return None
    return found


def may_send(reader: Reader, patron_id: int, now: datetime, purpose: str = PASSWORD) -> bool:
    """Return whether another code may be sent: nobody's mailbox is to be filled."""
    sent: int = reader.one(_SENT, patron=patron_id, kind=purpose, now=now)
    return sent < MOST_SENT


def end_codes(tx: Tx, patron_id: int, purpose: str, now: datetime) -> int:
    """End the open codes of a card; return how many."""
    return tx.run(_END_ALL, patron=patron_id, kind=purpose, now=now)


def end_undo(tx: Tx, identity_id: int, now: datetime) -> int:
    """End the undo links of an identity that is parted from its card."""
    return tx.run(_END_OF_IDENTITY, identity=identity_id, now=now)


def sweep(tx: Tx, now: datetime) -> int:
    """Remove what ended a month ago."""
    return tx.run(_SWEEP, before=now - timedelta(days=30))
