"""What an engine answers: frozen values that pages, GraphQL and notices read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from navette.ils.roles import Right, may


@dataclass(frozen=True)
class Actor:
    """Who asks. A patron acts for themselves or their children; staff act at a library."""

    kind: str  # patron | staff | system
    patron_id: int | None = None
    staff_id: int | None = None
    library: str = ""
    role: str = ""  # of navette.ils.roles

    @property
    def is_staff(self) -> bool:
        """Return whether a desk asks; who drives the van is no desk."""
        return self.kind == "staff" and (not self.role or may(self.role, Right.DESK))

    @property
    def knows_readers(self) -> bool:
        """Return whether a desk asks that may know and act for anybody; a volunteer's may not."""
        return self.is_staff and (not self.role or may(self.role, Right.READERS))

    @property
    def name(self) -> str:
        """Return the short form written in histories."""
        return f"{self.kind}:{self.staff_id or self.patron_id or ''}".rstrip(":")


SYSTEM = Actor("system")


@dataclass(frozen=True)
class PromiseView:
    """When a pickup library would have it. `sentence` is ready to show, in French."""

    library: str
    likely_at: datetime | None
    latest_on: date | None
    sentence: str
    reason: str  # here | elsewhere | all_out | far | never
    short: str = ""  # "mardi 24, après-midi", for a stop of the line


class AvailabilityView(NamedTuple):
    """Copies of a record that stand at, or belong to, one library."""

    library: str
    available: int
    total: int
    next_date: date | None
    call_number: str = ""


@dataclass(frozen=True)
class TrackView:
    """Honest scans of an item on its way: nothing is said that was not scanned."""

    origin: str
    destination: str
    state: str  # BOXED | ON_VAN
    since: datetime
    expected_at: datetime | None


@dataclass(frozen=True)
class HoldView:
    """A hold as its patron or a desk sees it.

    `rank` counts from 1; None once a copy is captured for it (in transit, verified, ready).
    """

    id: int
    patron_id: int
    patron_name: str
    patron_card: str
    record_id: int
    title: str
    authors: Sequence[str]
    type: str
    volume_key: str
    volume_label: str
    level: str
    state: str
    rank: int | None
    copies: int
    pickup: str
    item_id: int | None
    barcode: str | None
    placed_at: datetime
    ready_at: datetime | None
    pickup_deadline: datetime | None
    shelf_place: str
    suspended: bool
    suspended_until: date | None
    passes_used: int
    end_reason: str | None
    ended_at: datetime | None
    why: str
    promise: PromiseView | None
    track: TrackView | None
    version: int = 1
    hidden: bool = False  # a young person masks their titles: see ils/discreet.py
    chain_id: int | None = None  # the first link of its series in order
    language: str = ""  # of the title, when it has one alone (ISO 639-2)


@dataclass(frozen=True)
class LoanView:
    """A loan as its patron or a desk sees it."""

    id: int
    patron_id: int | None
    item_id: int
    barcode: str
    record_id: int
    title: str
    authors: Sequence[str]
    type: str
    library: str
    lent_at: datetime
    due_on: date
    renewals: int
    returned_at: datetime | None
    late: bool
    renewable: bool
    renewal_refusal: str  # '' or the reason of RenewalRefused
    hidden: bool = False
    claimed_at: datetime | None = None  # since when its borrower says to have returned it
    language: str = ""
    volume_label: str = ""


@dataclass(frozen=True)
class ItemView:
    """An item as a desk sees it."""

    id: int
    barcode: str
    record_id: int
    title: str
    status: str
    home: str
    current: str
    call_number: str
    section: str
    volume_label: str
    type: str
    language: str = ""


@dataclass(frozen=True)
class ScanRequest:
    """One scan. `scan_id` makes it repeatable; `confirm` answers a CONFIRM instruction."""

    library: str
    barcode: str = ""
    item_id: int | None = None
    confirm: bool = False
    by_machine: bool = False
    scan_id: str | None = None
    scanned_at: datetime | None = None


@dataclass(frozen=True)
class ScanResult:
    """Exactly one instruction: HOLD_SHELF CRATE RESHELVE SET_ASIDE VERIFY CONFIRM."""

    scan_id: str
    instruction: str
    destination: str | None
    returned: bool
    item: ItemView
    hold_id: int | None
    hold_state: str | None
    shelf_place: str
    message: str
    slip: str
    at: datetime
    undone: bool = False


@dataclass(frozen=True)
class LendRequest:
    """Lend an item to the person of a card."""

    library: str
    card: str = ""
    barcode: str = ""
    item_id: int | None = None
    pickup_marks: Sequence[str] = ()  # of the code of somebody who collects for another
    override_reason: str = ""
    scanned_at: datetime | None = None  # by a desk that was without network


@dataclass(frozen=True)
class KeptView:
    """How promises were kept: '' is every library, "all" every situation; `kept` of `promises`."""

    library: str
    situation: str
    promises: int
    kept: int
    width_open_days: float
    waited_days: float | None


@dataclass(frozen=True)
class BrokenPromiseView:
    """A promise that was not kept; `ready_at` None: not there yet, or never."""

    hold_id: int
    title: str
    library: str
    situation: str
    placed_at: datetime
    latest_on: date
    ready_at: datetime | None


@dataclass(frozen=True)
class PullLineView:
    """A line of the pull list: fetch this for that hold. Note: '', in_crate, to_send."""

    hold_id: int
    item: ItemView
    pickup: str
    targeted_at: datetime
    until: datetime | None
    note: str = ""


@dataclass(frozen=True)
class TransitView:
    """A journey between two libraries, without any patron's name."""

    id: int
    item: ItemView
    origin: str
    destination: str
    cause: str
    state: str
    boxed_at: datetime
    overdue: bool


@dataclass(frozen=True)
class DeskCounts:
    """The figures of the day at one desk."""

    to_pull: int
    to_receive: int
    to_send: int
    on_shelf: int
    to_clear: int
    overdue_transits: int


@dataclass(frozen=True)
class DeskScan:
    """What came into the field, and the card that was open then ('' for none).

    `item_id` answers which of two items it is; `give_back` answers "rendre ou prolonger ?".
    """

    library: str
    text: str = ""
    card: str = ""
    item_id: int | None = None
    give_back: bool = False
    confirm: bool = False
    scan_id: str | None = None
    scanned_at: datetime | None = None


@dataclass(frozen=True)
class DeskAnswer:
    """What happened: opened, closed, or a DeskAct; `card` is the one that is open now."""

    act: str
    message: str
    card: str = ""
    patron_id: int | None = None
    item: ItemView | None = None
    scan: ScanResult | None = None
    loan_id: int | None = None
