"""A closure entered late repairs what it touches (E4): deadlines, due dates, copies asked for.

Each row in a transaction of its own, looked at again under lock: doing it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import bindparam, select, update

from navette.catalogue.tables import Item
from navette.circulation.deadline import extended, pickup_deadline, pickup_rule, target_until
from navette.circulation.facts import HoldRow
from navette.circulation.rows import HOLD_COLUMNS, LOCKED_HOLD, WORK_OF_HOLD, item_row
from navette.circulation.states import ACTIVE, HoldState, Trigger
from navette.circulation.tables import Hold, Loan
from navette.circulation.targeting import is_shut
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import change, lock_work, move
from navette.clock import local_date
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx, Unit

SOON = timedelta(days=7)
_h, _i, _l = table(Hold).c, table(Item).c, table(Loan).c
_READY_HERE = Query(
    select(_h.id).where(
        _h.state == str(HoldState.READY), _h.pickup_library_id == bindparam("library")
    ),
    scalar,
)
_ASKED_HERE = Query(
    select(_h.id)
    .join_from(table(Hold), table(Item), _i.id == _h.item_id)
    .where(_h.state == str(HoldState.TARGETED), _i.current_library_id == bindparam("library")),
    scalar,
)
_COLLECTED_HERE = Query(
    select(*HOLD_COLUMNS)
    .where(
        _h.pickup_library_id == bindparam("library"),
        _h.state.in_(sorted(ACTIVE)),
        _h.suspended.is_(False),
    )
    .order_by(_h.patron_id, _h.id),
    HoldRow,
)
_DUE_DAYS = Query(
    select(_l.due_on)
    .where(
        _l.library_id == bindparam("library"),
        _l.returned_at.is_(None),
        _l.due_on >= bindparam("first"),
        _l.due_on <= bindparam("last"),
    )
    .distinct(),
    scalar,
)
_MOVE_DUE = command(
    update(table(Loan))
    .where(
        _l.library_id == bindparam("library"),
        _l.returned_at.is_(None),
        _l.due_on == bindparam("then"),
    )
    .values(due_on=bindparam("new_day"), version=_l.version + 1)
)


def concerned(
    reader: Reader, library_id: int, first: date, last: date, now: datetime
) -> list[HoldRow]:
    """Return the holds whose collecting a closure touches, before promises are made anew.

    What stands there beyond its first day, what comes there within a week of it, what was
    promised for one of its days.
    """
    today = local_date(now)
    soon = first <= today + SOON
    found = []
    for hold in reader.all(_COLLECTED_HERE, library=library_id):
        deadline, likely = hold.pickup_deadline, hold.likely_at
        stands = deadline is not None and local_date(deadline) >= first
        comes = soon and hold.state in {HoldState.IN_TRANSIT, HoldState.PROCESSING}
        promised = likely is not None and first <= local_date(max(likely, now)) <= last
        if stands if hold.state == HoldState.READY else comes or promised:
            found.append(hold)
    return found


def extend_deadlines(unit: Unit, network: Network, library: LibraryInfo) -> int:
    """Keep what stands on the hold shelf until its patron can come; returns how many."""
    with unit.read() as reader:
        ids = reader.all(_READY_HERE, library=library.id)
    return sum(
        unit.write(partial(_extend, network=network, library=library, hold_id=i)) for i in ids
    )


def move_due_dates(tx: Tx, library: LibraryInfo, first: date, last: date) -> int:
    """Let no loan of a library be due on a day on which it is closed; returns how many moved."""
    moved = 0
    for day in tx.all(_DUE_DAYS, library=library.id, first=first, last=last):
        new_day = library.calendar.next_open_day(day)
        if new_day is not None and new_day != day:
            moved += tx.run(_MOVE_DUE, library=library.id, then=day, new_day=new_day)
    return moved


def release_copies(unit: Unit, network: Network, now: datetime, library: LibraryInfo) -> int:
    """Ask others for copies of a library that is shut, give it time for the rest (section 6)."""
    with unit.read() as reader:
        ids = reader.all(_ASKED_HERE, library=library.id)
    jobs = [partial(_release, network=network, now=now, library=library, hold_id=i) for i in ids]
    return sum(unit.write(job) for job in jobs)


def _extend(tx: Tx, *, network: Network, library: LibraryInfo, hold_id: int) -> bool:
    hold = _locked(tx, hold_id)
    if hold is None or hold.state != HoldState.READY or hold.pickup_deadline is None:
        return False
    until = extended(library.calendar, hold.pickup_deadline)
    if hold.ready_at is not None and hold.deadline_before is None:
        rule = pickup_rule(network, library.code)
        until = max(until, pickup_deadline(library.calendar, hold.ready_at, rule))
    if until <= hold.pickup_deadline:
        return False
    change(tx, hold, pickup_deadline=until)
    return True


def _release(
    tx: Tx, *, network: Network, now: datetime, library: LibraryInfo, hold_id: int
) -> bool:
    hold = _locked(tx, hold_id)
    if hold is None or hold.state != HoldState.TARGETED or hold.target_until is None:
        return False
    if item_row(tx, hold.item_id or 0).current_library_id != library.id:
        return False
    if is_shut(library, now):
        move(tx, hold, Trigger.UNTARGET, now, "system", library_id=library.id, reason="closed")
        retarget(tx, hold.work_id, now, network)
        return True
    until = target_until(library.calendar, hold.targeted_at or now)
    if until > hold.target_until:
        change(tx, hold, target_until=until)
    return False


def _locked(tx: Tx, hold_id: int) -> HoldRow | None:
    work = tx.first(WORK_OF_HOLD, hold=hold_id)
    if work is None:
        return None
    lock_work(tx, work)
    return tx.first(LOCKED_HOLD, hold=hold_id)


def by_patron(holds: Sequence[HoldRow]) -> dict[int, list[HoldRow]]:
    """Sort holds by who waits for them."""
    people: dict[int, list[HoldRow]] = {}
    for hold in holds:
        people.setdefault(hold.patron_id, []).append(hold)
    return people
