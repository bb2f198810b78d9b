"""The outbox: things to do once, kept until done, handed out to one worker at a time.

Written in the transaction of the fact. Who is about to be told by which way is noted before it
goes out (`depart`): after a kill in between, nobody knows whether it arrived, and whoever takes
the errand up again must not send it the same way. `key` is stable for receivers that compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select, update

from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.tables import Outbox
from navette.storage.unit import Reader, Tx

CLAIM = timedelta(seconds=60)
_o = table(Outbox).c


class Errand(NamedTuple):
    """One thing to do."""

    id: int
    kind: str
    key: str
    patron_id: int | None
    hold_id: int | None
    payload: Any
    created_at: datetime
    due_at: datetime
    attempts: int
    departures: Any


_BY_KEY = Query(select(_o.id).where(_o.key == bindparam("key")), scalar)
_COLUMNS = (
    _o.id, _o.kind, _o.key, _o.patron_id, _o.hold_id, _o.payload, _o.created_at, _o.due_at,
    _o.attempts, _o.departures,
)  # fmt: skip
_FREE = or_(_o.claimed_until.is_(None), _o.claimed_until < bindparam("now"))
_OPEN = select(*_COLUMNS).where(_o.done_at.is_(None), _FREE).order_by(_o.due_at, _o.id)
_DUE = Query(
    _OPEN.where(_o.due_at <= bindparam("now"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True),
    Errand,
)
_OF_PEOPLE = Query(
    _OPEN.where(
        _o.kind == bindparam("kind_"),
        _o.patron_id.in_(bindparam("patrons", expanding=True)),
    ).with_for_update(skip_locked=True),
    Errand,
)
_RELEASE = command(
    update(table(Outbox))
    .where(_o.claimed_by == bindparam("worker"), _o.done_at.is_(None))
    .values(claimed_until=None, claimed_by=None)
)
_CLAIM = command(
    update(table(Outbox))
    .where(_o.id == bindparam("errand"))
    .values(
        claimed_by=bindparam("worker"),
        claimed_until=bindparam("until"),
        attempts=_o.attempts + 1,
    )
)
_FINISH = command(
    update(table(Outbox))
    .where(_o.id == bindparam("errand"), _o.done_at.is_(None))
    .values(done_at=bindparam("now"), outcome=bindparam("result"), claimed_until=None)
)
_POSTPONE = command(
    update(table(Outbox))
    .where(_o.id == bindparam("errand"), _o.done_at.is_(None))
    .values(
        due_at=bindparam("due"), claimed_until=None, outcome=bindparam("reason"), departures=None
    )
)
_DEPART = command(
    update(table(Outbox))
    .where(_o.id == bindparam("errand"), _o.done_at.is_(None))
    .values(departures=bindparam("ways"))
)
_DROP = command(
    update(table(Outbox))
    .where(_o.hold_id == bindparam("hold"), _o.kind == bindparam("kind_"), _o.done_at.is_(None))
    .values(done_at=bindparam("now"), outcome=bindparam("result"))
)
_NEXT_DUE = Query(select(func.min(_o.due_at)).where(_o.done_at.is_(None)), scalar)


def put(
    tx: Tx,
    kind: str,
    key: str,
    *,
    now: datetime,
    due: datetime | None = None,
    patron_id: int | None = None,
    hold_id: int | None = None,
    payload: dict[str, Any] | None = None,
) -> bool:
    """Add an errand unless its key was used before; return whether it was added."""
    if tx.first(_BY_KEY, key=key) is not None:
        return False
    tx.insert(
        Outbox, kind=kind, key=key, patron_id=patron_id, hold_id=hold_id, payload=payload or {},
        created_at=now, due_at=due or now, attempts=0,
    )  # fmt: skip
    return True


def claim(tx: Tx, worker: str, now: datetime, most: int = 100) -> list[Errand]:
    """Take errands that are due; they come back to others if not finished within a minute."""
    return _taken(tx, tx.all(_DUE, now=now, most=most), worker, now)


def claim_of(tx: Tx, kind: str, patrons: Sequence[int], worker: str, now: datetime) -> list[Errand]:
    """Take every open errand of a kind for these people, due or not, to say them at once."""
    return _taken(tx, tx.all(_OF_PEOPLE, kind_=kind, patrons=patrons, now=now), worker, now)


def release(tx: Tx, worker: str) -> int:
    """Give back what a worker had claimed when it was killed; return how many."""
    return tx.run(_RELEASE, worker=worker)


def _taken(tx: Tx, found: list[Errand], worker: str, now: datetime) -> list[Errand]:
    for errand in found:
        tx.run(_CLAIM, errand=errand.id, worker=worker, until=now + CLAIM)
    return found


def depart(tx: Tx, errand_ids: Sequence[int], ways: Sequence[tuple[int, str]]) -> None:
    """Note that these people are being told by these ways: it may arrive from now on."""
    for errand_id in errand_ids:
        tx.run(_DEPART, errand=errand_id, ways=[list(way) for way in ways])


def finish(tx: Tx, errand_id: int, now: datetime, outcome: str) -> None:
    """End an errand; `outcome` is `sent`, `dropped: why` or `failed: why`."""
    tx.run(_FINISH, errand=errand_id, now=now, result=outcome)


def postpone(tx: Tx, errand_id: int, due: datetime, reason: str) -> None:
    """Give an errand back for later: it is known that nobody was told."""
    tx.run(_POSTPONE, errand=errand_id, due=due, reason=reason)


def drop(tx: Tx, hold_id: int, kind: str, now: datetime, reason: str) -> int:
    """End the errands of a hold that are not done yet; return how many."""
    return tx.run(_DROP, hold=hold_id, kind_=kind, now=now, result=f"dropped: {reason}")


def next_due(reader: Reader) -> datetime | None:
    """Return when the next errand is due, or None."""
    found: datetime | None = reader.one(_NEXT_DUE)
    return found
