"""Imports a UNIMARC file in batches that each commit whole; the same command again completes it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final

from navette.catalogue import ahead, lookups, planning, source_profiles
from navette.catalogue.beside import Outcome
from navette.catalogue.decisions import Named
from navette.catalogue.keeping import keep
from navette.catalogue.memory import Memory
from navette.catalogue.missing import mark_missing
from navette.catalogue.plan import Plan, Source, Stale
from navette.catalogue.prepared import Prepared
from navette.catalogue.regrouping import describe_anew, regroup
from navette.catalogue.reporting import ImportReport, Refused, Sample
from navette.catalogue.sampling import Sampler
from navette.catalogue.unimarc.iso2709 import Broken
from navette.catalogue.unimarc.profiles import Profile
from navette.errors import Busy, Duplicate
from navette.network.loading import network_of
from navette.storage.unit import Reader, Tx, Unit

# The more is written at once, the seldomer the same page of an index is.
LARGEST_BATCH: Final = 1000
_FIRST_BATCH: Final = 500
# A desk on SQLite waits at most for one batch: they shrink until they are written in that time.
_LONGEST_WRITE: Final = 0.1
# To describe and group a record anew takes as long as thirty new ones.
_MOST_ANEW: Final = 50
_ATTEMPTS: Final = 4

Progress = Callable[[int, int], None]


def import_file(
    unit: Unit,
    path: Path,
    library_code: str,
    profile: Profile | str | None = None,
    *,
    now: datetime,
    dry_run: bool = False,
    full: bool = False,
    confirm_missing: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Import one file of a library (ISO 2709, MARCXML); a dry run reports the same and writes nothing.

    Raises UnknownLibrary, UnknownProfile and NotMarc, or SourceError for XML with entities, before anything is written. `progress` is
    told the bytes read and the bytes of the file. `full` says that the file is all the library
    has: what it lacks is counted, and marked when it is little or `confirm_missing` is said.
    """
    started = perf_counter()
    with unit.read() as reader:
        network = network_of(reader)
        before = lookups.publications(reader)
        library = network.library(library_code)
        chosen = _profile(reader, profile, library.code)
    source = Source(library.id, chosen, {known.code: known.id for known in network.libraries})
    report = ImportReport(str(path), library.code, chosen.name, dry_run, publications_before=before)
    size = path.stat().st_size
    with closing(_Import(unit, source, report, now)) as run:
        with closing(ahead.outcomes(path, chosen)) as outcomes, _without_collector():
            for done in run.batches(outcomes):
                if progress is not None:
                    progress(done, size)
        if progress is not None:
            progress(size, size)
        if full:
            run.mark_missing(confirmed=confirm_missing)
    with unit.read() as reader:
        report.publications_after = run.count(lookups.publications(reader))
    report.samples = run.samples
    report.seconds = round(perf_counter() - started, 3)
    return report


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the cycle collector, a sixth of the time: an import makes many values and no cycle."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def _profile(reader: Reader, asked: Profile | str | None, library_code: str) -> Profile:
    if isinstance(asked, Profile):
        return asked
    if asked is not None:
        return source_profiles.named(reader, asked)
    return source_profiles.of_library(reader, library_code)


class _Import:
    """One run over one file."""

    def __init__(self, unit: Unit, source: Source, report: ImportReport, now: datetime) -> None:
        self._unit = unit
        self._source = source
        self._report = report
        self._now = now
        self._memory = Memory()
        self._size = min(_FIRST_BATCH, LARGEST_BATCH)
        self._new_publications = 0
        self._broken: set[str] = set()
        self._unread = 0
        self._sampler = Sampler()

    @property
    def samples(self) -> list[Sample]:
        """Return some of the records that a dry run would have changed."""
        return self._sampler.samples

    def close(self) -> None:
        """Drop what the run remembered."""
        self._memory.forget()

    def mark_missing(self, *, confirmed: bool) -> None:
        """Compare what the library is known for with what its whole file held."""
        self._report.missing = mark_missing(
            self._unit,
            self._source.library_id,
            lambda local_id: local_id in self._memory or local_id in self._broken,
            self._now,
            unread=self._unread,
            confirmed=confirmed,
            dry_run=self._report.dry_run,
        )

    def count(self, publications: int) -> int:
        """Give the publications after this run; a dry run adds those it would have made."""
        return publications + (self._new_publications if self._report.dry_run else 0)

    def batches(self, outcomes: Iterator[Outcome]) -> Iterator[int]:
        """Import batch after batch; yields how many bytes of the file are done."""
        while batch := list(islice(outcomes, self._size)):
            self._import(self._counted(batch))
            yield batch[-1].position

    def _counted(self, batch: Sequence[Outcome]) -> list[Prepared]:
        report, records = self._report, []
        report.records_read += len(batch)
        for outcome in batch:
            if isinstance(outcome, Broken):
                report.records_refused += 1
                report.refusals.append(Refused(*outcome))
                self._remember(outcome)
                continue
            report.items_read += len(outcome.record.items)
            report.records_repaired += outcome.record.repaired
            records.append(outcome)
        return records

    def _remember(self, outcome: Broken) -> None:
        if outcome.id_001 is None:
            self._unread += 1
        else:
            self._broken.add(outcome.id_001)

    def _import(self, records: list[Prepared]) -> None:
        made = self._plan(records)
        anew = 0 if self._report.dry_run else len(made.changed) + len(made.shared)
        if anew > _MOST_ANEW and len(records) > _MOST_ANEW:
            for at in range(0, len(records), _MOST_ANEW):
                self._import(records[at : at + _MOST_ANEW])
            return
        if made.writes and not self._report.dry_run:
            made = self._written(made, records)
        planning.remember(self._memory, self._source, records, dry=self._report.dry_run)
        self._tell(made)

    def _plan(self, records: list[Prepared]) -> Plan:
        with self._unit.read() as reader:
            made = planning.plan(reader, self._source, records, self._memory)
            if self._report.dry_run:
                self._sampler.look(reader, made)
            return made

    def _written(self, made: Plan, records: list[Prepared]) -> Plan:
        """Write the plan; plan again when another import was quicker."""
        for attempt in range(_ATTEMPTS):
            started = perf_counter()
            try:
                self._unit.write(partial(self._keep, made))
            except (Stale, Duplicate) as error:
                if attempt == _ATTEMPTS - 1:
                    raise Busy(str(error)) from error
                made = self._plan(records)
                continue
            self._adapt(perf_counter() - started)
            break
        return made

    def _keep(self, made: Plan, tx: Tx) -> None:
        keep(tx, made, self._source, self._now)
        profile, library_id = self._source.profile, self._source.library_id
        if made.shared:
            describe_anew(tx, made.shared, profile, self._now)
        for local_id in made.changed:
            regroup(tx, network_of(tx), Named(library_id, local_id), profile, self._now)

    def _adapt(self, seconds: float) -> None:
        fitting = int(self._size * _LONGEST_WRITE / max(seconds, 0.001))
        self._size = max(50, min(LARGEST_BATCH, fitting, self._size * 2))

    def _tell(self, made: Plan) -> None:
        report = self._report
        report.records_created += len(made.created)
        report.records_updated += len(made.updated)
        report.records_unchanged += made.unchanged
        report.records_refused += made.refused_records
        report.items_created += len(made.new_items)
        report.items_updated += len(made.changed_items)
        report.items_unchanged += made.unchanged_items
        report.items_refused += made.refused_items
        report.refusals.extend(made.refused)
        self._new_publications += sum(told.record_id is None for told in made.created)
