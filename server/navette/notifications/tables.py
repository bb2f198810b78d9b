"""Rows of telling: push subscriptions, messages with their evidence."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from navette.storage.base import Instant


class PushSubscription(SQLModel, table=True):
    """A browser that a patron asked us to push to."""

    __tablename__ = "push_subscription"

    id: int | None = Field(default=None, primary_key=True)
    patron_id: int = Field(foreign_key="patron.id", index=True)
    endpoint: str = Field(unique=True)
    p256dh: str
    auth: str
    device: str = ""
    created_at: datetime = Field(sa_type=Instant)
    confirmed_at: datetime = Field(sa_type=Instant)
    last_sent_at: datetime | None = Field(default=None, sa_type=Instant)
    failures: int = 0


class Message(SQLModel, table=True):
    """What was said to whom, by which channel; `evidence` makes it count as announced.

    In development, mail and SMS end here and are read at /dev/courrier.
    """

    __tablename__ = "message"

    id: int | None = Field(default=None, primary_key=True)
    outbox_key: str = Field(index=True)
    patron_id: int | None = Field(default=None, index=True)
    hold_id: int | None = Field(default=None, index=True)
    channel: str
    recipient: str
    subject: str = ""
    body: str = ""
    sent_at: datetime = Field(sa_type=Instant)
    evidence: str = ""
