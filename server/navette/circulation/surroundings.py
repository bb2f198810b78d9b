"""Holds with the words around them, and what a whole list of them needs, loaded once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from navette.catalogue.tables import Item, Record
from navette.circulation.facts import HoldRow, ItemRow, TransitRow
from navette.circulation.policy import can_ever_fill
from navette.circulation.queue import Candidate
from navette.circulation.rows import HOLD_COLUMNS, ITEMS_OF_WORKS, TRANSIT_COLUMNS
from navette.circulation.states import ACTIVE, OPEN_TRANSIT, HoldState
from navette.circulation.tables import Hold, HoldEvent, Loan, Transit
from navette.circulation.waiting import load_queues
from navette.clock import local_date
from navette.network.network import Network
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

_h, _i, _r, _p = table(Hold).c, table(Item).c, table(Record).c, table(Patron).c
_t, _l, _e = table(Transit).c, table(Loan).c, table(HoldEvent).c
_WIDTH = len(HOLD_COLUMNS)


class Shown(NamedTuple):
    """A hold with the words around it."""

    hold: HoldRow
    first_name: str
    last_name: str
    card: str
    title: str
    authors: Any
    type: str
    volume: str
    barcode: str | None
    item_status: str | None
    item_library_id: int | None
    item_volume: str | None
    languages: Any


class Last(NamedTuple):
    """The newest line of a hold's history."""

    hold_id: int
    trigger: str
    library_id: int | None
    reason: str
    note: str


class Out(NamedTuple):
    """A copy in somebody's hands."""

    item_id: int
    due_on: date


def as_shown(*cells: Any) -> Shown:
    """Read a row of the statements below."""
    return Shown(HoldRow(*cells[:_WIDTH]), *cells[_WIDTH:])


_SHOWN = (
    select(
        *HOLD_COLUMNS, _p.first_name, _p.last_name, _p.card, _r.title, _r.authors, _r.type,
        _r.volume_label, _i.barcode, _i.status, _i.current_library_id, _i.volume_label,
        _r.languages,
    )
    .join_from(table(Hold), table(Record), _r.id == _h.record_id)
    .join(table(Patron), _p.id == _h.patron_id)
    .outerjoin(table(Item), _i.id == _h.item_id)
)  # fmt: skip
SHOWN_BY_IDS = Query(_SHOWN.where(_h.id.in_(bindparam("ids", expanding=True))), as_shown)
# Holds are listed oldest first: by id, which is the order in which they were placed.
SHOWN_OF_PATRON = Query(
    _SHOWN.where(
        _h.patron_id == bindparam("patron"),
        _h.state.in_(sorted(ACTIVE)),
        _h.id > bindparam("after"),
    )
    .order_by(_h.id)
    .limit(bindparam("most")),
    as_shown,
)
HOLDS_OF_CHAIN = Query(
    select(_h.id).where(_h.chain_id == bindparam("chain")).order_by(_h.id), scalar
)
OUT_OF_ITEMS = Query(
    select(_l.item_id, _l.due_on)
    .where(_l.item_id.in_(bindparam("items", expanding=True)), _l.returned_at.is_(None))
    .order_by(_l.due_on),
    Out,
)
_TRANSITS = Query(
    select(*TRANSIT_COLUMNS).where(
        _t.hold_id.in_(bindparam("holds", expanding=True)), _t.state.in_(sorted(OPEN_TRANSIT))
    ),
    TransitRow,
)
_LAST_EVENTS = Query(
    select(_e.hold_id, _e.trigger, _e.library_id, _e.reason, _e.note).where(
        _e.id.in_(
            select(func.max(_e.id))
            .where(_e.hold_id.in_(bindparam("holds", expanding=True)))
            .group_by(_e.hold_id)
        )
    ),
    Last,
)


class Work(NamedTuple):
    """A work as a transaction that decided about it knows it: its queue in rank order, its copies."""

    id: int
    queue: Sequence[Candidate]
    items: Sequence[ItemRow]


class Surroundings:
    """What a list of holds needs besides itself, loaded once for the whole list."""

    def __init__(
        self,
        reader: Reader,
        network: Network,
        now: datetime,
        rows: Sequence[Shown],
        known: Work | None = None,
    ) -> None:
        """Run at most nine statements for any number of holds; nothing is read of a `known` work."""
        self.network, self.now, self.today = network, now, local_date(now)
        queued = [s.hold for s in rows if s.hold.state in {HoldState.WAITING, HoldState.TARGETED}]
        works = sorted({h.work_id for h in queued} - ({known.id} if known else set()))
        self.queues: dict[int, Sequence[Candidate]] = {**load_queues(reader, works)}
        self.items: dict[int, list[ItemRow]] = {work: [] for work in works}
        for item in reader.all(ITEMS_OF_WORKS, works=works) if works else ():
            self.items[item.work_id].append(item)
        if known:
            self.queues[known.id], self.items[known.id] = known.queue, list(known.items)
        on_loan = [i.id for items in self.items.values() for i in items if i.status == "ON_LOAN"]
        self.out = reader.all(OUT_OF_ITEMS, items=on_loan) if on_loan else []
        moving = [s.hold.id for s in rows if s.hold.state == HoldState.IN_TRANSIT]
        transits = reader.all(_TRANSITS, holds=moving) if moving else []
        self.transits = {t.hold_id: t for t in transits}
        coming = [h.id for h in queued] + moving
        lasts = reader.all(_LAST_EVENTS, holds=coming) if coming else []
        self.lasts = {e.hold_id: e for e in lasts}

    def usable(self, hold: HoldRow) -> list[ItemRow]:
        """Return the copies that can ever fill the hold."""
        return [
            i
            for i in self.items.get(hold.work_id, ())
            if can_ever_fill(i, hold, self.network, self.today)
        ]

    def is_beyond_hope(self, out: Out, item_type: str) -> bool:
        """Return whether a copy is out for so long that nobody is told to wait for it."""
        longest = int(self.network.rule("overdue_beyond_hope_days", item_type=item_type))
        return (self.today - out.due_on).days > longest

    def candidate(self, hold: HoldRow) -> Candidate | None:
        """Return the hold with what its eligibility depends on."""
        queue = self.queues.get(hold.work_id, [])
        return next((c for c in queue if c.hold.id == hold.id), None)

    def name(self, library_id: int | None) -> str:
        """Return the short name of a library, '' for none."""
        return self.network.by_id(library_id).short_name if library_id else ""

    def code(self, library_id: int) -> str:
        """Return the code of a library."""
        return self.network.by_id(library_id).code
