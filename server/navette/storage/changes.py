"""The change feed: which records were touched, for indexes that follow at their own pace.

Nothing is claimed; each follower keeps its own position. Rows older than seven days go.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, asc, bindparam, delete, desc, func, select, text, tuple_

from navette.storage.base import table
from navette.storage.bulk import insert_rows
from navette.storage.statements import Query, command, scalar
from navette.storage.tables import Change
from navette.storage.unit import Reader, Tx

KEPT = timedelta(days=7)
_changes = table(Change)


class Touched(NamedTuple):
    """A change at a position of the feed: a growing number that means nothing else."""

    position: int
    kind: str
    subject_id: int


_ID_BITS = 48


def _joined(xid: int, position: int) -> int:
    return (xid << _ID_BITS) | position


_NOTE_PG = (
    "INSERT INTO change (kind, subject_id, at, xid)"
    " SELECT %s, unnest(%s::bigint[]), %s, pg_current_xact_id()::text::bigint"
)
_SINCE = Query(
    select(_changes.c.id, _changes.c.kind, _changes.c.subject_id)
    .where(_changes.c.id > bindparam("position"))
    .order_by(_changes.c.id)
    .limit(bindparam("most")),
    Touched,
)
# Ids are given out before commit, so on PostgreSQL a row with a lower id may still appear. What
# is sure: once a transaction is older than every open one, no row of it, nor of an older one,
# can appear any more. So the feed is read there in the order of (transaction, id).
_settled = _changes.c.xid < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_SINCE_PG = Query(
    select(_changes.c.xid, _changes.c.id, _changes.c.kind, _changes.c.subject_id)
    .where(
        tuple_(_changes.c.xid, _changes.c.id)
        > tuple_(bindparam("xid", type_=BigInteger), bindparam("position", type_=BigInteger)),
        _settled,
    )
    .order_by(_changes.c.xid, _changes.c.id)
    .limit(bindparam("most")),
    lambda xid, position, kind, subject: Touched(_joined(xid, position), kind, subject),
)
_AT = Query(
    select(_changes.c.kind, _changes.c.subject_id, _changes.c.at).where(
        _changes.c.id == bindparam("position")
    ),
    lambda *row: row,
)
_LAST = Query(select(func.coalesce(func.max(_changes.c.id), 0)), scalar)
_FIRST = Query(select(func.coalesce(func.min(_changes.c.id), 0)), scalar)
_LAST_PG, _FIRST_PG = (
    Query(
        select(_changes.c.xid, _changes.c.id)
        .where(_settled)
        .order_by(*(direction(c) for c in (_changes.c.xid, _changes.c.id)))
        .limit(1),
        _joined,
    )
    for direction in (desc, asc)
)
# The newest row stays: without it SQLite would give its id again, and followers would be lost.
_FORGET = command(
    delete(_changes).where(
        _changes.c.at < bindparam("before"),
        _changes.c.id < select(func.max(_changes.c.id)).scalar_subquery(),
    )
)


def note_record(tx: Tx, record_id: int, at: datetime) -> None:
    """Say that a record, or one of its items, changed."""
    note(tx, "record", [record_id], at)


def note(tx: Tx, kind: str, ids: Iterable[int], at: datetime) -> None:
    """Append one row for each subject touched, the first time that a transaction touches it.

    Followers see a transaction whole or not at all: what it says twice it says once.
    """
    fresh = [subject for subject in dict.fromkeys(ids) if (kind, subject) not in tx.noted]
    if not fresh:
        return
    tx.noted.update((kind, subject) for subject in fresh)
    if tx.dialect == "postgresql":
        tx.driver.execute(_NOTE_PG, (kind, fresh, at))
    elif len(fresh) == 1:
        tx.insert(Change, kind=kind, subject_id=fresh[0], at=at)
    else:
        rows = [(subject,) for subject in fresh]
        insert_rows(tx, Change, ("subject_id",), rows, {"kind": kind, "at": at})


def since(reader: Reader, position: int, most: int = 1000) -> list[Touched]:
    """Return what was touched after `position` (0: all), in order, at most `most` rows."""
    if reader.dialect == "sqlite":
        return reader.all(_SINCE, position=position, most=most)
    xid, last = position >> _ID_BITS, position & ((1 << _ID_BITS) - 1)
    return reader.all(_SINCE_PG, xid=xid, position=last, most=most)


def last_position(reader: Reader) -> int:
    """Return the newest position that can be read now; 0 when nothing was ever touched."""
    return reader.one(_LAST) if reader.dialect == "sqlite" else reader.first(_LAST_PG) or 0


def first_position(reader: Reader) -> int:
    """Return the oldest position still kept; a follower behind it must rebuild."""
    return reader.one(_FIRST) if reader.dialect == "sqlite" else reader.first(_FIRST_PG) or 0


def missed(reader: Reader, position: int) -> bool:
    """Say whether a follower at `position` lost rows: forgotten, or it followed another feed."""
    oldest = first_position(reader)
    begun = oldest & ((1 << _ID_BITS) - 1) > 1
    return (begun and position + 1 < oldest) or position > last_position(reader)


def mark_of(reader: Reader, position: int) -> str:
    """Return what the row at `position` says, to know the same feed again; '' if it is gone."""
    found = reader.first(_AT, position=position & ((1 << _ID_BITS) - 1))
    return "" if found is None else "{} {} {}".format(*found)


def forget(tx: Tx, now: datetime) -> int:
    """Drop rows older than seven days, save the newest; return how many."""
    return tx.run(_FORGET, before=now - KEPT)
