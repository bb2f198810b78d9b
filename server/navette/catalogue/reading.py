"""Reading records: one frozen value that holds all a page, a resolver or an index asks of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Record
from navette.errors import NotFound
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

NEWEST_MOST = 100


@dataclass(frozen=True, slots=True)
class Contributor:
    """A person or body and its role in one word (author, illustrator, director...)."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class NumberedAs:
    """An ISBN, EAN or ISSN; a wrong one is kept and marked."""

    kind: str
    value: str
    valid: bool


@dataclass(frozen=True, slots=True)
class LinkView:
    """An address that the record gives, with its label."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """One publication. `version` grows with each change of the record or of its items."""

    id: int
    work_id: int
    title: str
    title_sort: str
    subtitle: str
    statement: str
    authors: Sequence[Contributor]
    author_sort: str
    publisher: str
    year: int | None
    extent: str
    edition: str
    type: str
    audience: str
    languages: Sequence[str]
    series_title: str
    volume_label: str
    volume_number: int | None
    summary: str
    contents: str
    subjects: Sequence[str]
    genres: Sequence[str]
    dewey: str
    identifiers: Sequence[NumberedAs]
    links: Sequence[LinkView]
    loans: int
    hidden: bool
    version: int
    created_at: datetime
    updated_at: datetime
    place: str
    collection: str
    other_titles: Sequence[str]
    adapted: Sequence[str]
    original_languages: Sequence[str]
    subtitle_languages: Sequence[str]
    series_id: int | None

    @property
    def byline(self) -> str:
        """Return the names of those who made it (at most three), or the statement."""
        made = [a.name for a in self.authors if a.role in MAKERS] or [a.name for a in self.authors]
        return ", ".join(made[:3]) or self.statement

    @property
    def isbn(self) -> str | None:
        """Return the first right ISBN as 13 digits, or None."""
        return next((i.value for i in self.identifiers if i.kind == "isbn" and i.valid), None)


MAKERS = frozenset(
    {"author", "artist", "composer", "director", "illustrator", "performer", "screenwriter"}
)


def record_row(*cells: Any) -> RecordView:
    """Make the view of a row read as RECORD_COLUMNS."""
    values = list(cells)
    for at, shape in _SHAPES:
        values[at] = shape(values[at])
    return RecordView(*values)


def _texts(values: Any) -> Sequence[str]:
    return tuple(values)


def _contributors(values: Any) -> Sequence[Contributor]:
    return tuple(Contributor(v["name"], v.get("role", "author")) for v in values)


def _identifiers(values: Any) -> Sequence[NumberedAs]:
    return tuple(NumberedAs(v["kind"], v["value"], v.get("valid", True)) for v in values)


def _links(values: Any) -> Sequence[LinkView]:
    return tuple(LinkView(v["url"], v.get("label", "")) for v in values)


_c = table(Record).c
RECORD_COLUMNS = [_c[name] for name in RecordView.__dataclass_fields__]
_SHAPES: Sequence[tuple[int, Callable[[Any], Any]]] = [
    (list(RecordView.__dataclass_fields__).index(name), shape)
    for name, shape in (
        ("authors", _contributors),
        ("languages", _texts),
        ("subjects", _texts),
        ("genres", _texts),
        ("other_titles", _texts),
        ("adapted", _texts),
        ("original_languages", _texts),
        ("subtitle_languages", _texts),
        ("identifiers", _identifiers),
        ("links", _links),
    )
]
_shown = _c.hidden.is_(False)
_BY_IDS = Query(
    select(*RECORD_COLUMNS).where(_c.id.in_(bindparam("ids", expanding=True))), record_row
)
_MERGED_INTO = Query(select(_c.merged_into).where(_c.id == bindparam("record")), scalar)
_NEWEST = Query(
    select(*RECORD_COLUMNS)
    .where(_shown)
    .order_by(_c.created_at.desc(), _c.id.desc())
    .limit(bindparam("most")),
    record_row,
)
_EDITIONS = Query(
    select(*RECORD_COLUMNS)
    .where(_c.work_id == bindparam("work"), _shown)
    .order_by(_c.year.desc(), _c.id),
    record_row,
)
_IN_SERIES = Query(
    select(*RECORD_COLUMNS)
    .where(_c.series_title == bindparam("series"), _shown)
    .order_by(_c.volume_number, _c.volume_label, _c.year, _c.id)
    .limit(bindparam("most")),
    record_row,
)


def records_of(reader: Reader, ids: Iterable[int]) -> dict[int, RecordView]:
    """Return the records of these ids that exist, hidden ones too, in one query."""
    wanted = list(ids)
    return {r.id: r for r in reader.all(_BY_IDS, ids=wanted)} if wanted else {}


def record_of(reader: Reader, record_id: int) -> RecordView:
    """Return one record, or the one that took over what an emptied one had.

    Raises NotFound when there is none, or it is hidden and nothing took it over.
    """
    found = reader.first(_BY_IDS, ids=[record_id])
    if found is not None and found.hidden:
        into = reader.first(_MERGED_INTO, record=record_id)
        found = reader.first(_BY_IDS, ids=[into]) if into is not None else None
    if found is None or found.hidden:
        raise NotFound
    return found


def newest(reader: Reader, first: int = 20) -> list[RecordView]:
    """Return the records that came in last, newest first, at most 100."""
    return reader.all(_NEWEST, most=min(first, NEWEST_MOST))


def editions_of(reader: Reader, work_id: int) -> list[RecordView]:
    """Return every edition of a work that is shown, newest year first."""
    return reader.all(_EDITIONS, work=work_id)


def volumes_in_series(reader: Reader, series_title: str, first: int = 500) -> list[RecordView]:
    """Return the volumes of a series in their order; nothing for an empty title."""
    if not series_title:
        return []
    return reader.all(_IN_SERIES, series=series_title, most=first)
