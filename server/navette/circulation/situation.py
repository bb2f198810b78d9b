"""What the decision of a scan depends on, and what it says. Plain frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from navette.circulation.states import HoldState, ItemStatus

Rank = tuple[int, datetime, int]  # (class, placed_at, id): section 5


class Instruction(StrEnum):
    """What the person at the desk does with the item in hand."""

    HOLD_SHELF = "HOLD_SHELF"
    CRATE = "CRATE"
    RESHELVE = "RESHELVE"
    SET_ASIDE = "SET_ASIDE"
    VERIFY = "VERIFY"
    CONFIRM = "CONFIRM"


class TransitAct(StrEnum):
    """What happens to the open transit of the item."""

    KEEP = "KEEP"
    REBOX = "REBOX"  # misrouted: the same journey goes on from here
    RECEIVE = "RECEIVE"
    CANCEL = "CANCEL"


class Release(StrEnum):
    """Why the bound hold loses the item."""

    NOT_ELIGIBLE = "not_eligible"  # T8b, or T3 when only targeted
    OVERTAKEN = "older_hold"  # T3: an older hold waits untargeted
    DEADLINE = "deadline"  # T10: the shelf was never cleared
    SET_ASIDE = "set_aside"  # T8, or T3 when only targeted


class Cause(StrEnum):
    """Why an item is PROCESSING."""

    MACHINE = "machine"
    PREPARING = "preparing"
    ALERT = "alert"


@dataclass(frozen=True)
class Journey:
    """The open transit of the item; libraries are row ids."""

    origin: int
    destination: int
    boxed_at: datetime
    on_van: bool = False
    for_hold: bool = False
    cause: str = "home"


@dataclass(frozen=True)
class Bound:
    """The hold this item is bound to. `valid` and `eligible` are those of section 4."""

    id: int
    state: HoldState
    pickup: int
    rank: Rank
    valid: bool = True
    eligible: bool = True
    overdue: bool = False  # READY after the end of its deadline day


@dataclass(frozen=True)
class Queued:
    """A hold of the queue that is eligible for this item: WAITING, or TARGETED elsewhere."""

    id: int
    state: HoldState
    pickup: int
    rank: Rank
    overtaken: int = 0


@dataclass(frozen=True)
class Situation:
    """Everything the decision depends on. `queue` is in the order of section 5."""

    here: int
    home: int
    status: ItemStatus
    moment: datetime
    on_loan: bool = False
    processing_cause: str | None = None
    not_for_loan: bool = False
    alert: bool = False
    floats: bool = False
    reshelve_later: bool = False
    transit: Journey | None = None
    bound: Bound | None = None
    queue: Sequence[Queued] = field(default_factory=tuple)
    window: timedelta = timedelta()  # in which a hold collected here may overtake (section 5)
    min_transit: timedelta = timedelta(minutes=10)
    confirm: bool = False
    by_machine: bool = False


@dataclass(frozen=True)
class Decision:
    """What to do, and what becomes of each thing. None: it stays as it is."""

    instruction: Instruction
    destination: int | None = None
    returned: bool = False
    transit: TransitAct = TransitAct.KEEP
    release: Release | None = None
    hold_id: int | None = None
    hold_state: HoldState | None = None
    opens: str | None = None  # the cause of a new transit from here to `destination`
    status: ItemStatus | None = None
    processing_cause: str | None = None
    overtaken: Sequence[int] = ()  # older holds that let this one pass
    arrives: bool = True  # False: nobody has said yet that the item is here

    @property
    def changes(self) -> bool:
        """Return whether anything but the place of the item has to be written."""
        return (
            self.returned
            or self.transit is not TransitAct.KEEP
            or bool(self.release or self.hold_state or self.opens or self.status)
        )
