"""Requests that may come twice: an idempotency key gives the first answer back (E7e)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import bindparam, delete, select

from navette.circulation.tables import RepeatedRequest
from navette.errors import BadInput
from navette.ils.views import Actor
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Tx

_q = table(RepeatedRequest).c


class First(NamedTuple):
    """What was asked and answered the first time."""

    operation: str
    fingerprint: str
    answer: Any


_FIRST = Query(
    select(_q.operation, _q.fingerprint, _q.answer).where(_q.key == bindparam("key")), First
)
_FORGET = command(delete(table(RepeatedRequest)).where(_q.at < bindparam("before")))


def once(
    tx: Tx,
    actor: Actor,
    key: str | None,
    operation: str,
    content: dict[str, Any],
    now: datetime,
    work: Callable[[], int],
) -> int:
    """Do `work` once for a key of this actor; the same key gives the same row id again.

    Raises BadInput when the key was used for something else. Without a key: simply does it.
    Two such requests at once end in Duplicate for one of them: it is to be tried again.
    """
    if not key:
        return work()
    mine = f"{actor.name}:{key}"
    fingerprint = _fingerprint(operation, content)
    first = tx.first(_FIRST, key=mine)
    if first is not None:
        if first.fingerprint != fingerprint:
            raise BadInput("idempotencyKey", "used for another request")
        return int(first.answer)
    answer = work()
    tx.insert(
        RepeatedRequest, key=mine, operation=operation, fingerprint=fingerprint, answer=answer,
        at=now,
    )  # fmt: skip
    return answer


def forget(tx: Tx, before: datetime) -> int:
    """Drop the answers given before an instant; return how many."""
    return tx.run(_FORGET, before=before)


def _fingerprint(operation: str, content: dict[str, Any]) -> str:
    packed = orjson.dumps([operation, content], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(packed).hexdigest()
