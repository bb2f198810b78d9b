"""The month's budget of SMS: each one is counted before it leaves, none beyond the cap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from navette.clock import local_date
from navette.notifications.tables import SmsMonth
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx

_s = table(SmsMonth).c


def _row(month: str, sent: int) -> tuple[str, int]:
    return month, sent


_SENT = Query(select(_s.sent).where(_s.month == bindparam("when")), scalar)
_MONTHS = Query(select(_s.month, _s.sent).order_by(_s.month.desc()).limit(bindparam("most")), _row)
_COUNT = command(
    update(table(SmsMonth))
    .where(_s.month == bindparam("when"), _s.sent < bindparam("cap"))
    .values(sent=_s.sent + 1)
)
_GIVE_BACK = command(
    update(table(SmsMonth))
    .where(_s.month == bindparam("when"), _s.sent > 0)
    .values(sent=_s.sent - 1)
)


def month_of(now: datetime) -> str:
    """Return "2026-11", as the calendar in Paris shows it."""
    return f"{local_date(now):%Y-%m}"


def sent_in(reader: Reader, now: datetime) -> int:
    """Return how many SMS were sent this month."""
    found: int | None = reader.first(_SENT, when=month_of(now))
    return found or 0


def counted_by_month(reader: Reader, most: int = 12) -> Sequence[tuple[str, int]]:
    """Return ("2026-11", how many SMS), the newest month first."""
    return reader.all(_MONTHS, most=most)


def spend(tx: Tx, now: datetime, cap: int) -> bool:
    """Count one SMS; return whether the month still allowed it."""
    if cap <= 0:
        return False
    month = month_of(now)
    if tx.first(_SENT, when=month) is None:
        tx.insert(SmsMonth, month=month, sent=1)
        return True
    return tx.run(_COUNT, when=month, cap=cap) == 1


def give_back(tx: Tx, now: datetime) -> None:
    """Count one less: it did not leave."""
    tx.run(_GIVE_BACK, when=month_of(now))
