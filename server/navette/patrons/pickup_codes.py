"""Codes to collect for somebody: one visit of another adult, within seven days.

The code is signed: the database holds only its mark, made with the keys of the installation. Its
first use at a desk opens a visit: what waits there may be lent for a quarter of an hour, by that
desk alone, and then never again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from navette.errors import PickupCodeRefused
from navette.patrons.tables import PickupCode
from navette.storage.base import table
from navette.storage.outbox import put
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

LIFE = timedelta(days=7)
VISIT = timedelta(minutes=15)


class Known(NamedTuple):
    """A code that may still serve."""

    id: int
    patron_id: int
    expires_at: datetime
    used_at: datetime | None
    used_library_id: int | None


_k = table(PickupCode).c
_KNOWN = select(_k.id, _k.patron_id, _k.expires_at, _k.used_at, _k.used_library_id).where(
    _k.mark.in_(bindparam("marks", expanding=True)), _k.ended_at.is_(None)
)
_PEEK, _LOCKED = Query(_KNOWN, Known), Query(_KNOWN.with_for_update(), Known)
_WAITING = Query(
    select(_k.id, _k.patron_id, _k.expires_at, _k.used_at, _k.used_library_id).where(
        _k.patron_id == bindparam("patron"), _k.ended_at.is_(None), _k.used_at.is_(None),
        _k.expires_at > bindparam("now"),
    ),
    Known,
)  # fmt: skip
_USE = command(
    update(table(PickupCode))
    .where(_k.id == bindparam("one"), _k.used_at.is_(None))
    .values(used_at=bindparam("now"), used_library_id=bindparam("library"))
)
_END = command(
    update(table(PickupCode))
    .where(_k.patron_id == bindparam("patron"), _k.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)


def keep_pickup_code(tx: Tx, patron_id: int, mark: str, now: datetime) -> datetime:
    """Keep a code with this mark, in place of earlier ones; returns until when it serves."""
    tx.run(_END, patron=patron_id, now=now)
    tx.insert(PickupCode, mark=mark, patron_id=patron_id, created_at=now, expires_at=now + LIFE)
    return now + LIFE


def end_pickup_codes(tx: Tx, patron_id: int, now: datetime) -> int:
    """Take back the codes of a person; returns how many."""
    return tx.run(_END, patron=patron_id, now=now)


def waiting_code(reader: Reader, patron_id: int, now: datetime) -> datetime | None:
    """Return until when a code of this person serves, None without one."""
    found = reader.first(_WAITING, patron=patron_id, now=now)
    return None if found is None else found.expires_at


def whose_code(reader: Reader, marks: Sequence[str], now: datetime, library_id: int) -> int:
    """Return who is collected for, without using the code; raises PickupCodeRefused."""
    found = reader.first(_PEEK, marks=list(marks))
    return _serving(found, now, library_id).patron_id


def use_pickup_code(tx: Tx, marks: Sequence[str], now: datetime, library_id: int) -> int:
    """Begin the visit, or go on with it, and return who is collected for.

    The person is told at the first use. Raises PickupCodeRefused.
    """
    found = _serving(tx.first(_LOCKED, marks=list(marks)), now, library_id)
    if found.used_at is None:
        tx.run(_USE, one=found.id, now=now, library=library_id)
        put(
            tx, "pickup_used", f"pickup_used:{found.id}", now=now, patron_id=found.patron_id,
            payload={"library": library_id},
        )  # fmt: skip
    return found.patron_id


def _serving(found: Known | None, now: datetime, library_id: int) -> Known:
    if found is None:
        raise PickupCodeRefused("unknown")
    if found.used_at is None:
        serves = now < found.expires_at
    else:
        serves = found.used_library_id == library_id and now - found.used_at < VISIT
    if not serves:
        raise PickupCodeRefused("unknown")
    return found
