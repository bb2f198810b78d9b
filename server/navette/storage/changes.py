"""The change feed: which records were touched, for indexes that follow at their own pace.

Nothing is claimed; each follower keeps its own position. Rows older than seven days go.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, select, text

from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.tables import Change
from navette.storage.unit import Reader, Tx

KEPT = timedelta(days=7)
_changes = table(Change)


class Touched(NamedTuple):
    """A change at a position of the feed."""

    position: int
    kind: str
    subject_id: int


_NOTE_PG = (
    "INSERT INTO change (kind, subject_id, at, xid)"
    " VALUES (%s, %s, %s, pg_current_xact_id()::text::bigint)"
)
_SINCE = Query(
    select(_changes.c.id, _changes.c.kind, _changes.c.subject_id)
    .where(_changes.c.id > bindparam("position"))
    .order_by(_changes.c.id)
    .limit(bindparam("most")),
    Touched,
)
# Ids are given out before commit: a row with a lower id may still appear. Only rows whose
# transaction is older than every open one are sure to have no such latecomer before them.
_SINCE_PG = Query(
    select(_changes.c.id, _changes.c.kind, _changes.c.subject_id)
    .where(
        _changes.c.id > bindparam("position"),
        _changes.c.xid < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"),
    )
    .order_by(_changes.c.id)
    .limit(bindparam("most")),
    Touched,
)
_LAST = Query(select(func.coalesce(func.max(_changes.c.id), 0)), scalar)
_FIRST = Query(select(func.coalesce(func.min(_changes.c.id), 0)), scalar)
_FORGET = command(delete(_changes).where(_changes.c.at < bindparam("before")))


def note_record(tx: Tx, record_id: int, at: datetime) -> None:
    """Say that a record, or one of its items, changed."""
    note(tx, "record", [record_id], at)


def note(tx: Tx, kind: str, ids: Iterable[int], at: datetime) -> None:
    """Append one row for each subject touched."""
    for subject in ids:
        if tx.dialect == "postgresql":
            tx.driver.execute(_NOTE_PG, (kind, subject, at))
        else:
            tx.insert(Change, kind=kind, subject_id=subject, at=at)


def since(reader: Reader, position: int, most: int = 1000) -> list[Touched]:
    """Return what was touched after `position`, in order, at most `most` rows."""
    query = _SINCE if reader.dialect == "sqlite" else _SINCE_PG
    return reader.all(query, position=position, most=most)


def last_position(reader: Reader) -> int:
    """Return the newest position that can be seen now."""
    found: int = reader.one(_LAST)
    return found


def first_position(reader: Reader) -> int:
    """Return the oldest position still kept; a follower behind it must rebuild."""
    found: int = reader.one(_FIRST)
    return found


def forget(tx: Tx, now: datetime) -> int:
    """Drop rows older than seven days; return how many."""
    return tx.run(_FORGET, before=now - KEPT)
