"""The port of a library system: everything pages, GraphQL and desks ask of circulation.

One engine now (embedded.py). Items carry their library, and so the engine that decides for
them. Each call is one unit of work; refusals are errors of navette.errors. A hold or a loan is
only reached through its door: "not found" and "not yours" are the same NotFound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from navette.ils.port_coordination import Coordination
from navette.ils.port_lateness import Lateness
from navette.ils.port_records import Records
from navette.ils.port_replaying import Replaying
from navette.ils.port_reserving import Reserving
from navette.ils.van_views import VanDone, VanRunView
from navette.ils.views import (
    Actor,
    AvailabilityView,
    BrokenPromiseView,
    DeskAnswer,
    DeskCounts,
    DeskScan,
    HoldView,
    ItemView,
    KeptView,
    LendRequest,
    LoanView,
    PullLineView,
    ScanRequest,
    ScanResult,
    TransitView,
)


class Circulation(Records, Reserving, Lateness, Coordination, Replaying, Protocol):
    """What an engine can do."""

    # What is where, and when it could be here

    def availability(self, record_ids: Sequence[int]) -> Mapping[int, Sequence[AvailabilityView]]:
        """Return for each record its copies a library, in line order."""
        ...

    def volumes(self, record_id: int) -> Sequence[tuple[str, str]]:
        """Return (key, label) of the volumes or issues among which one must be chosen."""
        ...

    # Holds

    def holds_of(
        self, patron_id: int, *, first: int = 100, after: int | None = None
    ) -> Sequence[HoldView]:
        """Return the active holds of a patron, oldest first, after the hold id `after`."""
        ...

    def hold(self, actor: Actor, hold_id: int) -> HoldView:
        """Return one hold, also an ended one."""
        ...

    def cancel_hold(self, actor: Actor, hold_id: int, key: str | None = None) -> HoldView:
        """Cancel (T14); the item stays where it is until a scan."""
        ...

    def restore_hold(self, actor: Actor, hold_id: int, key: str | None = None) -> HoldView:
        """Bring a cancelled or expired hold back (T17)."""
        ...

    def suspend_hold(
        self, actor: Actor, hold_id: int, until: date | None = None, key: str | None = None
    ) -> HoldView:
        """Pause (T12); resumes that morning, or when asked to."""
        ...

    def resume_hold(self, actor: Actor, hold_id: int, key: str | None = None) -> HoldView:
        """Resume a paused hold (T12)."""
        ...

    def change_pickup(
        self, actor: Actor, hold_id: int, pickup: str, key: str | None = None
    ) -> HoldView:
        """Change where it is collected (T15: E12, E13)."""
        ...

    def pass_my_turn(self, actor: Actor, hold_id: int, key: str | None = None) -> HoldView:
        """Let the next person have it, keep the rank (T11)."""
        ...

    def take_back(self, actor: Actor, hold_id: int, reason: str) -> HoldView:
        """Take a captured copy from its hold, a mistake of ours (T16); with a reason."""
        ...

    # Loans

    def loans_of(
        self, patron_id: int, *, first: int = 100, after: int | None = None
    ) -> Sequence[LoanView]:
        """Return the open loans of a patron, first due first."""
        ...

    def loan(self, actor: Actor, loan_id: int) -> LoanView:
        """Return one loan."""
        ...

    def renew_loan(self, actor: Actor, loan_id: int, key: str | None = None) -> LoanView:
        """Renew from the due date; RenewalRefused says why not (E20)."""
        ...

    # Desk (staff only: Forbidden otherwise)

    def scan(self, actor: Actor, request: ScanRequest) -> ScanResult:
        """Route an item (section 4); UnknownBarcode, AmbiguousBarcode."""
        ...

    def desk_scan(self, actor: Actor, request: DeskScan) -> DeskAnswer:
        """Do the right thing with what came into the one field of a desk, in one transaction.

        Opens a card, lends, receives, routes or asks, by the table of section 4; a refusal
        leaves everything as it was.
        """
        ...

    def undo_scan(self, actor: Actor, scan_id: str) -> ScanResult:
        """Undo a scan of this desk of the last ten minutes (T18)."""
        ...

    def last_scans(self, library: str, first: int = 10) -> Sequence[ScanResult]:
        """Return the newest scans of a desk, newest first."""
        ...

    def lend(self, actor: Actor, request: LendRequest) -> LoanView:
        """Lend (section 9, T9, T9b); ItemHeldForAnother, ItemOnLoan, LoanLimitReached..."""
        ...

    def mark_missing(
        self, actor: Actor, library: str, barcode: str = "", item_id: int | None = None
    ) -> ItemView:
        """Declare an item missing (pull list "introuvable", hold shelf, transit: T3, T8)."""
        ...

    def find_items(self, barcode: str, library: str) -> Sequence[ItemView]:
        """Return the items with this barcode, the one expected at the library first."""
        ...

    def promises_kept(self, days: int = 90) -> Sequence[KeptView]:
        """Return how the promises of the last days were kept, by library and situation."""
        ...

    def promises_broken(self, days: int = 90, first: int = 50) -> Sequence[BrokenPromiseView]:
        """Return the promises of the last days that were not kept, newest first."""
        ...

    def pull_list(self, library: str) -> Sequence[PullLineView]:
        """Return what is to fetch from the shelves, in shelf order."""
        ...

    def shelf(self, library: str) -> Sequence[HoldView]:
        """Return the READY holds of the shelf, by place."""
        ...

    def to_clear(self, library: str) -> Sequence[ItemView]:
        """Return the items to take off the hold shelf (I4: derived, never stored)."""
        ...

    def transits(self, library: str) -> Sequence[TransitView]:
        """Return the open transits that leave from or go to the library."""
        ...

    def counts(self, library: str) -> DeskCounts:
        """Return the day's figures of a desk."""
        ...

    # The van (staff only)

    def van_run(self, day: date | None = None) -> VanRunView:
        """Return the round of a day, or the next one: what to drop and to take; NotFound."""
        ...

    def load_van(
        self,
        actor: Actor,
        library: str,
        *,
        barcode: str = "",
        item_id: int | None = None,
        everything: bool = False,
    ) -> VanDone:
        """Take an item, or all that waits in the crates of a stop, on board: ON_VAN."""
        ...

    def put_down(self, actor: Actor, library: str) -> VanDone:
        """Mark that the crate for a stop was left there; nothing is received by that."""
        ...

    def undo_van(self, actor: Actor, library: str, done_at: datetime) -> VanDone:
        """Undo the load or the putting down that was done at that instant."""
        ...

    def cancel_run(self, actor: Actor, day: date, reason: str) -> VanRunView:
        """Cancel a round (coordinator); the promises it touches are made anew."""
        ...

    def close_stop(self, actor: Actor, day: date, library: str, reason: str) -> VanRunView:
        """Let the van pass a stop by that day (coordinator); promises are made anew."""
        ...

    def restore_run(self, actor: Actor, day: date) -> VanRunView:
        """Let a round drive as the timetable has it (coordinator)."""
        ...

    # Time

    def nightly(self, day: date | None = None) -> Mapping[str, int]:
        """Do the jobs of the night: expire, resume, time out targets; safe to run twice."""
        ...

    def minute(self) -> Mapping[str, int]:
        """Do the jobs of the minute: target again what a timer freed."""
        ...
