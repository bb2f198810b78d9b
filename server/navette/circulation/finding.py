"""Which item is in the hand at this desk: barcodes collide between libraries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, case, exists, literal, or_, select

from navette.catalogue.tables import Item
from navette.catalogue.unimarc.barcode import normalised
from navette.circulation.facts import ItemRow
from navette.circulation.item_views import SEEN_ITEMS, SeenItem
from navette.circulation.rows import LOCKED_ITEM, WORK_OF_ITEM
from navette.circulation.states import OPEN_TRANSIT
from navette.circulation.tables import Transit
from navette.circulation.transitions import lock_work
from navette.errors import (
    AmbiguousBarcode,
    BadInput,
    BarcodeCandidate,
    Conflict,
    Forbidden,
    NotFound,
    UnknownBarcode,
    UnknownLibrary,
)
from navette.ils.roles import may_stand_in
from navette.ils.views import Actor
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader, Tx

_i, _t = table(Item).c, table(Transit).c
_EXPECTED = or_(
    _i.home_library_id == bindparam("here"),
    _i.current_library_id == bindparam("here"),
    exists(
        select(_t.id).where(
            _t.item_id == _i.id,
            _t.state.in_(sorted(OPEN_TRANSIT)),
            _t.destination_id == bindparam("here"),
        )
    ),
)


def _candidate(*cells: Any) -> tuple[bool, SeenItem]:
    return bool(cells[-1]), SeenItem(*cells[:-1])


_BY_BARCODE = Query(
    SEEN_ITEMS.add_columns(case((_EXPECTED, literal(1)), else_=literal(0)))
    .where(_i.barcode == bindparam("code"))
    .order_by(case((_EXPECTED, literal(0)), else_=literal(1)), _i.id),
    _candidate,
)


def desk_of(network: Network, actor: Actor, code: str) -> LibraryInfo:
    """Return the library at whose desk staff act; raises Forbidden, BadInput.

    Who drives the van is no desk: no names, no loans, no scans that decide.
    """
    if not actor.is_staff and actor.kind != "system":
        raise Forbidden
    return crew_of(network, actor, code)


def crew_of(network: Network, actor: Actor, code: str) -> LibraryInfo:
    """Return the library where staff or the van's driver handle crates; Forbidden, BadInput.

    Everybody works at their own library. Who has the network or drives works at each; agents
    stand in at a neighbour's desk unless the network says no (`staff_elsewhere = false`).
    """
    if actor.kind == "patron":
        raise Forbidden
    try:
        found = network.library(code or actor.library)
    except UnknownLibrary as error:
        raise BadInput("library", "unknown") from error
    if actor.kind == "staff" and actor.library and found.code != actor.library:
        elsewhere = bool(network.facts.get("staff_elsewhere", True))
        if not may_stand_in(actor.role, elsewhere=elsewhere):
            raise Forbidden
    return found


def with_barcode(reader: Reader, barcode: str, here: int) -> Sequence[tuple[bool, SeenItem]]:
    """Return the items with a barcode, those that belong to or are expected `here` first."""
    return reader.all(_BY_BARCODE, code=normalised(barcode), here=here)


def item_in_hand(
    reader: Reader, network: Network, here: LibraryInfo, barcode: str, item_id: int | None = None
) -> int:
    """Return the row id of the item that was scanned.

    No question is asked when exactly one candidate belongs to or is expected at this library.
    Raises BadInput when nothing was scanned, UnknownBarcode, AmbiguousBarcode with the
    candidates, NotFound for a wrong id.
    """
    if item_id is not None:
        return item_id
    if not normalised(barcode):
        raise BadInput("barcode", "missing")
    found = with_barcode(reader, barcode, here.id)
    if not found:
        raise UnknownBarcode(barcode)
    expected = [seen for is_expected, seen in found if is_expected]
    if len(found) == 1 or len(expected) == 1:
        return found[0][1].id
    raise AmbiguousBarcode(
        [
            BarcodeCandidate(seen.id, seen.barcode, network.by_id(seen.home_id).code, seen.title)
            for _, seen in found
        ]
    )


def locked_item(tx: Tx, item_id: int) -> ItemRow:
    """Lock the work of an item, then the item; raises NotFound."""
    work = tx.first(WORK_OF_ITEM, item=item_id)
    if work is None:
        raise NotFound
    lock_work(tx, work)
    item = tx.first(LOCKED_ITEM, item=item_id)
    if item is None:
        raise NotFound
    if item.work_id != work:  # merged with another record between the two statements
        raise Conflict
    return item
