"""What an engine says of the van: a dated round, its stops, what to drop and to take.

No patron's name and nothing of a hold: a manifest lies on a seat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from navette.ils.views import ItemView


@dataclass(frozen=True)
class VanItemView:
    """One item of a manifest; `late`: the van has left without it too often (E1)."""

    item: ItemView
    origin: str
    destination: str
    late: bool


@dataclass(frozen=True)
class VanStopView:
    """A stop: what is on board for it, and what waits there in the crates; late ones first.

    `closed` says why the van does not stop there that day, or ''.
    """

    library: str
    arrives: datetime
    leaves: datetime
    closed: str
    drop: Sequence[VanItemView]
    take: Sequence[VanItemView]


@dataclass(frozen=True)
class VanRunView:
    """A dated round: planned, cancelled or done. `capacity` as the network file counts it."""

    day: date
    state: str
    reason: str
    capacity: int
    on_board: int
    stops: Sequence[VanStopView]


@dataclass(frozen=True)
class VanDone:
    """What one act at a stop did: how many items, which one when it was one, and its key.

    `at` names the act for undoing it; `count` 0: nothing was left to do.
    """

    count: int
    at: datetime
    item: ItemView | None = None
