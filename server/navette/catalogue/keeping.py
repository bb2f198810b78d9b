"""Writes what an import planned: works, records, descriptions, keys, items, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import bindparam, update

from navette.catalogue import lookups, matching
from navette.catalogue.moving import Move, go_over, hold_still
from navette.catalogue.plan import Copy, Description, Plan, Source, Stale
from navette.catalogue.tables import Item, MatchKey, Record, Series, SourceRecord, Work
from navette.catalogue.unimarc.parsed import ParsedItem
from navette.catalogue.union import COLUMNS
from navette.storage.base import table
from navette.storage.bulk import insert_rows, next_ids, run_many
from navette.storage.changes import note
from navette.storage.statements import command
from navette.storage.unit import Tx

_NEW: Final = timedelta(days=56)
_record = table(Record)
_source = table(SourceRecord)
_item = table(Item)

_DESCRIBE = command(
    update(_record)
    .where(_record.c.id == bindparam("record"))
    .values(
        {name: bindparam(name) for name in (*COLUMNS, "series_id")}
        | {
            "updated_at": bindparam("now"),
            "version": _record.c.version + 1,
            "loans": _record.c.loans + bindparam("more"),
        }
    )
)
_TOUCH = command(
    update(_record)
    .where(_record.c.id == bindparam("record"))
    .values(
        updated_at=bindparam("now"),
        version=_record.c.version + 1,
        loans=_record.c.loans + bindparam("more"),
    )
)
_TELL_AGAIN = command(
    update(_source)
    .where(_source.c.id == bindparam("source"))
    .values(
        profile=bindparam("profile"),
        digest=bindparam("digest"),
        raw=bindparam("raw"),
        facts=bindparam("facts"),
        imported_at=bindparam("now"),
        seen_at=bindparam("now"),
        gone_at=None,
    )
)
_ITEM_COLUMNS: Final = (
    "barcode_printed",
    "not_for_loan",
    "type",
    "section",
    "collection",
    "call_number",
    "volume_key",
    "volume_label",
    "price",
    "entered_on",
    "digest",
)
# Where a copy is and what happens to it is the network's to say: never from an import.
_DESCRIBE_ITEM = command(
    update(_item)
    .where(_item.c.id == bindparam("item"))
    .values({name: bindparam(name) for name in _ITEM_COLUMNS} | {"version": _item.c.version + 1})
)


_NEW_ITEM: Final = (
    "record_id",
    "source_record_id",
    "home_library_id",
    "current_library_id",
    "barcode",
    "status",
    "loans",
    "new_until",
    *_ITEM_COLUMNS,
)
# Two imports at once would each make a record of the same publication.
_ONE_IMPORT: Final = "SELECT pg_advisory_xact_lock(6020317)"


def keep(tx: Tx, plan: Plan, source: Source, now: datetime) -> None:
    """Write a plan whole; raises Stale when what it was made from has changed since."""
    if tx.dialect == "postgresql":
        tx.driver.execute(_ONE_IMPORT)
    if lookups.last_key(tx) != plan.last_key:
        raise Stale
    hold_still(tx, plan.changed_items)
    places = _Places(plan)
    _add_series(tx, (*plan.created, *plan.updated), places, now)
    _add_records(tx, [told for told in plan.created if told.record_id is None], places, now)
    joined = [told for told in (*plan.created, *plan.updated) if told.record_id is not None]
    _add_sources(tx, plan.created, places, source, now)
    _update_sources(tx, plan.updated, source, now)
    _add_keys(tx, (*plan.created, *plan.updated), places)
    loans = _add_items(tx, plan.new_items, places, now)
    run_many(tx, _DESCRIBE_ITEM, [_item_change(copy) for copy in plan.changed_items])
    _move_items(tx, plan.changed_items, places, loans)
    touched = {told.record_id for told in joined if told.record_id is not None} | set(loans)
    touched |= {copy.known.record_id for copy in plan.changed_items if copy.known}
    touched -= places.fresh
    _touch(tx, joined, touched, places, loans, now)
    note(tx, "record", sorted(places.fresh | touched), now)


def _touch(
    tx: Tx,
    joined: Sequence[Description],
    touched: set[int],
    places: _Places,
    loans: Mapping[int, int],
    now: datetime,
) -> None:
    """Describe anew what a description changed; let the version of all that is touched grow."""
    described = {told.record_id or 0: _description(told, places) for told in joined if told.cells}
    for record in touched:
        row = {"record": record, "more": loans.get(record, 0), "now": now}
        described[record] = described[record] | row if record in described else row
    # Everybody locks records in the order of their ids.
    rows = [described[record] for record in sorted(described)]
    run_many(tx, _DESCRIBE, [row for row in rows if "title" in row])
    run_many(tx, _TOUCH, [row for row in rows if "title" not in row])


class _Places:
    """Which row each description of the batch has, by its 001: (source id, record id)."""

    def __init__(self, plan: Plan) -> None:
        self.sources = {known.local_id: known.id for known in plan.known_records.values()}
        self.records = {known.local_id: known.record_id for known in plan.known_records.values()}
        self.records |= {t.local_id: t.record_id for t in plan.created if t.record_id is not None}
        self.fresh: set[int] = set()
        self.series: dict[str, int] = {}
        self.loans: dict[str, int] = {}
        for copy in plan.new_items:
            count = copy.parsed.loan_count or 0
            self.loans[copy.local_id] = self.loans.get(copy.local_id, 0) + count
        for copy in plan.changed_items:
            if copy.moves and copy.known:
                self.loans[copy.local_id] = self.loans.get(copy.local_id, 0) + copy.known.loans


def _description(told: Description, places: _Places) -> dict[str, Any]:
    cells = dict(zip(COLUMNS, told.cells or (), strict=True))
    return {"series_id": places.series.get(told.local_id), **cells}


_SERIES_PARTS: Final = itemgetter(*map(COLUMNS.index, ("series_title", "type", "author_sort")))


def _add_series(tx: Tx, told: Sequence[Description], places: _Places, now: datetime) -> None:
    """Find or make the series that each description of the batch names."""
    keys: dict[str, str] = {}
    titles: dict[str, str] = {}
    for each in told:
        title, kind, author = _SERIES_PARTS(each.cells) if each.cells else ("", "", "")
        if title:
            key = keys[each.local_id] = matching.series_key(title, kind, author)
            titles.setdefault(key, title)
    if not keys:
        return
    known = lookups.series(tx, titles)
    fresh = {key: title for key, title in titles.items() if key not in known}
    known |= zip(fresh, next_ids(tx, Series, len(fresh)), strict=True)
    rows = [(known[key], key, title) for key, title in fresh.items()]
    insert_rows(tx, Series, ("id", "key", "title"), rows, {"created_at": now})
    places.series = {local_id: known[key] for local_id, key in keys.items()}


def _add_records(tx: Tx, fresh: Sequence[Description], places: _Places, now: datetime) -> None:
    keys = {
        told.local_id: matching.work_key(told.parsed.series_title, told.facts) for told in fresh
    }
    works = lookups.works(tx, set(keys.values())) if keys else {}
    titles = {keys[t.local_id]: t.parsed.title for t in fresh if keys[t.local_id] not in works}
    works |= zip(titles, next_ids(tx, Work, len(titles)), strict=True)
    insert_rows(
        tx,
        Work,
        ("id", "key", "title"),
        [(works[key], key, title) for key, title in titles.items()],
        {"created_at": now},
    )
    ids = next_ids(tx, Record, len(fresh))
    rows = []
    for record, told in zip(ids, fresh, strict=True):
        places.records[told.local_id] = record
        places.fresh.add(record)
        work = works[keys[told.local_id]]
        series, loans = places.series.get(told.local_id), places.loans.get(told.local_id, 0)
        rows.append((record, work, series, loans, *(told.cells or ())))
    insert_rows(
        tx,
        Record,
        ("id", "work_id", "series_id", "loans", *COLUMNS),
        rows,
        {"hidden": False, "version": 1, "created_at": now, "updated_at": now},
    )


def _add_sources(
    tx: Tx, created: Sequence[Description], places: _Places, source: Source, now: datetime
) -> None:
    rows = []
    for row, told in zip(next_ids(tx, SourceRecord, len(created)), created, strict=True):
        places.sources[told.local_id] = row
        record = places.records[told.local_id]
        rows.append((row, told.local_id, record, told.digest, told.parsed.raw, _facts(told)))
    insert_rows(
        tx,
        SourceRecord,
        ("id", "local_id", "record_id", "digest", "raw", "facts"),
        rows,
        {
            "library_id": source.library_id,
            "profile": source.profile.name,
            "imported_at": now,
            "seen_at": now,
            "gone_at": None,
        },
    )


def _facts(told: Description) -> dict[str, Any]:
    return {"id": told.local_id, "weight": tuple(told.weight), "match": tuple(told.facts)}


def _update_sources(tx: Tx, updated: Sequence[Description], source: Source, now: datetime) -> None:
    run_many(
        tx,
        _TELL_AGAIN,
        [
            {
                "source": told.known.id,
                "profile": source.profile.name,
                "digest": told.digest,
                "raw": told.parsed.raw,
                "facts": _facts(told),
                "now": now,
            }
            for told in updated
            if told.known
        ],
    )


def _add_keys(tx: Tx, told: Sequence[Description], places: _Places) -> None:
    rows = [(key, places.records[each.local_id]) for each in told for key in each.keys]
    insert_rows(tx, MatchKey, ("key", "record_id"), rows, {})


def _add_items(tx: Tx, copies: Sequence[Copy], places: _Places, now: datetime) -> dict[int, int]:
    """Put new copies on their shelves; returns the loans they bring to each record."""
    loans: dict[int, int] = {}
    rows = []
    for copy in copies:
        record = places.records[copy.local_id]
        count = copy.parsed.loan_count or 0
        loans[record] = loans.get(record, 0) + count
        rows.append(
            (
                record,
                places.sources[copy.local_id],
                copy.library_id,
                copy.library_id,
                copy.parsed.barcode,
                _status(copy.parsed),
                count,
                _new_until(copy.parsed, now),
                *_item_cells(copy),
            )
        )
    insert_rows(
        tx,
        Item,
        _NEW_ITEM,
        rows,
        {
            "processing_cause": None,
            "on_site_until": None,
            "alert": "",
            "note": "",
            "version": 1,
            "created_at": now,
            "last_seen_at": None,
            "targeting_penalty": 0,
        },
    )
    return loans


def _move_items(tx: Tx, copies: Sequence[Copy], places: _Places, loans: dict[int, int]) -> None:
    """Let copies go over to the record that describes them now; their loans count there."""
    moves = []
    for copy in copies:
        if copy.moves and copy.known:
            to = places.records[copy.local_id]
            moves.append(Move(copy.known.id, to, places.sources[copy.local_id]))
            loans[to] = loans.get(to, 0) + copy.known.loans
            loans[copy.known.record_id] = loans.get(copy.known.record_id, 0) - copy.known.loans
    if moves:
        go_over(tx, moves)


def _status(item: ParsedItem) -> str:
    if item.on_order:
        return "ON_ORDER"
    return "NOT_FOR_LOAN" if item.not_for_loan else "AVAILABLE"


def _new_until(item: ParsedItem, now: datetime) -> date | None:
    start = item.entered_on or (now.date() if item.new else None)
    if start is None or start + _NEW <= now.date():
        return None
    return start + _NEW


def _item_cells(copy: Copy) -> tuple[Any, ...]:
    item = copy.parsed
    return (
        item.written_barcode,
        item.not_for_loan,
        item.item_type,
        item.section,
        item.collection,
        item.call_number,
        item.volume_key,
        item.volume_label,
        item.price,
        item.entered_on,
        copy.digest,
    )


def _item_change(copy: Copy) -> dict[str, Any]:
    cells = dict(zip(_ITEM_COLUMNS, _item_cells(copy), strict=True))
    return {"item": copy.known.id if copy.known else 0, **cells}
