"""Decides, before anything is written, what each record of a batch means for the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from navette.catalogue import decisions, lookups, matching, union
from navette.catalogue.lookups import KnownSource, OtherSource
from navette.catalogue.memory import Memory
from navette.catalogue.placing import place_of, plan_items
from navette.catalogue.plan import Description, Plan, Source
from navette.catalogue.prepared import Prepared, Written
from navette.catalogue.reporting import Refused
from navette.storage.unit import Reader


def plan(reader: Reader, source: Source, batch: Sequence[Prepared], memory: Memory) -> Plan:
    """Look up what is known of a batch and decide."""
    made = Plan(last_key=lookups.last_key(reader))
    names = [told.local_id for told in batch]
    made.known_records = lookups.sources(reader, source.library_id, names)
    kept = _kept(made, batch, memory, source)
    _merge(reader, made, source, _match(reader, made, source))
    plan_items(reader, made, kept, source, memory)
    return made


def remember(memory: Memory, source: Source, batch: Sequence[Prepared], *, dry: bool) -> None:
    """Keep in mind a batch that was imported, or would have been."""
    places = []
    for told in batch if dry else ():
        for item in told.record.items:
            library_id, reason = place_of(item, source)
            if not reason:
                places.append(((library_id, item.barcode), told.local_id))
    memory.remember([(told.local_id, told.digest if dry else "") for told in batch], places)


def _kept(
    made: Plan, batch: Sequence[Prepared], memory: Memory, source: Source
) -> list[tuple[str, Written]]:
    """Sort the records into new, changed, unchanged and refused; give all that were not refused."""
    kept: dict[str, Prepared] = {}
    earlier = memory.records([told.local_id for told in batch])
    for told in batch:
        record, local_id, digest, facts, cells, weight, keys = told
        before = made.known_records.get(local_id)
        if local_id in kept or local_id in earlier:
            first = kept[local_id].digest if local_id in kept else earlier[local_id]
            _again(made, record, same=(first or (before.digest if before else "")) == digest)
            continue
        kept[local_id] = told
        if before and not before.gone and _is_same(before, digest, source):
            made.unchanged += 1
            continue
        record_id = before.record_id if before else None
        told_now = Description(
            record, local_id, digest, before, facts, record_id, cells, weight, keys
        )
        (made.updated if before else made.created).append(told_now)
    return [(local_id, told.record) for local_id, told in kept.items()]


def _is_same(before: KnownSource, digest: str, source: Source) -> bool:
    same = before.digest == digest and before.profile == source.profile.name
    return same and not source.again


def _again(made: Plan, record: Written, *, same: bool) -> None:
    """Count a 001 that came before in the file: a mere repetition, or refused."""
    if same:
        made.unchanged += 1
        made.unchanged_items += len(record.items)
        return
    made.refused_records += 1
    made.refused_items += len(record.items)
    reason = "another record of this file has the same 001"
    made.refused.append(Refused(record.position, record.local_id, "001", reason))


def _match(reader: Reader, made: Plan, source: Source) -> dict[int, list[OtherSource]]:
    """Find the publication that other libraries already describe, for each new description."""
    alone = not lookups.others_describe(reader, source.library_id)
    if alone and not made.updated and not decisions.exist(reader):
        return {}
    told_now = (*made.created, *made.updated)
    by_key = lookups.records_by_key(reader, {key for told in told_now for key in told.keys})
    telling = {key: some for key, some in by_key.items() if len(some) <= lookups.MOST_ALIKE}
    wanted = {record for some in telling.values() for record in some}
    wanted |= {told.record_id for told in made.updated if told.record_id is not None}
    decided = _decided(reader, made, source)
    wanted |= {same for same, _ in decided.values() if same is not None}
    others = lookups.descriptions(reader, wanted) if wanted else {}
    facts = {
        record: [matching.facts_from(other.facts["match"]) for other in some]
        for record, some in others.items()
        # A library that keeps two records means two publications.
        if all(other.library_id != source.library_id for other in some)
    }
    for told in made.created:
        same, apart = decided.get(told.local_id, _UNDECIDED)
        candidates = {record for key in told.keys for record in telling.get(key, ())} - apart
        found = same or matching.best(
            told.facts, {record: facts[record] for record in candidates if record in facts}
        )
        if found is not None:
            told.record_id = found
            facts.pop(found, None)
    made.changed = [told.local_id for told in made.updated if _is_other(told, others, source)]
    for told in told_now:
        if told.record_id is None:
            continue
        told.keys = [key for key in told.keys if told.record_id not in by_key.get(key, ())]
    return others


def _is_other(
    told: Description, others: Mapping[int, Sequence[OtherSource]], source: Source
) -> bool:
    """Tell whether a description says otherwise than before what it is compared by."""
    said = others.get(told.record_id, ()) if told.record_id is not None else ()
    before = [other.facts["match"] for other in said if _is_own(other, told, source)]
    return bool(before) and orjson.dumps(before[0]) != orjson.dumps(tuple(told.facts))


_UNDECIDED: Final[tuple[int | None, frozenset[int]]] = (None, frozenset())


def _decided(
    reader: Reader, made: Plan, source: Source
) -> dict[str, tuple[int | None, frozenset[int]]]:
    """Give for each 001 what staff decided: the record it is part of, those it is not."""
    found: dict[str, tuple[int | None, frozenset[int]]] = {}
    names = [told.local_id for told in made.created]
    for row in decisions.about(reader, source.library_id, names) if names else ():
        same, apart = found.get(row.local_id, _UNDECIDED)
        found[row.local_id] = (
            (row.record_id, apart) if row.same else (same, apart | {row.record_id})
        )
    return found


def _merge(
    reader: Reader, made: Plan, source: Source, others: Mapping[int, Sequence[OtherSource]]
) -> None:
    """Join each description to the record that it updates or is attached to."""
    leading: dict[int, tuple[Description, bool]] = {}
    for told in (*made.created, *made.updated):
        if told.record_id is None:
            continue
        rest = [o for o in others.get(told.record_id, ()) if not _is_own(o, told, source)]
        if not rest:
            continue
        if told.known is not None:
            made.shared.add(told.record_id)
            if told.local_id in made.changed:
                continue  # perhaps another publication now: it speaks for itself
        leads = told.weight.richness > max(other.facts["weight"][1] for other in rest)
        if leads or _adds(told, rest):
            leading[told.record_id] = (told, leads)
        else:
            told.cells = None
    if leading:
        for record_id, current in lookups.columns_of(reader, leading).items():
            told, leads = leading[record_id]
            if told.cells is not None:
                told.cells = union.merged(current, told.cells, leads=leads)


def _is_own(other: OtherSource, told: Description, source: Source) -> bool:
    return other.library_id == source.library_id and other.facts["id"] == told.local_id


def _adds(told: Description, others: Sequence[OtherSource]) -> bool:
    """Tell whether a description fills a gap or brings an identifier."""
    filled, numbers = 0, set()
    for other in others:
        filled |= other.facts["weight"][0]
        facts = matching.facts_from(other.facts["match"])
        numbers |= {*facts.isbns, *facts.eans}
    return bool(told.weight.filled & ~filled or {*told.facts.isbns, *told.facts.eans} - numbers)
