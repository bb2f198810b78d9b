"""Rows of the catalogue: works, records, their sources and identifiers, items."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from navette.storage.base import Instant, Json


class Work(SQLModel, table=True):
    """The content of one volume in any edition; targeting is serialised per work."""

    __tablename__ = "work"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    title: str
    created_at: datetime = Field(sa_type=Instant)


class Series(SQLModel, table=True):
    """What volumes or issues belong to, however its title is written; one a medium."""

    __tablename__ = "series"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    title: str
    created_at: datetime = Field(sa_type=Instant)


def _empty() -> Any:
    """Make a column for a list that is empty where nobody says otherwise."""
    return Column(Json, nullable=False, server_default="[]")


def _unsaid() -> Any:
    """Make a column for a text that is empty where nobody says otherwise."""
    return Column(Text, nullable=False, server_default="")


class Record(SQLModel, table=True):
    """One publication, whichever libraries describe it. Texts are shown as they stand here.

    `authors` is a list of {name, role}; `languages`, `subjects`, `genres`, `identifiers`
    (of {kind, value, valid}), `links` are lists; `adapted` lists the kinds of adapted reading
    (unimarc.adapted.KINDS) and `other_titles` what else the publication is called; `collection`
    is the publisher's ("Folio"), `series_title` the author's, `series_id` one for all spellings
    of it; `merged_into` is the record that took over the copies of one that was emptied, so that
    its address still leads somewhere. `version` grows with each change of the record or of its items, so that a drawn card
    can be kept as long as it is true.
    """

    __tablename__ = "record"

    id: int | None = Field(default=None, primary_key=True)
    work_id: int = Field(foreign_key="work.id", index=True)
    title: str
    title_sort: str
    subtitle: str = ""
    statement: str = ""
    authors: Any = Field(sa_column=Column(Json, nullable=False))
    author_sort: str = ""
    publisher: str = ""
    year: int | None = None
    extent: str = ""
    edition: str = ""
    type: str = "book"
    audience: str = "adult"
    languages: Any = Field(sa_column=Column(Json, nullable=False))
    series_title: str = Field(default="", index=True)
    volume_label: str = ""
    volume_number: int | None = None
    summary: str = ""
    contents: str = ""
    subjects: Any = Field(sa_column=Column(Json, nullable=False))
    genres: Any = Field(sa_column=Column(Json, nullable=False))
    dewey: str = ""
    identifiers: Any = Field(sa_column=Column(Json, nullable=False))
    links: Any = Field(sa_column=Column(Json, nullable=False))
    place: str = Field(default="", sa_column=_unsaid())
    collection: str = Field(default="", sa_column=_unsaid())
    other_titles: Any = Field(default_factory=list, sa_column=_empty())
    adapted: Any = Field(default_factory=list, sa_column=_empty())
    original_languages: Any = Field(default_factory=list, sa_column=_empty())
    subtitle_languages: Any = Field(default_factory=list, sa_column=_empty())
    series_id: int | None = Field(default=None, foreign_key="series.id", index=True)
    merged_into: int | None = None
    loans: int = 0
    hidden: bool = False
    version: int = 1
    created_at: datetime = Field(sa_type=Instant, index=True)
    updated_at: datetime = Field(sa_type=Instant)


class MatchKey(SQLModel, table=True):
    """A blocking key of a record (`isbn:978...`, `ta:...`): candidates share one."""

    __tablename__ = "match_key"
    __table_args__ = (UniqueConstraint("key", "record_id"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    record_id: int = Field(foreign_key="record.id", index=True)


class SourceRecord(SQLModel, table=True):
    """A library's own description, kept whole; (library, 001) is its identity."""

    __tablename__ = "source_record"
    __table_args__ = (UniqueConstraint("library_id", "local_id"),)

    id: int | None = Field(default=None, primary_key=True)
    library_id: int = Field(foreign_key="library.id")
    local_id: str
    record_id: int = Field(foreign_key="record.id", index=True)
    profile: str
    digest: str
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    facts: Any = Field(sa_column=Column(Json, nullable=False))
    imported_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    gone_at: datetime | None = Field(default=None, sa_type=Instant)


class SourceProfile(SQLModel, table=True):
    """A network's own profile of a source, as its file said (TOML); those that ship are not here."""

    __tablename__ = "source_profile"

    name: str = Field(primary_key=True)
    content: str


class GroupingDecision(SQLModel, table=True):
    """What staff decided about two descriptions, named as their libraries name them.

    `same` says one publication or two. It outlives both rows, so that an import, or a catalogue
    read anew, decides as the staff did.
    """

    __tablename__ = "grouping_decision"
    __table_args__ = (
        UniqueConstraint(
            "one_library_id",
            "one_local_id",
            "other_library_id",
            "other_local_id",
            name="uq_grouping_decision_pair",
        ),
        Index("ix_grouping_decision_other", "other_library_id", "other_local_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    one_library_id: int = Field(foreign_key="library.id")
    one_local_id: str
    other_library_id: int = Field(foreign_key="library.id")
    other_local_id: str
    same: bool
    decided_by: str
    decided_at: datetime = Field(sa_type=Instant)


class Item(SQLModel, table=True):
    """A copy that can be held in the hand; (home library, barcode) is its identity.

    `status` is one of navette.circulation.states.ItemStatus; it and `current_library_id`
    change only by a scan or an audited correction (CIRCULATION I5), never by an import.
    """

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("home_library_id", "barcode"),
        Index("ix_item_barcode", "barcode"),
        Index("ix_item_current_library_id_status", "current_library_id", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    record_id: int = Field(foreign_key="record.id", index=True)
    source_record_id: int | None = Field(default=None, foreign_key="source_record.id", index=True)
    home_library_id: int = Field(foreign_key="library.id")
    current_library_id: int = Field(foreign_key="library.id")
    barcode: str
    barcode_printed: str
    status: str = "AVAILABLE"
    processing_cause: str | None = None
    not_for_loan: bool = False
    type: str = "book"
    section: str = ""
    collection: str = ""
    call_number: str = ""
    volume_key: str = ""
    volume_label: str = ""
    price: str = ""
    new_until: date | None = None
    on_site_until: date | None = None
    entered_on: date | None = None
    loans: int = 0
    alert: str = ""
    note: str = ""
    digest: str = ""
    version: int = 1
    created_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime | None = Field(default=None, sa_type=Instant)
    targeting_penalty: int = 0
    claimed: bool = False
