"""Known devices: browsers where a password was right once keep their own attempts.

Whoever guesses at a card or a login from elsewhere slows strangers, and never the owner's own phone
or the desk's computer. A row holds no browser's value, only a hash with its owner in it: two cards
on one phone do not show.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import bindparam, delete, select, update

from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx
from navette_auth.opaque import digest, plausible
from navette_auth.tables import KnownDevice

Kind = Literal["patron", "staff"]
KEPT = timedelta(days=400)
_d = table(KnownDevice).c
_OWNERS = {"patron": _d.patron_id, "staff": _d.staff_id}
_KNOWN = {
    kind: Query(
        select(_d.id).where(_d.device_hash == bindparam("device"), owner == bindparam("owner")),
        scalar,
    )
    for kind, owner in _OWNERS.items()
}
_SEEN = {
    kind: command(
        update(table(KnownDevice))
        .where(_d.device_hash == bindparam("device"), owner == bindparam("owner"))
        .values(seen_at=bindparam("now"))
    )
    for kind, owner in _OWNERS.items()
}
_FORGET = {
    kind: command(
        delete(table(KnownDevice)).where(
            owner == bindparam("owner"), _d.device_hash != bindparam("but")
        )
    )
    for kind, owner in _OWNERS.items()
}
_SWEEP = command(delete(table(KnownDevice)).where(_d.seen_at < bindparam("before")))


def knows(reader: Reader, device: str, owner_id: int, kind: Kind = "patron") -> bool:
    """Return whether this browser has shown this person's password before."""
    if not plausible(device):
        return False
    hashed = _hash(device, owner_id, kind)
    return reader.first(_KNOWN[kind], device=hashed, owner=owner_id) is not None


def remember_device(
    tx: Tx, device: str, owner_id: int, now: datetime, kind: Kind = "patron"
) -> None:
    """Know this browser from now on."""
    if not plausible(device):
        return
    hashed = _hash(device, owner_id, kind)
    if not tx.run(_SEEN[kind], device=hashed, owner=owner_id, now=now):
        tx.insert(KnownDevice, device_hash=hashed, seen_at=now, **{f"{kind}_id": owner_id})


def forget_devices(tx: Tx, owner_id: int, but: str = "", kind: Kind = "patron") -> int:
    """Forget every browser but one, when the password changes; return how many."""
    return tx.run(_FORGET[kind], owner=owner_id, but=_hash(but, owner_id, kind))


def sweep(tx: Tx, now: datetime) -> int:
    """Forget browsers that were not seen for as long as a session may live."""
    return tx.run(_SWEEP, before=now - KEPT)


def _hash(device: str, owner_id: int, kind: Kind) -> str:
    return digest(f"{device}:{owner_id}" if kind == "patron" else f"{device}:{kind}:{owner_id}")
