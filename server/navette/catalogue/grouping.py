"""Why descriptions are one record, and staff who know better: part them, or make them one.

What staff decide is kept by the libraries' own names, so that every later import follows it;
copies, loans and holds go along through the port of circulation (E19).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, select, update

from navette.catalogue import decisions, matching
from navette.catalogue.decisions import DecisionView, Named
from navette.catalogue.reading import RecordView, records_of
from navette.catalogue.redescribing import Told, add_record, describe, forget_keys, told_of
from navette.catalogue.tables import Item, SourceRecord
from navette.errors import BadInput, Forbidden, NotFound
from navette.ils.port_records import Records
from navette.ils.views import Actor
from navette.network.loading import network_of
from navette.storage.base import table
from navette.storage.changes import note
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx, Unit

_s, _i = table(SourceRecord).c, table(Item).c
_MOVE = command(
    update(table(SourceRecord))
    .where(_s.id.in_(bindparam("sources", expanding=True)))
    .values(record_id=bindparam("into"))
)
_ITEMS_OF = Query(
    select(_i.id)
    .where(
        _i.record_id == bindparam("record"),
        _i.source_record_id.in_(bindparam("sources", expanding=True)),
    )
    .order_by(_i.id),
    lambda item: item,
)


@dataclass(frozen=True, slots=True)
class DescriptionView:
    """One library's description, what it says, and why it stands with the first one."""

    id: int
    library: str
    local_id: str
    title: str
    volume: str
    author: str
    publisher: str
    year: int | None
    extent: str
    type: str
    numbers: Sequence[str]
    copies: int
    gone: bool
    score: float
    reasons: Sequence[str]
    by_staff: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """A record, the descriptions it is made of, and what staff decided about them."""

    record: RecordView
    descriptions: Sequence[DescriptionView]
    decisions: Sequence[DecisionView]


def group_of(reader: Reader, record_id: int) -> GroupView:
    """Explain a record: why each description is in it; raises NotFound."""
    record = records_of(reader, [record_id]).get(record_id)
    if record is None:
        raise NotFound
    told = told_of(reader, [record_id]).get(record_id, [])
    codes = {library.id: library.code for library in network_of(reader).libraries}
    decided = {view for one in told for view in decisions.of_description(reader, _named(one))}
    newest = sorted(decided, key=lambda view: view.decided_at, reverse=True)
    return GroupView(record, [_view(reader, one, told, codes, newest) for one in told], newest)


def _named(told: Told) -> Named:
    return Named(told.kept.library_id, told.kept.local_id)


def _view(
    reader: Reader, one: Told, told: Sequence[Told], codes: dict[int, str],
    decided: Sequence[DecisionView],
) -> DescriptionView:  # fmt: skip
    """Compare a description with those before it, and say what holds it best."""
    others = [other for other in told if other is not one]
    best = max(
        (matching.decide(one.facts, o.facts) for o in others), key=lambda d: d.score, default=None
    )
    mine = _named(one)
    names = {(d.one_library_id, d.one_local_id) for d in decided if d.same} | {
        (d.other_library_id, d.other_local_id) for d in decided if d.same
    }
    parsed = one.parsed
    return DescriptionView(
        one.kept.id, codes[one.kept.library_id], one.kept.local_id, parsed.title,
        parsed.volume_label, ", ".join(author.name for author in parsed.authors[:2]),
        parsed.publisher, parsed.year, parsed.extent, parsed.type,
        [f"{n.value}" if n.valid else f"{n.value} (?)" for n in parsed.identifiers],
        len(reader.all(_ITEMS_OF, record=one.kept.record_id, sources=[one.kept.id])),
        one.kept.gone, best.score if best else 1.0, best.reasons if best else (),
        mine in names,
    )  # fmt: skip


@dataclass(frozen=True)
class Grouping:
    """Parts and joins records; `records` moves what circulates in the same transaction."""

    unit: Unit
    records: Records

    def join(self, actor: Actor, *, from_record: int, into_record: int, now: datetime) -> int:
        """Make two records one; returns the holds that moved. Raises NotFound, BadInput."""
        return self.records.merge_records(
            actor, from_record=from_record, into_record=into_record,
            describe=partial(_join, from_record, into_record, actor.name, now),
        )  # fmt: skip

    def part(
        self, actor: Actor, *, record_id: int, source_ids: Collection[int], now: datetime
    ) -> int:
        """Take some descriptions, with their copies, out into a record of their own.

        Returns the new record. Raises NotFound, and BadInput when none or all are named.
        """
        with self.unit.read() as reader:
            told = told_of(reader, [record_id]).get(record_id)
            items = reader.all(_ITEMS_OF, record=record_id, sources=sorted(source_ids))
        if not told:
            raise NotFound
        leaving = {one.kept.id for one in told} & set(source_ids)
        if not leaving or len(leaving) == len(told):
            raise BadInput("source_ids", "some of the descriptions, not all")
        made: list[int] = []

        def describing(tx: Tx) -> int:
            made.append(_part(tx, record_id, leaving, actor.name, now))
            return made[-1]

        if not actor.is_staff and actor.kind != "system":
            raise Forbidden
        if items:
            self.records.part_items(actor, item_ids=items, describe=describing)
        else:
            self.unit.write(describing)
        return made[-1]


def _join(from_record: int, into_record: int, by: str, now: datetime, tx: Tx) -> None:
    both = told_of(tx, [from_record, into_record])
    leaving, staying = both.get(from_record, []), both.get(into_record, [])
    if leaving and staying:
        decisions.decide(
            tx, [_named(t) for t in leaving], [_named(t) for t in staying],
            same=True, by=by, now=now,
        )  # fmt: skip
    tx.run(_MOVE, sources=[told.kept.id for told in leaving], into=into_record)
    forget_keys(tx, from_record)
    if all_of_it := told_of(tx, [into_record]).get(into_record):
        describe(tx, into_record, all_of_it, now)
    note(tx, "record", [from_record, into_record], now)


def _part(tx: Tx, record_id: int, leaving: Collection[int], by: str, now: datetime) -> int:
    told = told_of(tx, [record_id]).get(record_id, [])
    gone = [one for one in told if one.kept.id in leaving]
    left = [one for one in told if one.kept.id not in leaving]
    if not gone or not left:
        raise BadInput("source_ids", "some of the descriptions, not all")
    decisions.decide(
        tx, [_named(t) for t in gone], [_named(t) for t in left], same=False, by=by, now=now
    )
    made = add_record(tx, gone, now)
    tx.run(_MOVE, sources=[one.kept.id for one in gone], into=made)
    describe(tx, record_id, left, now)
    note(tx, "record", [record_id, made], now)
    return made
