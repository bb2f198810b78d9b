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
_DROP = command(delete(table(RepeatedRequest)).where(_q.key == bindparam("key")))
_FORGET = command(delete(table(RepeatedRequest)).where(_q.at < bindparam("before")))


class _Asked(NamedTuple):
    """A request under its key, as its answer is kept."""

    key: str
    operation: str
    fingerprint: str
    at: datetime

    def keep(self, tx: Tx, answer: int) -> None:
        tx.insert(RepeatedRequest, **self._asdict(), answer=answer)


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
    asked = _Asked(f"{actor.name}:{key}", operation, _fingerprint(operation, content), now)
    first = tx.first(_FIRST, key=asked.key)
    if first is not None:
        if first.fingerprint != asked.fingerprint:
            raise BadInput("idempotencyKey", "used for another request")
        return int(first.answer)
    answer = work()
    asked.keep(tx, answer)
    return answer


def once_or_anew(
    tx: Tx,
    actor: Actor,
    key: str | None,
    operation: str,
    content: dict[str, Any],
    now: datetime,
    work: Callable[[], object],
) -> bool:
    """Keep a choice once for a key of this actor; tell whether it was kept now.

    For choices that are written whole: the same one again, late or twice, would only put an older
    choice back. Another choice under the same key is a form that was filled in anew (a page that
    one went back to): it is kept, and the key stands for it from now on.
    """
    if not key:
        work()
        return True
    asked = _Asked(f"{actor.name}:{key}", operation, _fingerprint(operation, content), now)
    first = tx.first(_FIRST, key=asked.key)
    if first is not None and first.fingerprint == asked.fingerprint:
        return False
    work()
    if first is not None:
        tx.run(_DROP, key=asked.key)
    asked.keep(tx, answer=0)
    return True


def forget(tx: Tx, before: datetime) -> int:
    """Drop the answers given before an instant; return how many."""
    return tx.run(_FORGET, before=before)


def _fingerprint(operation: str, content: dict[str, Any]) -> str:
    try:
        packed = orjson.dumps([operation, content], option=orjson.OPT_SORT_KEYS, default=str)
    except TypeError:  # a number that no column holds: `work` refuses it, in words
        packed = repr((operation, sorted(content.items()))).encode()
    return hashlib.sha256(packed).hexdigest()
