"""Holds when a person leaves (E23)."""

from __future__ import annotations

from datetime import datetime

from navette.circulation.changing import end
from navette.circulation.rows import ACTIVE_OF_PATRON, LOCKED_HOLD
from navette.circulation.states import ACTIVE, EndReason, Trigger
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import lock_work
from navette.network.network import Network
from navette.storage.unit import Tx


def leave(tx: Tx, network: Network, now: datetime, patron_id: int, actor: str = "system") -> int:
    """Cancel every active hold of a person who leaves; copies go on at their next scan (E23)."""
    ended = 0
    works = sorted({h.work_id for h in tx.all(ACTIVE_OF_PATRON, patron=patron_id)})
    for work_id in works:
        lock_work(tx, work_id)
    for seen in tx.all(ACTIVE_OF_PATRON, patron=patron_id):
        hold = tx.first(LOCKED_HOLD, hold=seen.id)
        if hold is not None and hold.state in ACTIVE:
            end(tx, hold, Trigger.CANCEL, now, actor, EndReason.PATRON_CLOSED)
            ended += 1
    for work_id in works:
        retarget(tx, work_id, now, network, actor)
    return ended
