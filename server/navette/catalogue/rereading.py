"""Reads everything again from the records that libraries gave, as they were kept: no file needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import bindparam, func, select

from navette.catalogue import planning, source_profiles
from navette.catalogue.keeping import keep
from navette.catalogue.memory import Memory
from navette.catalogue.plan import Plan, Source
from navette.catalogue.prepared import prepare
from navette.catalogue.redescribing import SOURCE_COLUMNS, Kept, describe, read_again, told_of
from navette.catalogue.tables import SourceRecord
from navette.catalogue.unimarc.profiles import Profile
from navette.network.loading import network_of
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Tx, Unit

_s = table(SourceRecord).c
_BATCH: Final = 200
_KEPT = Query(
    select(*SOURCE_COLUMNS)
    .where(_s.library_id == bindparam("library"), _s.id > bindparam("after"), _s.gone_at.is_(None))
    .order_by(_s.id)
    .limit(_BATCH),
    Kept,
)
_COUNT = Query(
    select(func.count()).where(_s.library_id == bindparam("library"), _s.gone_at.is_(None)), scalar
)
Progress = Callable[[int, int], None]


@dataclass
class Reread:
    """What reading again did for one library."""

    library: str
    records_read: int = 0
    records_repaired: int = 0
    records_unreadable: int = 0
    items_read: int = 0
    items_created: int = 0
    items_updated: int = 0


def reread(
    unit: Unit,
    library_code: str | None = None,
    profile_name: str | None = None,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> list[Reread]:
    """Read all records of a library, or of all, as today's reader and profiles understand them.

    Groups stay as they are; loans, holds and where copies stand are not touched. Each batch is
    kept whole, so that an interrupted run can simply be started again. Raises UnknownLibrary and
    UnknownProfile before anything is written.
    """
    with unit.read() as reader:
        network = network_of(reader)
        chosen = source_profiles.named(reader, profile_name) if profile_name else None
    wanted = [network.library(library_code)] if library_code else network.libraries
    with unit.read() as reader:
        total = sum(int(reader.one(_COUNT, library=library.id)) for library in wanted)
    reports, done = [], 0
    for library in wanted:
        report = Reread(library.code)
        reports.append(report)
        for batch in _batches(unit, library.id):
            _again(unit, network, batch, chosen, report, now)
            done += len(batch)
            if progress is not None:
                progress(done, total)
    return reports


def _batches(unit: Unit, library_id: int) -> Iterator[Sequence[Kept]]:
    after = 0
    while True:
        with unit.read() as reader:
            rows = reader.all(_KEPT, library=library_id, after=after)
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _again(
    unit: Unit,
    network: Network,
    batch: Sequence[Kept],
    chosen: Profile | None,
    report: Reread,
    now: datetime,
) -> None:
    libraries = {library.code: library.id for library in network.libraries}
    for name, kept in groupby(sorted(batch, key=attrgetter("profile")), attrgetter("profile")):
        some = list(kept)
        with unit.read() as reader:
            profile = chosen or source_profiles.named(reader, name)
        told = [one for row in some if (one := read_again(row, profile)) is not None]
        records = [one.parsed for one in told]
        source = Source(some[0].library_id, profile, libraries, again=True)
        with unit.read() as reader:
            prepared = [prepare(record, profile) for record in records]
            made = planning.plan(reader, source, prepared, Memory())
        unit.write(partial(_keep, made, source, now, {row.record_id for row in some}))
        report.records_read += len(some)
        report.records_unreadable += len(some) - len(told)
        report.records_repaired += sum(record.repaired for record in records)
        report.items_read += sum(len(record.items) for record in records)
        report.items_created += len(made.new_items)
        report.items_updated += len(made.changed_items)


def _keep(made: Plan, source: Source, now: datetime, records: set[int], tx: Tx) -> None:
    keep(tx, made, source, now)
    # A record says what all its libraries say now, not what one of them once said too.
    for record_id, told in told_of(tx, sorted(records)).items():
        describe(tx, record_id, told, now)
