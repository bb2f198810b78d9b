"""Places of the hold shelf: the library's letter and the next free number, never a name."""

from __future__ import annotations

import re

from sqlalchemy import bindparam, select

from navette.circulation.states import HoldState
from navette.circulation.tables import Hold
from navette.network.network import LibraryInfo
from navette.network.tables import Library
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Tx

_h, _lib = table(Hold).c, table(Library).c
# Two desks of one library must not give the same place: the last lock that a scan takes
_LOCKED = Query(
    select(_lib.id).where(_lib.id == bindparam("library")).with_for_update(key_share=True), scalar
)
_TAKEN = Query(
    select(_h.shelf_place).where(
        _h.pickup_library_id == bindparam("library"),
        _h.state == str(HoldState.READY),
    ),
    scalar,
)
_NUMBER = re.compile(r"(\d+)$")


def next_place(tx: Tx, library: LibraryInfo) -> str:
    """Return the first free place of the hold shelf: "B-12"."""
    tx.one(_LOCKED, library=library.id)
    taken = {
        int(n[1]) for place in tx.all(_TAKEN, library=library.id) if (n := _NUMBER.search(place))
    }
    number = next(n for n in range(1, len(taken) + 2) if n not in taken)
    return f"{library.shelf_prefix or library.code[:1].upper()}-{number}"


def place_again(tx: Tx, library: LibraryInfo, old: str) -> str:
    """Return the place a hold had on the shelf, or the next free one when it was given away."""
    tx.one(_LOCKED, library=library.id)
    return next_place(tx, library) if old in tx.all(_TAKEN, library=library.id) else old
