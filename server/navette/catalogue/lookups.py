"""What the catalogue already knows of a batch that is being imported: a handful of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, select

from navette.catalogue.tables import Item, MatchKey, Record, Series, SourceRecord, Work
from navette.catalogue.union import COLUMNS
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

# A number or a title that more records bear tells nothing, and to compare all of them takes hours.
MOST_ALIKE: Final = 500
_source = table(SourceRecord).c
_item = table(Item).c
_key = table(MatchKey).c
_record = table(Record).c
_series = table(Series).c
_work = table(Work).c


class KnownSource(NamedTuple):
    """A description that this library gave before; `gone` if its newest full file lacked it."""

    local_id: str
    id: int
    record_id: int
    digest: str
    profile: str
    gone: bool


class KnownItem(NamedTuple):
    """An item that bears a barcode of the batch."""

    library_id: int
    barcode: str
    id: int
    record_id: int
    source_record_id: int | None
    digest: str
    loans: int


class OtherSource(NamedTuple):
    """A description of a candidate: whose it is, and the facts to compare."""

    record_id: int
    library_id: int
    facts: Any


_SOURCES = Query(
    select(
        _source.local_id,
        _source.id,
        _source.record_id,
        _source.digest,
        _source.profile,
        _source.gone_at.is_not(None),
    ).where(
        _source.library_id == bindparam("library"),
        _source.local_id.in_(bindparam("ids", expanding=True)),
    ),
    KnownSource,
)
_ITEMS = Query(
    select(
        _item.home_library_id,
        _item.barcode,
        _item.id,
        _item.record_id,
        _item.source_record_id,
        _item.digest,
        _item.loans,
    ).where(_item.barcode.in_(bindparam("barcodes", expanding=True))),
    KnownItem,
)
_KEYS = Query(
    select(_key.key, _key.record_id).where(_key.key.in_(bindparam("keys", expanding=True))),
    lambda key, record: (key, record),
)
_OTHERS = Query(
    select(_source.record_id, _source.library_id, _source.facts).where(
        _source.record_id.in_(bindparam("records", expanding=True))
    ),
    OtherSource,
)
_RECORDS = Query(
    select(_record.id, *(_record[name] for name in COLUMNS)).where(
        _record.id.in_(bindparam("records", expanding=True))
    ),
    lambda record, *cells: (record, cells),
)
_WORKS = Query(
    select(_work.key, _work.id).where(_work.key.in_(bindparam("keys", expanding=True))),
    lambda key, work: (key, work),
)
_SERIES = Query(
    select(_series.key, _series.id).where(_series.key.in_(bindparam("keys", expanding=True))),
    lambda key, series: (key, series),
)
_ANY_BEFORE, _ANY_AFTER = (
    Query(select(_source.id).where(beyond).limit(1), scalar)
    for beyond in (
        _source.library_id < bindparam("library"),
        _source.library_id > bindparam("library"),
    )
)
_COUNT = Query(
    select(func.count()).select_from(table(Record)).where(_record.merged_into.is_(None)), scalar
)
_LAST_KEY = Query(select(func.coalesce(func.max(_key.id), 0)), scalar)


def sources(reader: Reader, library: int, ids: Iterable[str]) -> dict[str, KnownSource]:
    """Find earlier descriptions by their 001."""
    return {row.local_id: row for row in reader.all(_SOURCES, library=library, ids=list(ids))}


def items(reader: Reader, barcodes: Iterable[str]) -> dict[tuple[int, str], KnownItem]:
    """Find items by barcode, in whichever library."""
    rows = reader.all(_ITEMS, barcodes=list(barcodes))
    return {(row.library_id, row.barcode): row for row in rows}


def records_by_key(reader: Reader, keys: Iterable[str]) -> dict[str, list[int]]:
    """Find the records that share a blocking key."""
    found: dict[str, list[int]] = {}
    for key, record in reader.all(_KEYS, keys=list(keys)):
        found.setdefault(key, []).append(record)
    return found


def descriptions(reader: Reader, records: Iterable[int]) -> dict[int, list[OtherSource]]:
    """Give all descriptions of these records."""
    found: dict[int, list[OtherSource]] = {}
    for row in reader.all(_OTHERS, records=list(records)):
        found.setdefault(row.record_id, []).append(row)
    return found


def columns_of(reader: Reader, records: Iterable[int]) -> dict[int, Sequence[Any]]:
    """Give the records as they stand, cells in the order of COLUMNS."""
    return dict(reader.all(_RECORDS, records=list(records)))


def works(reader: Reader, keys: Iterable[str]) -> dict[str, int]:
    """Find works by key."""
    return dict(reader.all(_WORKS, keys=list(keys)))


def series(reader: Reader, keys: Iterable[str]) -> dict[str, int]:
    """Find series by key."""
    return dict(reader.all(_SERIES, keys=list(keys)))


def others_describe(reader: Reader, library: int) -> bool:
    """Tell whether any other library describes anything: the first one has nobody to be like."""
    return reader.first(_ANY_BEFORE, library=library) is not None or (
        reader.first(_ANY_AFTER, library=library) is not None
    )


def publications(reader: Reader) -> int:
    """Count the records of the network."""
    count: int = reader.one(_COUNT)
    return count


def last_key(reader: Reader) -> int:
    """Give the newest blocking key, to tell whether anybody added records since we looked."""
    newest: int = reader.one(_LAST_KEY)
    return newest
