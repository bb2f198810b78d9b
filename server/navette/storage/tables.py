"""Rows of the storage itself: the outbox, the change feed, the heartbeat of workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from navette.storage.base import Instant, Json


class Outbox(SQLModel, table=True):
    """A thing to do once (push, mail, SMS), written in the transaction of the fact.

    `key` is stable for the receiver; `due_at` lets notices wait for their grouping window;
    `done_at` ends it, `outcome` says how (sent, dropped: why, failed: why). `departures` lists who was
    being told by which way, [[patron id, channel], ...], written before anything goes out.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_open", "done_at", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    key: str = Field(unique=True)
    patron_id: int | None = Field(default=None, index=True)
    hold_id: int | None = Field(default=None, index=True)
    payload: Any = Field(sa_column=Column(Json, nullable=False))
    created_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    attempts: int = 0
    claimed_by: str | None = None
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str | None = None
    departures: Any = Field(default=None, sa_column=Column(Json, nullable=True))


class Change(SQLModel, table=True):
    """A record was touched: append-only, each index follows from its own position.

    `xid` is the writing transaction on PostgreSQL, where ids commit out of order: a follower
    reads only rows whose transaction is older than every one still open.
    """

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_xid_id", "xid", "id", sqlite_where=text("xid IS NOT NULL")),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    subject_id: int
    at: datetime = Field(sa_type=Instant, index=True)
    xid: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class Heartbeat(SQLModel, table=True):
    """When a process of a node last said that it lives."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
