"""Rows of people: patrons, the numbers on their cards, guardians."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from navette.storage.base import Instant, Json, unique_where


class Patron(SQLModel, table=True):
    """A person registered at one library of the network, with one card for all.

    `name_key` is "last first" without accents, for the desk's search; `channels` lists how to tell them, first choice first, among push, email, sms, call, letter.
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
    created_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = 1


class CardNumber(SQLModel, table=True):
    """A number that opens a patron's card: the network's, or an older one of a library."""

    __tablename__ = "card_number"

    number: str = Field(primary_key=True)
    patron_id: int = Field(foreign_key="patron.id", index=True)
    kind: str = "network"


class Guardian(SQLModel, table=True):
    """An adult who may act for a child; ended at the desk, or at 18."""

    __tablename__ = "guardian"
    __table_args__ = (
        unique_where("uq_guardian_pair", "guardian_id", "child_id", where="ended_at IS NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    guardian_id: int = Field(foreign_key="patron.id", index=True)
    child_id: int = Field(foreign_key="patron.id", index=True)
    since: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
