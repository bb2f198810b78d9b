"""Rows of people: patrons, the numbers on their cards, guardians, what families agreed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from navette.storage.base import Instant, Json, unique_where


class Patron(SQLModel, table=True):
    """A person registered at one library of the network, with one card for all.

    `name_key` is "last first" without accents, for the desk's search; `channels` lists how to tell
    them, first choice first, among push, email, sms, call, letter. `of_age_on` is the day of 18,
    kept for minors only, so that ages are exact; `titles_shown` is a young person's own choice;
    `usual_library_id` is where they like to collect, when that is not where they are registered.
    `history_since`: past loans are listed from then on, for who asked for it.
    """

    __tablename__ = "patron"

    id: int | None = Field(default=None, primary_key=True)
    card: str = Field(unique=True)
    first_name: str
    last_name: str
    name_key: str = Field(default="", index=True)
    birth_year: int | None = None
    category: str = "adult"
    home_library_id: int = Field(foreign_key="library.id", index=True)
    usual_library_id: int | None = Field(default=None, foreign_key="library.id")
    email: str = ""
    phone: str = ""
    language: str = "fr"
    registered_on: date
    valid_until: date
    blocked_reason: str = ""
    password_hash: str = ""
    channels: Any = Field(sa_column=Column(Json, nullable=False))
    title_on_notices: bool = False
    hold_rhythm: int | None = None
    of_age_on: date | None = Field(default=None, index=True)
    titles_shown: bool | None = None
    group_pickup: bool = False
    suspended_until: date | None = None
    history_since: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    merged_into: int | None = None
    version: int = 1


class Preregistration(SQLModel, table=True):
    """What somebody wrote at home to get a card; a desk looks at it and makes the card.

    It goes when the card is made, or after thirty days: until then it holds what the desk needs.
    """

    __tablename__ = "preregistration"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    first_name: str
    last_name: str
    name_key: str = Field(index=True)
    birth: date
    home_library_id: int = Field(foreign_key="library.id")
    email: str = ""
    phone: str = ""
    guardian_card: str = ""
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class NotSamePerson(SQLModel, table=True):
    """Two cards that look alike and are two people: a desk said so, and is not asked again."""

    __tablename__ = "not_same_person"

    low_id: int = Field(foreign_key="patron.id", primary_key=True)
    high_id: int = Field(foreign_key="patron.id", primary_key=True)
    at: datetime = Field(sa_type=Instant)


class CardNumber(SQLModel, table=True):
    """A number that opens a patron's card: the network's, or an older one of a library."""

    __tablename__ = "card_number"

    number: str = Field(primary_key=True)
    patron_id: int = Field(foreign_key="patron.id", index=True)
    kind: str = "network"


class Guardian(SQLModel, table=True):
    """An adult who may act for a child; ended at the desk, or the morning of 18 (`ends_on`).

    `made_by` and `ended_by`: desk, invitation, age.
    """

    __tablename__ = "guardian"
    __table_args__ = (
        unique_where("uq_guardian_pair", "guardian_id", "child_id", where="ended_at IS NULL"),
        Index("ix_guardian_ends_on", "ends_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    guardian_id: int = Field(foreign_key="patron.id", index=True)
    child_id: int = Field(foreign_key="patron.id", index=True)
    since: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ends_on: date | None = None
    made_by: str = Field(sa_column_kwargs={"server_default": "desk"})
    ended_by: str = Field(sa_column_kwargs={"server_default": ""})


class Invitation(SQLModel, table=True):
    """An invitation to look after a child: given by a guardian, answered, then confirmed.

    `check_number` is shown to both adults, so that one recognises the other without a name.
    """

    __tablename__ = "guardian_invitation"

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="patron.id", index=True)
    invited_by: int = Field(foreign_key="patron.id", index=True)
    mark: str = Field(unique=True)
    check_number: str
    answered_by: int | None = Field(default=None, foreign_key="patron.id", index=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str = ""


class Consent(SQLModel, table=True):
    """What a child under 15 and a guardian allowed together: push, history.

    In force while both have agreed and nobody ended it.
    """

    __tablename__ = "consent"
    __table_args__ = (
        unique_where("uq_consent_open", "child_id", "what", where="ended_at IS NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="patron.id", index=True)
    what: str
    asked_at: datetime = Field(sa_type=Instant)
    child_at: datetime | None = Field(default=None, sa_type=Instant)
    guardian_at: datetime | None = Field(default=None, sa_type=Instant)
    guardian_id: int | None = Field(default=None, foreign_key="patron.id")
    at_desk: bool = False
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Reading(SQLModel, table=True):
    """A past loan on the list of who asked for one; it outlives the loan's link to its person.

    Title and byline are as they were: a record may be joined to another, or go.
    """

    __tablename__ = "reading"

    id: int | None = Field(default=None, primary_key=True)
    patron_id: int = Field(foreign_key="patron.id", index=True)
    loan_id: int = Field(unique=True)
    record_id: int
    title: str
    byline: str
    lent_on: date
    returned_on: date = Field(index=True)


class PickupCode(SQLModel, table=True):
    """A code with which another adult collects what is ready; only its keyed mark is kept.

    It serves one visit: `used_at` and `used_library_id` are those of its first use.
    """

    __tablename__ = "pickup_code"

    id: int | None = Field(default=None, primary_key=True)
    mark: str = Field(unique=True)
    patron_id: int = Field(foreign_key="patron.id", index=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    used_library_id: int | None = Field(default=None, foreign_key="library.id")
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
