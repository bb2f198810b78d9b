"""Searching without an index, from the database alone: slower and plainer, but it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, and_, exists, func, or_, select, type_coerce

from navette.catalogue.normalising import folded
from navette.catalogue.search.asking import Asked, understood
from navette.catalogue.search.labels import FIRST_DECADE, OLDER
from navette.catalogue.search.paging import DEEPEST, Cursor, read_cursor
from navette.catalogue.search.results import Hit, SearchFilters, SearchPage, Sorting, Suggestion
from navette.catalogue.tables import Item, Record
from navette.circulation.states import ItemStatus
from navette.network.tables import Library
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

MOST_WORDS: Final = 6
BY_RELEVANCE: Final = Sorting()
_r, _i, _l = table(Record).c, table(Item).c, table(Library).c
_ORDERS: Final[dict[str, Sequence[ColumnElement[Any]]]] = {
    "title": (_r.title_sort.asc(),),
    "arrivals": (_r.created_at.desc(),),
    "date": (func.coalesce(_r.year, 0).desc(),),
}


def searched(
    reader: Reader,
    text: str,
    filters: SearchFilters,
    first: int,
    after: str | None,
    sorting: Sorting = BY_RELEVANCE,
) -> SearchPage:
    """Return the records that have every word in title, author or series; no facets."""
    cursor = read_cursor(after)
    offset = cursor.offset if cursor else 0
    asked = understood(text)
    if asked.empty and text.strip():
        return SearchPage(0, [])
    where = _conditions(asked, filters)
    total = reader.one(Query(select(func.count()).select_from(table(Record)).where(where), scalar))
    by = _ORDERS.get(sorting.by, ())
    if sorting.by == "relevance" and asked.empty and len(filters.of("series")) == 1:
        by = (_r.volume_number.is_(None), _r.volume_number)
    rows = reader.all(
        Query(
            select(_r.id, _r.title)
            .where(where)
            .order_by(*by, _r.loans.desc(), _r.created_at.desc(), _r.id.desc())
            .limit(first)
            .offset(offset),
            lambda record, title: (record, title),
        )
    )
    hits = [Hit(record, title, 1.0) for record, title in rows]

    def after_hit(place: int) -> str:
        return Cursor("exact", offset + place + 1, [hits[place].record_id]).written()

    more = bool(hits) and offset + len(hits) < min(total, DEEPEST)
    following = after_hit(len(hits) - 1) if more else None
    return SearchPage(total, hits, next_cursor=following, cursor=after_hit)


def suggested(reader: Reader, prefix: str, first: int) -> list[Suggestion]:
    """Return titles that begin as the text does."""
    start = folded(prefix)[:100]
    if not start or first < 1:
        return []
    begins = or_(_r.title_sort.like(f"{start}%"), func.lower(_r.title).like(f"{start}%"))
    return reader.all(
        Query(
            select(_r.title, _r.id)
            .where(_r.hidden.is_(False), begins)
            .order_by(_r.loans.desc(), _r.id)
            .limit(first),
            lambda title, record: Suggestion(title, "title", record),
        )
    )


def _conditions(asked: Asked, filters: SearchFilters) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [_r.hidden.is_(False)]
    numbers = [*asked.numbers, *asked.field_numbers]
    if numbers:
        parts.append(or_(*(_text(_r.identifiers).like(f"%{number}%") for number in numbers)))
    else:
        parts += [_has(word.whole) for word in asked.required[:MOST_WORDS]]
        parts += [_has(form) for phrase in asked.phrases[:3] for _, form in phrase.wholes]
    for column, chosen in ((_r.type, filters.of("type")), (_r.audience, filters.of("audience"))):
        if chosen:
            parts.append(column.in_(chosen))
    if languages := filters.of("language"):
        parts.append(or_(*(_text(_r.languages).like(f'%"{code}"%') for code in languages)))
    parts += _narrowed(filters)
    if libraries := filters.of("library"):
        parts.append(
            _copy(or_(_i.home_library_id == _l.id, _i.current_library_id == _l.id), libraries)
        )
    if libraries := filters.of("availability"):
        free = and_(_i.status == ItemStatus.AVAILABLE.value, _i.not_for_loan.is_(False))
        parts.append(_copy(and_(_i.current_library_id == _l.id, free), libraries))
    return and_(*parts)


def _narrowed(filters: SearchFilters) -> list[ColumnElement[bool]]:
    """Return the conditions of the facets that the record itself answers."""
    parts: list[ColumnElement[bool]] = []
    if adapted := filters.of("adapted"):
        parts.append(or_(*(_text(_r.adapted).like(f'%"{kind}"%') for kind in adapted)))
    if periods := filters.of("period"):
        parts.append(or_(*(_in_period(value) for value in periods)))
    if series := filters.of("series"):
        parts.append(_r.series_title.in_(list(series)))
    if genres := filters.of("genre"):
        parts.append(
            or_(*(func.lower(_text(_r.genres)).like(f"%{genre.lower()}%") for genre in genres))
        )
    if sections := filters.of("section"):
        parts.append(exists().where(_i.record_id == _r.id, _i.section.in_(list(sections))))
    if filters.of("digital"):
        parts.append(_text(_r.links) != "[]")
    return parts


def _in_period(value: str) -> ColumnElement[bool]:
    if value == OLDER:
        return _r.year < FIRST_DECADE
    start = int(value) if value.isdecimal() else 0
    return _r.year.between(start, start + 9)


def _has(word: str) -> ColumnElement[bool]:
    columns = (_r.title_sort, func.lower(_r.title), _r.author_sort, func.lower(_r.series_title))
    return or_(*(column.like(f"%{word}%") for column in columns))


def _copy(condition: ColumnElement[bool], codes: Any) -> ColumnElement[bool]:
    return exists().where(_i.record_id == _r.id, condition, _l.code.in_(list(codes)))


def _text(column: Any) -> Any:
    return type_coerce(column, Text())
