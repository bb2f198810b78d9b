"""Rows of e-resources: titles that a feed offers, harvested; each opens at its provider."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from navette.storage.base import Instant, Json


class EresourceTitle(SQLModel, table=True):
    """One publication of a feed. `ended_at`: the feed does not offer it any more."""

    __tablename__ = "eresource_title"
    __table_args__ = (UniqueConstraint("feed", "identifier"),)

    id: int | None = Field(default=None, primary_key=True)
    feed: str
    identifier: str
    title: str
    authors: Any = Field(sa_column=Column(Json, nullable=False))
    kind: str
    language: str = ""
    publisher: str = ""
    published: str = ""
    summary: str = ""
    href: str
    state: str = ""
    search_key: str
    title_key: str = Field(index=True)
    seen_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
