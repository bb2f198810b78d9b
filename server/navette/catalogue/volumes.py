"""Series and their volumes in order, what comes next ("la suite"), serials and their issues."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, func, select

from navette.catalogue.reading import RECORD_COLUMNS, RecordView, record_row
from navette.catalogue.tables import Item, Record, Series
from navette.errors import NotFound
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

_MOST = 1000
_r = table(Record).c
_s = table(Series).c
_i = table(Item).c


@dataclass(frozen=True, slots=True)
class SeriesView:
    """One series: how it is called, and of how many volumes the network has something."""

    id: int
    title: str
    volumes: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The volumes next to one in its series; None where there is none."""

    previous: RecordView | None
    next: RecordView | None


_VIEW = Query(
    select(
        _s.id,
        _s.title,
        func.count(func.distinct(func.coalesce(_r.volume_number, -_r.id))),
    )
    .join_from(table(Series), table(Record), _r.series_id == _s.id)
    .where(_s.id == bindparam("series"), _r.hidden.is_(False))
    .group_by(_s.id, _s.title),
    SeriesView,
)
_VOLUMES = Query(
    select(*RECORD_COLUMNS)
    .where(_r.series_id == bindparam("series"), _r.hidden.is_(False))
    .order_by(_r.volume_number.is_(None), _r.volume_number, _r.volume_label, _r.year, _r.id)
    .limit(bindparam("most")),
    record_row,
)


_TITLES = Query(
    select(_s.id, _s.title).where(_s.id.in_(bindparam("ids", expanding=True))),
    lambda series, title: (series, title),
)


def series_titles(reader: Reader, ids: Iterable[int]) -> dict[int, str]:
    """Return how these series are called, in one query."""
    wanted = list(ids)
    return dict(reader.all(_TITLES, ids=wanted)) if wanted else {}


def series_of(reader: Reader, series_id: int) -> SeriesView:
    """Return one series; raises NotFound when there is none or nothing of it is shown."""
    found = reader.first(_VIEW, series=series_id)
    if found is None:
        raise NotFound
    return found


def volumes_of(reader: Reader, series_id: int, first: int = _MOST) -> list[RecordView]:
    """Return what is shown of a series, by number, then year; without a number comes last."""
    return reader.all(_VOLUMES, series=series_id, most=min(first, _MOST))


def beside(reader: Reader, record: RecordView) -> Beside:
    """Return the volumes before and after a record in its series, read from the database."""
    if record.series_id is None or record.volume_number is None:
        return Beside(None, None)
    return neighbours(record, volumes_of(reader, record.series_id))


def neighbours(record: RecordView, volumes: Sequence[RecordView]) -> Beside:
    """Tell what comes before and after a record among the volumes of its series.

    Of several editions of the next volume, the one that is most like this one: the same kind of
    thing first, then the same publisher, then the newest.
    """
    number = record.volume_number
    if number is None:
        return Beside(None, None)
    numbers = sorted({v.volume_number for v in volumes if v.volume_number is not None})
    before = [n for n in numbers if n < number]
    after = [n for n in numbers if n > number]
    return Beside(
        _nearest(record, volumes, before[-1]) if before else None,
        _nearest(record, volumes, after[0]) if after else None,
    )


def _nearest(record: RecordView, volumes: Sequence[RecordView], number: int) -> RecordView:
    def likeness(other: RecordView) -> tuple[bool, bool, int, int]:
        alike = other.publisher.casefold() == record.publisher.casefold()
        return (other.type == record.type, alike, other.year or 0, -other.id)

    return max((v for v in volumes if v.volume_number == number), key=likeness)


@dataclass(frozen=True, slots=True)
class IssueView:
    """One issue of a serial (or volume of a set): its key as holds name it, its label, its copies."""

    key: str
    label: str
    copies: int


_ISSUES = Query(
    select(_i.volume_key, func.max(_i.volume_label), func.count())
    .where(_i.record_id == bindparam("record"), _i.volume_key != "", _i.status != "WITHDRAWN")
    .group_by(_i.volume_key),
    IssueView,
)
_PARTS: Final = re.compile(r"\d+|\D+")


def issues_of(reader: Reader, record_id: int) -> list[IssueView]:
    """Return the issues of a serial, newest first, or the volumes of a set from the last on."""
    found = reader.all(_ISSUES, record=record_id)
    return sorted(found, key=lambda issue: in_order(issue.key), reverse=True)


def in_order(key: str) -> tuple[tuple[int, int | str], ...]:
    """Give what issues are sorted by: 9 before 10, 2024-2 before 2024-11."""
    parts = _PARTS.findall(key.replace("-", " "))
    return tuple((1, int(part)) if part.isdecimal() else (0, part) for part in parts)
