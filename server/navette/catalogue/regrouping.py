"""What a library changed in a record may make it another publication, or one that others have too.

Done in the write unit of the import that brings the change, so that an interruption leaves all or
nothing of it. What staff decided about two descriptions holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from navette.catalogue import decisions, lookups, matching
from navette.catalogue.decisions import Named
from navette.catalogue.redescribing import Told, add_record, describe, forget_keys, told_of
from navette.catalogue.tables import Item, SourceRecord, Work
from navette.catalogue.unimarc.profiles import Profile
from navette.circulation.merging import merge_records, move_to_work, part_items
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.changes import note
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Tx

_s, _i = table(SourceRecord).c, table(Item).c
_BY = "import"
_RECORD_OF = Query(
    select(_s.record_id).where(
        _s.library_id == bindparam("library"), _s.local_id == bindparam("local")
    ),
    scalar,
)
_MOVE = command(
    update(table(SourceRecord))
    .where(_s.id == bindparam("source"))
    .values(record_id=bindparam("into"))
)
_ITEMS_OF = Query(
    select(_i.id)
    .where(_i.record_id == bindparam("record"), _i.source_record_id == bindparam("source"))
    .order_by(_i.id),
    scalar,
)


def regroup(tx: Tx, network: Network, named: Named, profile: Profile, now: datetime) -> bool:
    """Put a description that changed where it belongs now; copies, loans and holds go along.

    Returns whether it went to another record. `profile` reads the descriptions of its source.
    """
    record = tx.one(_RECORD_OF, library=named.library_id, local=named.local_id)
    told = told_of(tx, [record], profile).get(record, [])
    mine = next((one for one in told if _name(one) == named), None)
    if mine is None:
        return False
    rest = [one for one in told if one is not mine]
    decided = {_other(view, named): view.same for view in decisions.of_description(tx, named)}
    if any(_is_one(mine, other, decided) for other in rest):
        return False
    target = _target(tx, mine, record)
    if not rest and target is None:
        _to_its_work(tx, network, mine, now)
        return False
    _go(tx, network, mine, rest, target, profile, now)
    return True


def _to_its_work(tx: Tx, network: Network, mine: Told, now: datetime) -> None:
    """Group a record that one library describes with the editions of what it is now."""
    key = matching.work_key(mine.parsed.series_title, mine.facts)
    work = lookups.works(tx, [key]).get(key) or tx.insert(
        Work, key=key, title=mine.parsed.title, created_at=now
    )
    move_to_work(tx, network, now, _BY, record_id=mine.kept.record_id, into_work=work)


def describe_anew(tx: Tx, records: Iterable[int], profile: Profile, now: datetime) -> None:
    """Let records say what all their libraries say now, and no more what one of them once said."""
    for record, told in told_of(tx, sorted(records), profile).items():
        describe(tx, record, told, now)


def _go(
    tx: Tx, network: Network, mine: Told, rest: Sequence[Told], target: int | None,
    profile: Profile, now: datetime,
) -> None:  # fmt: skip
    record = mine.kept.record_id
    into = target or add_record(tx, [mine], now)
    if rest:
        if items := tx.all(_ITEMS_OF, record=record, source=mine.kept.id):
            part_items(tx, network, now, _BY, item_ids=items, into_record=into)
        describe(tx, record, rest, now)
    else:
        merge_records(tx, network, now, _BY, from_record=record, into_record=into)
        forget_keys(tx, record)
    tx.run(_MOVE, source=mine.kept.id, into=into)
    if told := told_of(tx, [into], profile).get(into):
        describe(tx, into, told, now)
    note(tx, "record", [record, into], now)


def _is_one(mine: Told, other: Told, decided: Mapping[Named, bool]) -> bool:
    said = decided.get(_name(other))
    return matching.decide(mine.facts, other.facts).same if said is None else said


def _target(tx: Tx, mine: Told, record: int) -> int | None:
    """Find the record of other libraries that a description belongs to, if there is one."""
    said = decisions.about(tx, mine.kept.library_id, [mine.kept.local_id])
    together = [row.record_id for row in said if row.same and row.record_id != record]
    if together:
        return together[0]
    apart = {row.record_id for row in said} | {record}
    by_key = lookups.records_by_key(tx, matching.blocking_keys(mine.facts))
    likely = {r for some in by_key.values() if len(some) <= lookups.MOST_ALIKE for r in some}
    others = lookups.descriptions(tx, likely - apart) if likely - apart else {}
    return matching.best(
        mine.facts,
        {
            number: [matching.facts_from(other.facts["match"]) for other in some]
            for number, some in others.items()
            if all(other.library_id != mine.kept.library_id for other in some)
        },
    )


def _name(told: Told) -> Named:
    return Named(told.kept.library_id, told.kept.local_id)


def _other(view: decisions.DecisionView, named: Named) -> Named:
    one = Named(view.one_library_id, view.one_local_id)
    return Named(view.other_library_id, view.other_local_id) if one == named else one
