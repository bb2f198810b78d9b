"""Exports the catalogue: one plain value for each record, its descriptions and items by key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Item, Record, SourceRecord
from navette.network.loading import network_of
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

_BATCH: Final = 500
_record = table(Record).c
_source = table(SourceRecord).c
_item = table(Item).c


class _Row(NamedTuple):
    id: int
    work_id: int
    title: str
    type: str
    series_title: str
    volume_label: str
    volume_number: int | None


class _Key(NamedTuple):
    record_id: int
    library_id: int
    key: str


_RECORDS = Query(
    select(
        _record.id,
        _record.work_id,
        _record.title,
        _record.type,
        _record.series_title,
        _record.volume_label,
        _record.volume_number,
    )
    .where(_record.id > bindparam("after"))
    .order_by(_record.id)
    .limit(_BATCH),
    _Row,
)
_SOURCES = Query(
    select(_source.record_id, _source.library_id, _source.local_id)
    .where(_source.record_id.between(bindparam("first"), bindparam("last")))
    .order_by(_source.record_id, _source.library_id, _source.local_id),
    _Key,
)
_ITEMS = Query(
    select(_item.record_id, _item.home_library_id, _item.barcode)
    .where(_item.record_id.between(bindparam("first"), bindparam("last")))
    .order_by(_item.record_id, _item.home_library_id, _item.barcode),
    _Key,
)


def export_lines(reader: Reader) -> Iterator[dict[str, Any]]:
    """Yield a JSON object for each record in the order of ids, in flat memory.

    `sources` are [library, 001] and `items` are [library, barcode], with our library codes.
    """
    codes = {library.id: library.code for library in network_of(reader).libraries}
    after = 0
    while rows := reader.all(_RECORDS, after=after):
        first, after = rows[0].id, rows[-1].id
        sources = _by_record(reader.all(_SOURCES, first=first, last=after), codes)
        items = _by_record(reader.all(_ITEMS, first=first, last=after), codes)
        for row in rows:
            yield {
                "record": row.id,
                "work": row.work_id,
                "title": row.title,
                "type": row.type,
                "series": row.series_title,
                "volume": row.volume_label,
                "volume_number": row.volume_number,
                "sources": sources.get(row.id, []),
                "items": items.get(row.id, []),
            }


def _by_record(rows: list[_Key], codes: dict[int, str]) -> dict[int, list[list[str]]]:
    found: dict[int, list[list[str]]] = {}
    for row in rows:
        found.setdefault(row.record_id, []).append([codes[row.library_id], row.key])
    return found
