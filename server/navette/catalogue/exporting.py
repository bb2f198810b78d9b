"""Exports the catalogue: a plain value for each record, and the libraries' own records as kept."""

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
    # One that became part of another has nothing left to say.
    .where(_record.id > bindparam("after"), _record.merged_into.is_(None))
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
_RAW = Query(
    select(_source.id, _source.raw)
    .where(
        _source.library_id == bindparam("library"),
        _source.id > bindparam("after"),
        _source.gone_at.is_(None),
    )
    .order_by(_source.id)
    .limit(_BATCH),
    lambda row_id, raw: (row_id, bytes(raw)),
)
_ITEMS = Query(
    select(_item.record_id, _item.home_library_id, _item.barcode)
    .where(_item.record_id.between(bindparam("first"), bindparam("last")))
    .order_by(_item.record_id, _item.home_library_id, _item.barcode),
    _Key,
)


def export_lines(reader: Reader, library: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield a JSON object for each record in the order of ids, in flat memory.

    `sources` are [library, 001] and `items` are [library, barcode], with our library codes. With
    a library: only the records that it describes or has a copy of, whoever else does. Raises
    UnknownLibrary.
    """
    wanted = network_of(reader).library(library).code if library is not None else None
    for line in _lines(reader):
        if wanted is None or any(code == wanted for code, _ in (*line["sources"], *line["items"])):
            yield line


def export_raw(reader: Reader, library: str | None = None) -> Iterator[bytes]:
    """Yield the record that each library gave, byte for byte, library after library.

    Records that are gone from their library's newest file are left out. Raises UnknownLibrary.
    """
    network = network_of(reader)
    chosen = network.libraries if library is None else [network.library(library)]
    for one in chosen:
        after = 0
        while rows := reader.all(_RAW, library=one.id, after=after):
            after = rows[-1][0]
            yield from (raw for _, raw in rows)


def _lines(reader: Reader) -> Iterator[dict[str, Any]]:
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
