"""A library run by another system decides for its own items; we mirror them (E22).

What it says is written down as it says it. Where we believed otherwise and somebody was counting
on it, the conflict is logged, the hold waits again at its rank, and the other system wins.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Item, Record
from navette.catalogue.unimarc.barcode import normalised
from navette.circulation.facts import HoldRow, ItemRow, LoanRow
from navette.circulation.finding import locked_item
from navette.circulation.loans import give_back
from navette.circulation.policy import ON_SHELF
from navette.circulation.rows import BOUND_HOLD, OPEN_LOAN_OF_ITEM, OPEN_TRANSIT_OF_ITEM
from navette.circulation.states import CAPTURED, ItemStatus, TransitState, Trigger
from navette.circulation.tables import Loan, MirrorConflict
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import close_transit, move, move_item
from navette.clock import local_date
from navette.errors import BadInput, UnknownBarcode
from navette.ils.replay_views import ConflictView, Mirrored
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.outbox import drop, put
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader, Tx

EMBEDDED, ACTOR = "embedded", "system"
_i, _r, _m = table(Item).c, table(Record).c, table(MirrorConflict).c
_ITEM = Query(
    select(_i.id).where(
        _i.home_library_id == bindparam("library"), _i.barcode == bindparam("code")
    ),
    scalar,
)


def _view(*cells: Any) -> ConflictView:
    return ConflictView(*cells)


_CONFLICTS = Query(
    select(_m.id, _m.at, _i.barcode, _r.title, _m.ours, _m.theirs, _m.note)
    .join_from(table(MirrorConflict), table(Item), _i.id == _m.item_id)
    .join(table(Record), _r.id == _i.record_id)
    .where(_m.library_id == bindparam("library"))
    .order_by(_m.id.desc())
    .limit(bindparam("most")),
    _view,
)


def mirror(tx: Tx, network: Network, now: datetime, library: str, told: Mirrored) -> str:
    """Take over what another system says of its item: same, changed or conflict.

    Raises BadInput for a library that we run ourselves or a status that is none, UnknownBarcode.
    """
    owner = network.library(library)
    if owner.engine == EMBEDDED:
        raise BadInput("library", "embedded")
    if told.status not in ItemStatus.__members__:
        raise BadInput("status")
    number = tx.first(_ITEM, library=owner.id, code=normalised(told.barcode))
    if number is None:
        raise UnknownBarcode(told.barcode)
    item, theirs = locked_item(tx, number), ItemStatus(told.status)
    if item.status == theirs:
        return "same"
    hold, loan = tx.first(BOUND_HOLD, item=item.id), tx.first(OPEN_LOAN_OF_ITEM, item=item.id)
    serves = theirs in ON_SHELF and hold is not None and hold.state not in CAPTURED
    conflict = loan is not None or (hold is not None and not serves)
    if conflict:
        _log(tx, now, owner, item, theirs, hold, loan)
    if hold is not None and not serves:
        _take_from(tx, now, owner, hold)
    transit = tx.first(OPEN_TRANSIT_OF_ITEM, item=item.id)
    if transit is not None:
        close_transit(tx, transit, now, TransitState.CANCELLED)
    if loan is not None:
        give_back(tx, loan, told.at, owner.id)
    _write(tx, network, now, owner, item, theirs, told)
    retarget(tx, item.work_id, now, network)
    return "conflict" if conflict else "changed"


def conflicts(reader: Reader, network: Network, library: str, first: int) -> list[ConflictView]:
    """Return the newest conflicts with the system of a library."""
    return reader.all(_CONFLICTS, library=network.library(library).id, most=first)


def _write(
    tx: Tx, network: Network, now: datetime, owner: LibraryInfo, item: ItemRow,
    theirs: ItemStatus, told: Mirrored,
) -> None:  # fmt: skip
    moved = move_item(
        tx, item, now, status=theirs, current_library_id=owner.id, last_seen_at=told.at,
        targeting_penalty=0,
    )  # fmt: skip
    if theirs is ItemStatus.ON_LOAN:  # to somebody that only the other system knows
        days = timedelta(
            days=int(network.rule("loan_days", library=owner.code, item_type=item.type))
        )
        tx.insert(
            Loan, item_id=moved.id, record_id=moved.record_id, patron_id=None,
            library_id=owner.id, lent_at=told.at,
            due_on=told.due_on or local_date(told.at) + days, renewals=0, override_reason="",
            version=1,
        )  # fmt: skip


def _take_from(tx: Tx, now: datetime, owner: LibraryInfo, hold: HoldRow) -> None:
    captured = hold.state in CAPTURED
    drop(tx, hold.id, "ready", now, "another system decided")
    moved = move(
        tx, hold, Trigger.LOSE if captured else Trigger.UNTARGET, now, ACTOR,
        library_id=owner.id, reason="other_system",
    )  # fmt: skip
    if captured:
        put(
            tx, "later", f"later:{moved.id}:{moved.version}", now=now,
            patron_id=moved.patron_id, hold_id=moved.id,
        )  # fmt: skip


def _log(
    tx: Tx, now: datetime, owner: LibraryInfo, item: ItemRow, theirs: ItemStatus,
    hold: HoldRow | None, loan: LoanRow | None,
) -> None:  # fmt: skip
    note = "loan ended" if loan is not None else f"hold {hold.state if hold else ''} waits again"
    tx.insert(
        MirrorConflict, at=now, library_id=owner.id, item_id=item.id,
        hold_id=hold.id if hold else None, ours=item.status, theirs=str(theirs), note=note,
    )  # fmt: skip
