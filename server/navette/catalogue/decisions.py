"""What staff decided about grouping, kept by the libraries' own names for their descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, or_, select

from navette.catalogue.tables import GroupingDecision, SourceRecord
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

_d = table(GroupingDecision).c
_s = table(SourceRecord).c


class Named(NamedTuple):
    """A description by its identity: (library id, 001)."""

    library_id: int
    local_id: str


class Decided(NamedTuple):
    """What staff said of one description and the record that holds the other: same or not."""

    local_id: str
    record_id: int
    same: bool


class DecisionView(NamedTuple):
    """One decision as it is shown: about whom, by whom, when."""

    one_library_id: int
    one_local_id: str
    other_library_id: int
    other_local_id: str
    same: bool
    decided_by: str
    decided_at: datetime


def _about(mine: str, theirs: str) -> Query[Decided]:
    """Ask by one side of the pair, for the record that holds the other side now."""
    return Query(
        select(_d[f"{mine}_local_id"], _s.record_id, _d.same)
        .join_from(
            table(GroupingDecision),
            table(SourceRecord),
            and_(
                _s.library_id == _d[f"{theirs}_library_id"],
                _s.local_id == _d[f"{theirs}_local_id"],
            ),
        )
        .where(
            _d[f"{mine}_library_id"] == bindparam("library"),
            _d[f"{mine}_local_id"].in_(bindparam("ids", expanding=True)),
        ),
        Decided,
    )


_SIDES = (_about("one", "other"), _about("other", "one"))
_ANY = Query(select(_d.id).limit(1), lambda row: row)
_OF_LIBRARY = Query(
    select(*(_d[name] for name in DecisionView._fields))
    .where(
        or_(
            and_(_d.one_library_id == bindparam("library"), _d.one_local_id == bindparam("local")),
            and_(
                _d.other_library_id == bindparam("library"), _d.other_local_id == bindparam("local")
            ),
        )
    )
    .order_by(_d.decided_at.desc(), _d.id.desc()),
    DecisionView,
)
_FORGET = command(
    delete(table(GroupingDecision)).where(
        _d.one_library_id == bindparam("one_library"),
        _d.one_local_id == bindparam("one_local"),
        _d.other_library_id == bindparam("other_library"),
        _d.other_local_id == bindparam("other_local"),
    )
)


def exist(reader: Reader) -> bool:
    """Tell whether staff ever decided anything."""
    return reader.first(_ANY) is not None


def about(reader: Reader, library_id: int, local_ids: Iterable[str]) -> list[Decided]:
    """Return what was decided about these descriptions of a library and others that are known."""
    if not exist(reader):
        return []
    ids = list(local_ids)
    return [row for side in _SIDES for row in reader.all(side, library=library_id, ids=ids)]


def of_description(reader: Reader, named: Named) -> list[DecisionView]:
    """Return the decisions that name a description, newest first."""
    return reader.all(_OF_LIBRARY, library=named.library_id, local=named.local_id)


def decide(
    tx: Tx, some: Sequence[Named], others: Sequence[Named], *, same: bool, by: str, now: datetime
) -> None:
    """Say of every pair that it is one publication, or two; a former decision is replaced."""
    for one in some:
        for other in others:
            first, second = sorted((one, other))
            tx.run(_FORGET, one_library=first.library_id, one_local=first.local_id,
                   other_library=second.library_id, other_local=second.local_id)  # fmt: skip
            tx.insert(
                GroupingDecision,
                one_library_id=first.library_id, one_local_id=first.local_id,
                other_library_id=second.library_id, other_local_id=second.local_id,
                same=same, decided_by=by, decided_at=now,
            )  # fmt: skip
