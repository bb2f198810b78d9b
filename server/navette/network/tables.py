"""Rows of the network: libraries, hours, closures, pickup places, van stops, rule values."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from navette.storage.base import Json


class Library(SQLModel, table=True):
    """A library: a stop of the line. `engine` names the system that decides for its items."""

    __tablename__ = "library"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    short_name: str
    town: str
    insee: str
    shape: str
    colour: str
    position: int
    population: int = 0
    address: str = ""
    phone: str = ""
    email: str = ""
    accessibility: str = ""
    engine: str = "embedded"
    shelf_prefix: str = ""


class OpeningHours(SQLModel, table=True):
    """One opening of one weekday (Monday is 0), in minutes since local midnight."""

    __tablename__ = "opening_hours"

    id: int | None = Field(default=None, primary_key=True)
    library_id: int = Field(foreign_key="library.id", index=True)
    weekday: int
    opens: int
    closes: int


class Closure(SQLModel, table=True):
    """Days on which a library is closed, both ends included."""

    __tablename__ = "closure"

    id: int | None = Field(default=None, primary_key=True)
    library_id: int = Field(foreign_key="library.id", index=True)
    first_day: date
    last_day: date
    reason: str = ""


class SpecialHours(SQLModel, table=True):
    """One opening of one day that differs from the week, in minutes since local midnight."""

    __tablename__ = "special_hours"
    __table_args__ = (Index("ix_special_hours_library_id", "library_id"),)

    id: int | None = Field(default=None, primary_key=True)
    library_id: int = Field(foreign_key="library.id")
    day: date
    opens: int
    closes: int


class PickupPlace(SQLModel, table=True):
    """Where a hold can be collected: today one per library, later also a care home."""

    __tablename__ = "pickup_place"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    library_id: int = Field(foreign_key="library.id", index=True)
    name: str


class VanStop(SQLModel, table=True):
    """One stop of the weekly timetable, in minutes since local midnight."""

    __tablename__ = "van_stop"
    __table_args__ = (UniqueConstraint("weekday", "sequence"),)

    id: int | None = Field(default=None, primary_key=True)
    weekday: int
    sequence: int
    library_id: int = Field(foreign_key="library.id", index=True)
    arrives: int
    leaves: int


class VanRun(SQLModel, table=True):
    """A dated round of the van, made from the timetable: its own stops, in order.

    `stops` is what the timetable said when it was made; a stop that is closed that day carries
    its reason. `altered`: cancelled, or with a closed stop, so that promises must look at it.
    """

    __tablename__ = "van_run"
    __table_args__ = (Index("ix_van_run_altered", "altered"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(unique=True)
    state: str = "planned"
    stops: Any = Field(sa_column=Column(Json, nullable=False))
    altered: bool = False
    reason: str = ""
    changed_by: str = ""


class RuleValue(SQLModel, table=True):
    """A value of a rule; '' means every library, category or type. The closest one wins."""

    __tablename__ = "rule_value"
    __table_args__ = (UniqueConstraint("name", "library", "category", "item_type"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    library: str = ""
    category: str = ""
    item_type: str = ""
    value: Any = Field(sa_column=Column(Json, nullable=False))


class Observation(SQLModel, table=True):
    """What was counted of a habit, without anybody's name: `counts` maps a value to how often.

    See habits.py. The closest library and type win; item_type is '' where none matters.
    """

    __tablename__ = "observation"
    __table_args__ = (UniqueConstraint("kind", "library_id", "item_type"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    library_id: int = Field(foreign_key="library.id")
    item_type: str = ""
    counts: Any = Field(sa_column=Column(Json, nullable=False))


class ObservedDay(SQLModel, table=True):
    """A day up to which everything was counted; a day is counted once."""

    __tablename__ = "observed_day"

    day: date = Field(primary_key=True)


class Amnesty(SQLModel, table=True):
    """Days on which lateness has no consequence, both ends included."""

    __tablename__ = "amnesty"

    id: int | None = Field(default=None, primary_key=True)
    first_day: date
    last_day: date
    declared_by: str = ""


class NetworkFact(SQLModel, table=True):
    """Facts of the network as a whole: title, categories, demonstration notice, van capacity."""

    __tablename__ = "network_fact"

    name: str = Field(primary_key=True)
    value: Any = Field(sa_column=Column(Json, nullable=False))
