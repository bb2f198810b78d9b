"""Describes records anew from all that libraries said of them, as it was kept."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from navette.catalogue import lookups, matching, source_profiles, union
from navette.catalogue.tables import MatchKey, Record, Series, SourceRecord, Work
from navette.catalogue.unimarc import iso2709
from navette.catalogue.unimarc.parsed import ParsedRecord
from navette.catalogue.unimarc.profiles import Profile
from navette.catalogue.unimarc.reading import parse
from navette.storage.base import table
from navette.storage.bulk import insert_rows
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

_r, _s, _k = table(Record).c, table(SourceRecord).c, table(MatchKey).c


class Kept(NamedTuple):
    """A description as it is kept: its row, its identity, its bytes, how to read them."""

    id: int
    record_id: int
    library_id: int
    local_id: str
    profile: str
    raw: bytes
    gone: bool


class Told(NamedTuple):
    """A kept description, read."""

    kept: Kept
    parsed: ParsedRecord
    facts: matching.MatchFacts
    cells: Sequence[Any]
    weight: union.Weight


SOURCE_COLUMNS: Final = (
    _s.id, _s.record_id, _s.library_id, _s.local_id, _s.profile, _s.raw, _s.gone_at.is_not(None),
)  # fmt: skip
_OF_RECORDS = Query(
    select(*SOURCE_COLUMNS)
    .where(_s.record_id.in_(bindparam("records", expanding=True)))
    .order_by(_s.record_id, _s.id),
    Kept,
)
_DESCRIBE = command(
    update(table(Record))
    .where(_r.id == bindparam("record"))
    .values(
        {name: bindparam(name) for name in (*union.COLUMNS, "series_id")}
        | {"updated_at": bindparam("now"), "version": _r.version + 1}
    )
)
_FORGET_KEYS = command(delete(table(MatchKey)).where(_k.record_id == bindparam("record")))


def told_of(
    reader: Reader, records: Iterable[int], chosen: Profile | None = None
) -> dict[int, list[Told]]:
    """Read all descriptions of these records again, the richest first.

    `chosen` is the profile of the one that bears its name, if it is not to be looked up.
    """
    found: dict[int, list[Told]] = {}
    for kept in reader.all(_OF_RECORDS, records=list(records)):
        own = chosen if chosen is not None and chosen.name == kept.profile else None
        if (
            told := read_again(kept, own or source_profiles.named_or_generic(reader, kept.profile))
        ) is not None:
            found.setdefault(kept.record_id, []).append(told)
    for some in found.values():
        some.sort(key=lambda told: (told.kept.gone, -told.weight.richness, told.kept.id))
    return found


def read_again(kept: Kept, profile: Profile) -> Told | None:
    """Read one kept description by a profile; None if it holds no record."""
    raw = next(iso2709.read(io.BytesIO(bytes(kept.raw))), None)
    if not isinstance(raw, iso2709.RawRecord):
        return None
    parsed = parse(raw, profile)
    cells = union.described(parsed)
    weight = union.weighed(cells, abridged=profile.titles_in_capitals)
    return Told(kept, parsed, matching.facts_of(parsed), cells, weight)


def joined(told: Sequence[Told]) -> list[Any]:
    """Give the cells of a record that all these describe, the richest first."""
    cells = list(told[0].cells)
    for other in told[1:]:
        cells = union.merged(cells, other.cells, leads=False)
    return cells


def describe(tx: Tx, record_id: int, told: Sequence[Told], now: datetime) -> None:
    """Write a record and its keys as these descriptions say; the richest first."""
    cells = joined(told)
    named = dict(zip(union.COLUMNS, cells, strict=True))
    tx.run(_DESCRIBE, record=record_id, now=now, series_id=series_of(tx, named, now), **named)
    forget_keys(tx, record_id)
    keys = dict.fromkeys(key for one in told for key in matching.blocking_keys(one.facts))
    insert_rows(tx, MatchKey, ("key", "record_id"), [(key, record_id) for key in keys], {})


def forget_keys(tx: Tx, record_id: int) -> None:
    """Let nothing be compared with a record any more."""
    tx.run(_FORGET_KEYS, record=record_id)


def series_of(tx: Tx, named: dict[str, Any], now: datetime) -> int | None:
    """Find or make the series that a described record names."""
    title = named["series_title"]
    if not title:
        return None
    key = matching.series_key(title, named["type"], named["author_sort"])
    known = lookups.series(tx, [key]).get(key)
    return known or tx.insert(Series, key=key, title=title, created_at=now)


def add_record(tx: Tx, told: Sequence[Told], now: datetime) -> int:
    """Make a record, and its work if it is a new one, of these descriptions."""
    key = matching.work_key(told[0].parsed.series_title, told[0].facts)
    work = lookups.works(tx, [key]).get(key) or tx.insert(
        Work, key=key, title=told[0].parsed.title, created_at=now
    )
    named = dict(zip(union.COLUMNS, joined(told), strict=True))
    record = tx.insert(
        Record, work_id=work, loans=0, hidden=False, version=1, created_at=now, updated_at=now,
        series_id=series_of(tx, named, now), **named,
    )  # fmt: skip
    describe(tx, record, told, now)
    return record
