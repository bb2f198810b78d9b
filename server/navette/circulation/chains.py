"""Chains: a series in order. Of one chain only the earliest active link is served (section 5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from navette.circulation.facts import HoldRow
from navette.circulation.states import ACTIVE
from navette.circulation.tables import Hold
from navette.storage.base import table
from navette.storage.outbox import put
from navette.storage.statements import Query, scalar
from navette.storage.unit import Tx

LONGEST = 30
_h = table(Hold).c
_LINKS_LEFT = Query(
    select(_h.id)
    .where(_h.chain_id == bindparam("chain"), _h.state.in_(sorted(ACTIVE)))
    .order_by(_h.id),
    scalar,
)


def tell_next_link(tx: Tx, ended: HoldRow, now: datetime, actor: str) -> None:
    """Say that the next volume takes the place of one that ended without a loan.

    Nothing is said when an earlier volume is still to come, or when the person did it.
    """
    left = tx.all(_LINKS_LEFT, chain=ended.chain_id)
    if not left or left[0] < ended.id or actor.startswith("patron"):
        return
    put(
        tx, "next_volume", f"next_volume:{ended.id}:{ended.version}", now=now,
        patron_id=ended.patron_id, hold_id=left[0],
    )  # fmt: skip
