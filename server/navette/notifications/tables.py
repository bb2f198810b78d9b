"""Rows of telling: push subscriptions, messages with their evidence."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from navette.storage.base import Instant


class PushSubscription(SQLModel, table=True):
    """A browser that a patron asked us to push to; its alerts end with its session."""

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
    session_id: int | None = Field(default=None, index=True)


class Message(SQLModel, table=True):
    """What was said to whom, by which channel; `evidence` makes it count as announced.

    In development, mail and SMS end here and are read at /dev/courrier. A call or a letter waits
    on the list of `library_id` until a desk has ticked or printed it.
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
    library_id: int | None = Field(default=None, index=True)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    done_by: int | None = None
    result: str = ""


class NoticeChoice(SQLModel, table=True):
    """How a person wants to be told, beside their ways in order; minutes since midnight."""

    __tablename__ = "notice_choice"

    patron_id: int = Field(primary_key=True, foreign_key="patron.id")
    quiet_from: int | None = None
    quiet_until: int | None = None
    reminders: bool = True
    turns: bool = True
    chosen_at: datetime = Field(sa_type=Instant)


class CalendarAddress(SQLModel, table=True):
    """The private address of a person's due dates; only its hash is kept."""

    __tablename__ = "calendar_address"

    id: int | None = Field(default=None, primary_key=True)
    patron_id: int = Field(foreign_key="patron.id", unique=True)
    mark: str = Field(unique=True)
    titles: bool = False
    made_at: datetime = Field(sa_type=Instant)


class SmsMonth(SQLModel, table=True):
    """How many SMS left in a month ("2026-11"): what the budget is held by."""

    __tablename__ = "sms_month"

    month: str = Field(primary_key=True)
    sent: int = 0
