"""A desk without network: its queue of scans is replayed in order; what lost is listed (E25).

A scan loses when something has happened to its item after it was made, or when a rule refuses
it now. It is written down with its reason and never carried out; sent again, it stays lost once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from navette.circulation.desk_service import desk_scan
from navette.circulation.desk_table import DeskAct
from navette.circulation.finding import desk_of, item_in_hand, locked_item
from navette.circulation.scan_log import scan_with_key
from navette.circulation.situation import Instruction
from navette.circulation.tables import Loan, LostScan
from navette.errors import BadInput, NotFound, Refusal, UnknownBarcode, WrongState
from navette.ils.replay_views import LostView
from navette.ils.views import Actor, DeskAnswer, DeskScan
from navette.network.network import Network
from navette.patrons.reading import looks_like_card
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx
from navette.wording import sentence_of

MOST = 500
UNANSWERED = frozenset({str(DeskAct.ASK_RETURN_OR_RENEW), str(DeskAct.STOP)})
_x, _l = table(LostScan).c, table(Loan).c


class _Lost(NamedTuple):
    id: int
    client_key: str
    scanned_at: datetime
    text: str
    card: str
    code: str
    reason: str


_COLUMNS = tuple(_x[name] for name in _Lost._fields)
_KNOWN = Query(select(_x.id).where(_x.client_key == bindparam("client")), scalar)
_LIST = Query(
    select(*_COLUMNS)
    .where(_x.library_id == bindparam("library"), _x.seen_at.is_(None))
    .order_by(_x.scanned_at, _x.id),
    _Lost,
)
_SEEN = command(
    update(table(LostScan))
    .where(_x.id == bindparam("lost"), _x.library_id == bindparam("library"), _x.seen_at.is_(None))
    .values(seen_at=bindparam("now"), card="")
)
_LENT_THEN = Query(
    select(_l.id).where(_l.item_id == bindparam("item"), _l.lent_at == bindparam("then")), scalar
)
_FORGET = command(delete(table(LostScan)).where(_x.noted_at < bindparam("before")))


def in_order(queue: Sequence[DeskScan]) -> list[DeskScan]:
    """Return a desk's queue as it was scanned; raises BadInput without an id or a time."""
    if len(queue) > MOST:
        raise BadInput("scans", "many")
    if any(not scan.scan_id or scan.scanned_at is None for scan in queue):
        raise BadInput("scans", "id and time")
    return sorted(queue, key=lambda scan: (scan.scanned_at, scan.scan_id))


def replay_one(
    tx: Tx, network: Network, now: datetime, actor: Actor, scan: DeskScan, window: int
) -> DeskAnswer | None:
    """Carry out one scan of the queue; None when it is known to have lost already.

    Raises the refusal for which it loses.
    """
    if tx.first(_KNOWN, client=_key(actor, scan)) is not None:
        return None
    item_id = _item(tx, network, actor, scan)
    if item_id is not None and _was_done(tx, scan, item_id):
        return DeskAnswer("replayed", "")
    if item_id is not None and _is_superseded(tx, scan, item_id):
        raise WrongState(state="", event="replay")
    answer = desk_scan(tx, network, now, actor, scan, window)
    asks = answer.scan is not None and answer.scan.instruction == Instruction.CONFIRM
    if answer.act in UNANSWERED or asks:
        raise WrongState(state="", event="replay_unanswered")
    return answer


def note_lost(
    tx: Tx, network: Network, now: datetime, actor: Actor, scan: DeskScan, refusal: Refusal
) -> None:
    """Write down that a scan lost, and why, once."""
    key = _key(actor, scan)
    if tx.first(_KNOWN, client=key) is not None:
        return
    tx.insert(
        LostScan, client_key=key, library_id=desk_of(network, actor, scan.library).id,
        staff_id=actor.staff_id, scanned_at=scan.scanned_at or now, noted_at=now,
        text=scan.text[:100], card=scan.card[:40], code=refusal.code,
        reason=sentence_of(refusal), seen_at=None,
    )  # fmt: skip


def lost_scans(reader: Reader, network: Network, library: str) -> list[LostView]:
    """Return what lost at a desk and nobody has looked at yet, oldest first."""
    rows = reader.all(_LIST, library=network.library(library).id)
    return [LostView(*row) for row in rows]


def seen(tx: Tx, network: Network, now: datetime, actor: Actor, library: str, lost: int) -> int:
    """Tick a lost scan off the list; raises NotFound."""
    here = desk_of(network, actor, library)
    if tx.run(_SEEN, lost=lost, library=here.id, now=now) != 1:
        raise NotFound
    return lost


def forget(tx: Tx, before: datetime) -> int:
    """Drop what lost before an instant; returns how many."""
    return tx.run(_FORGET, before=before)


def _key(actor: Actor, scan: DeskScan) -> str:
    return f"{actor.name}:{scan.scan_id}"


def _item(tx: Tx, network: Network, actor: Actor, scan: DeskScan) -> int | None:
    """Return the item of a scan; None for a card, or Enter in the empty field."""
    text = scan.text.strip()
    if scan.item_id is None and (not text or looks_like_card(text)):
        return None
    try:
        here = desk_of(network, actor, scan.library)
        return item_in_hand(tx, network, here, text, scan.item_id)
    except (UnknownBarcode, BadInput):
        return None  # an older card, or nothing at all: the desk's own table decides


def _was_done(tx: Tx, scan: DeskScan, item_id: int) -> bool:
    """Return whether this very scan was carried out before the answer got lost."""
    if scan_with_key(tx, scan.scan_id or "") is not None:
        return True
    return tx.first(_LENT_THEN, item=item_id, then=scan.scanned_at) is not None


def _is_superseded(tx: Tx, scan: DeskScan, item_id: int) -> bool:
    item = locked_item(tx, item_id)
    later = item.last_seen_at
    return later is not None and scan.scanned_at is not None and later > scan.scanned_at
