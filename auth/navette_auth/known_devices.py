"""Known devices: browsers where a card's password was right once keep their own attempts.

Whoever guesses at a card from elsewhere slows strangers, and never the owner's own phone. A row
holds no browser's value, only a hash with the card in it: two cards on one phone do not show.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update

from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx
from navette_auth.opaque import digest, plausible
from navette_auth.tables import KnownDevice

KEPT = timedelta(days=400)
_d = table(KnownDevice).c
_KNOWN = Query(
    select(_d.id).where(_d.device_hash == bindparam("device"), _d.patron_id == bindparam("patron")),
    scalar,
)
_SEEN = command(
    update(table(KnownDevice))
    .where(_d.device_hash == bindparam("device"), _d.patron_id == bindparam("patron"))
    .values(seen_at=bindparam("now"))
)
_FORGET = command(
    delete(table(KnownDevice)).where(
        _d.patron_id == bindparam("patron"), _d.device_hash != bindparam("but")
    )
)
_SWEEP = command(delete(table(KnownDevice)).where(_d.seen_at < bindparam("before")))


def knows(reader: Reader, device: str, patron_id: int) -> bool:
    """Return whether this browser has shown this card's password before."""
    if not plausible(device):
        return False
    return reader.first(_KNOWN, device=_hash(device, patron_id), patron=patron_id) is not None


def remember_device(tx: Tx, device: str, patron_id: int, now: datetime) -> None:
    """Know this browser from now on."""
    if not plausible(device):
        return
    hashed = _hash(device, patron_id)
    if not tx.run(_SEEN, device=hashed, patron=patron_id, now=now):
        tx.insert(KnownDevice, device_hash=hashed, patron_id=patron_id, seen_at=now)


def forget_devices(tx: Tx, patron_id: int, but: str = "") -> int:
    """Forget every browser but one, when the password changes; return how many."""
    return tx.run(_FORGET, patron=patron_id, but=_hash(but, patron_id))


def sweep(tx: Tx, now: datetime) -> int:
    """Forget browsers that were not seen for as long as a session may live."""
    return tx.run(_SWEEP, before=now - KEPT)


def _hash(device: str, patron_id: int) -> str:
    return digest(f"{device}:{patron_id}")
