"""The engine of this house: circulation on our own tables, one unit of work a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from navette.circulation import (
    availability,
    borrowing,
    changing,
    desk,
    desk_service,
    doors,
    kept,
    lending,
    missing,
    nightly,
    restoring,
    scanning,
    undoing,
    van,
    van_manifest,
    viewing,
)
from navette.circulation.causes import ROUND_CANCELLED, STOP_CLOSED, Cause
from navette.circulation.pickup import change_pickup
from navette.circulation.refreshing import Event, refresh
from navette.clock import instant_at, local_date
from navette.errors import NotFound
from navette.ils.embedded_coordination import CoordinationOfEngine
from navette.ils.embedded_lateness import LatenessOfEngine
from navette.ils.embedded_records import RecordsOfEngine
from navette.ils.embedded_replaying import ReplayingOfEngine
from navette.ils.embedded_reserving import ReservingOfEngine
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
from navette.network.network import Network
from navette.network.rounds import plan_rounds
from navette.storage.unit import Tx

NIGHT = 4 * 60  # the jobs of another day are done as of four in the morning


class EmbeddedCirculation(
    RecordsOfEngine, ReservingOfEngine, LatenessOfEngine, CoordinationOfEngine, ReplayingOfEngine
):
    """Implements `navette.ils.port.Circulation`; thin: every decision is in circulation/."""

    # What is where, and when it could be here

    def availability(self, record_ids: Sequence[int]) -> Mapping[int, Sequence[AvailabilityView]]:
        """Return for each record its copies a library, in line order."""
        network = self.network
        with self._unit.read() as reader:
            return availability.availability(reader, network, record_ids)

    def volumes(self, record_id: int) -> Sequence[tuple[str, str]]:
        """Return (key, label) of the volumes or issues among which one must be chosen."""
        with self._unit.read() as reader:
            return availability.volumes(reader, record_id)

    # Holds

    def holds_of(
        self, patron_id: int, *, first: int = 100, after: int | None = None
    ) -> Sequence[HoldView]:
        """Return the active holds of a patron, oldest first, after the hold id `after`."""
        network, now = self.network, self._clock.now()
        with self._unit.read() as reader:
            return viewing.holds_of(reader, network, now, patron_id, first=first, after=after)

    def hold(self, actor: Actor, hold_id: int) -> HoldView:
        """Return one hold, also an ended one."""
        network, now = self.network, self._clock.now()
        with self._unit.read() as reader:
            doors.hold_for(reader, actor, hold_id, now)
            return viewing.hold_view(reader, network, now, hold_id)

    def cancel_hold(self, actor: Actor, hold_id: int, key: str | None = None) -> HoldView:
        """Cancel (T14); the item stays where it is until a scan."""
        return self._hold(lambda tx, net, now: changing.cancel(tx, net, now, actor, hold_id, key))

    def restore_hold(self, actor: Actor, hold_id: int, key: str | None = None) -> HoldView:
        """Bring a cancelled or expired hold back (T17)."""
        return self._hold(lambda tx, net, now: restoring.restore(tx, net, now, actor, hold_id, key))

    def suspend_hold(
        self, actor: Actor, hold_id: int, until: date | None = None, key: str | None = None
    ) -> HoldView:
        """Pause (T12); resumes that morning, or when asked to."""
        return self._hold(
            lambda tx, net, now: changing.suspend(tx, net, now, actor, hold_id, until, key=key)
        )

    def resume_hold(self, actor: Actor, hold_id: int, key: str | None = None) -> HoldView:
        """Resume a paused hold (T12)."""
        return self._hold(lambda tx, net, now: changing.resume(tx, net, now, actor, hold_id, key))

    def change_pickup(
        self, actor: Actor, hold_id: int, pickup: str, key: str | None = None
    ) -> HoldView:
        """Change where it is collected (T15: E12, E13)."""
        return self._hold(
            lambda tx, net, now: change_pickup(tx, net, now, actor, hold_id, pickup, key=key)
        )

    def pass_my_turn(self, actor: Actor, hold_id: int, key: str | None = None) -> HoldView:
        """Let the next person have it, keep the rank (T11)."""
        return self._hold(
            lambda tx, net, now: changing.pass_my_turn(tx, net, now, actor, hold_id, key)
        )

    def take_back(self, actor: Actor, hold_id: int, reason: str) -> HoldView:
        """Take a captured copy from its hold, a mistake of ours (T16); with a reason."""
        return self._hold(
            lambda tx, net, now: changing.take_back(tx, net, now, actor, hold_id, reason)
        )

    # Loans

    def loans_of(
        self, patron_id: int, *, first: int = 100, after: int | None = None
    ) -> Sequence[LoanView]:
        """Return the open loans of a patron, first due first."""
        network, now = self.network, self._clock.now()
        with self._unit.read() as reader:
            return borrowing.loans_of(reader, network, now, patron_id, first=first, after=after)

    def loan(self, actor: Actor, loan_id: int) -> LoanView:
        """Return one loan."""
        network, now = self.network, self._clock.now()
        with self._unit.read() as reader:
            doors.loan_for(reader, actor, loan_id, now)
            return borrowing.loan_view(reader, network, now, loan_id)

    def renew_loan(self, actor: Actor, loan_id: int, key: str | None = None) -> LoanView:
        """Renew from the due date; RenewalRefused says why not (E20)."""
        self._write(lambda tx, net, now: borrowing.renew(tx, net, now, actor, loan_id, key))
        return self._look(borrowing.loan_view, loan_id)

    # Desk (staff only: Forbidden otherwise)

    def scan(self, actor: Actor, request: ScanRequest) -> ScanResult:
        """Route an item (section 4); UnknownBarcode, AmbiguousBarcode."""
        window = self._ready_window
        return self._write(lambda tx, net, now: scanning.scan(tx, net, now, actor, request, window))

    def desk_scan(self, actor: Actor, request: DeskScan) -> DeskAnswer:
        """Do the right thing with what came into the one field of a desk."""
        window = self._ready_window
        return self._write(
            lambda tx, net, now: desk_service.desk_scan(tx, net, now, actor, request, window)
        )

    def undo_scan(self, actor: Actor, scan_id: str) -> ScanResult:
        """Undo a scan of this desk of the last ten minutes (T18)."""
        return self._write(lambda tx, net, now: undoing.undo_scan(tx, net, now, actor, scan_id))

    def last_scans(self, library: str, first: int = 10) -> Sequence[ScanResult]:
        """Return the newest scans of a desk, newest first."""
        network = self.network
        with self._unit.read() as reader:
            return desk.last_scans(reader, network, library, first)

    def lend(self, actor: Actor, request: LendRequest) -> LoanView:
        """Lend (section 9, T9, T9b); ItemHeldForAnother, ItemOnLoan, LoanLimitReached..."""
        loan = self._write(lambda tx, net, now: lending.lend(tx, net, now, actor, request))
        return self._look(borrowing.loan_view, loan)

    def mark_missing(
        self, actor: Actor, library: str, barcode: str = "", item_id: int | None = None
    ) -> ItemView:
        """Declare an item missing (pull list "introuvable", hold shelf, transit: T3, T8)."""
        return self._write(
            lambda tx, net, now: missing.mark_missing(
                tx, net, now, actor, library, barcode, item_id
            )
        )

    def find_items(self, barcode: str, library: str) -> Sequence[ItemView]:
        """Return the items with this barcode, the one expected at the library first."""
        network = self.network
        with self._unit.read() as reader:
            return desk.find_items(reader, network, barcode, library)

    def promises_kept(self, days: int = 90) -> Sequence[KeptView]:
        """Return how the promises of the last days were kept, by library and situation."""
        return self._look(kept.kept, days)

    def promises_broken(self, days: int = 90, first: int = 50) -> Sequence[BrokenPromiseView]:
        """Return the promises of the last days that were not kept, newest first."""
        return self._look(kept.broken, days, first)

    def pull_list(self, library: str) -> Sequence[PullLineView]:
        """Return what is to fetch from the shelves, in shelf order."""
        return self._look(desk.pull_list, library)

    def shelf(self, library: str) -> Sequence[HoldView]:
        """Return the READY holds of the shelf, by place."""
        return self._look(desk.shelf, library)

    def to_clear(self, library: str) -> Sequence[ItemView]:
        """Return the items to take off the hold shelf (I4: derived, never stored)."""
        network = self.network
        with self._unit.read() as reader:
            return desk.to_clear(reader, network, library)

    def transits(self, library: str) -> Sequence[TransitView]:
        """Return the open transits that leave from or go to the library."""
        return self._look(desk.transits, library)

    def counts(self, library: str) -> DeskCounts:
        """Return the day's figures of a desk."""
        return self._look(desk.counts, library)

    # The van (staff only)

    def van_run(self, day: date | None = None) -> VanRunView:
        """Return the round of a day, or the next one: what to drop and to take; NotFound."""
        try:
            return self._look(van_manifest.van_run, day)
        except NotFound:
            if not self._plan():
                raise
            return self._look(van_manifest.van_run, day)

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
        return self._write(
            lambda tx, net, now: van.load_van(
                tx, net, now, actor, library,
                barcode=barcode, item_id=item_id, everything=everything,
            )
        )  # fmt: skip

    def put_down(self, actor: Actor, library: str) -> VanDone:
        """Mark that the crate for a stop was left there; nothing is received by that."""
        return self._write(lambda tx, net, now: van.put_down(tx, net, now, actor, library))

    def undo_van(self, actor: Actor, library: str, done_at: datetime) -> VanDone:
        """Undo the load or the putting down that was done at that instant."""
        return self._write(lambda tx, net, now: van.undo_van(tx, net, now, actor, library, done_at))

    def cancel_run(self, actor: Actor, day: date, reason: str) -> VanRunView:
        """Cancel a round (coordinator); the promises it touches are made anew."""
        return self._alter(
            day,
            lambda tx, _net, _now: van.cancel_run(tx, actor, day, reason),
            Cause(ROUND_CANCELLED, day=day),
        )

    def close_stop(self, actor: Actor, day: date, library: str, reason: str) -> VanRunView:
        """Let the van pass a stop by that day (coordinator); promises are made anew."""
        return self._alter(
            day,
            lambda tx, _net, _now: van.close_stop(tx, actor, day, library, reason),
            Cause(STOP_CLOSED, self._known(library), day),
        )

    def restore_run(self, actor: Actor, day: date) -> VanRunView:
        """Let a round drive as the timetable has it (coordinator)."""
        return self._alter(day, lambda tx, _net, _now: van.restore_run(tx, actor, day))

    def _alter(
        self,
        day: date,
        work: Callable[[Tx, Network, datetime], None],
        cause: Cause | None = None,
    ) -> VanRunView:
        self._plan()
        before = self.network
        self._write(work)
        self.forget_network()
        event = Event(cause, before) if cause else None
        refresh(self._unit, self.network, self._clock.now(), event)
        return self.van_run(day)

    def _known(self, library: str) -> int | None:
        """Return the id of a library, None of an unknown one: the act itself refuses it."""
        codes = {one.code: one.id for one in self.network.libraries}
        return codes.get(library.strip().lower())

    def _plan(self) -> int:
        today = local_date(self._clock.now())
        return self._write(lambda tx, net, _now: plan_rounds(tx, net.timetable, today))

    # Time

    def nightly(self, day: date | None = None) -> Mapping[str, int]:
        """Do the jobs of the night: expire, resume, time out targets; safe to run twice."""
        now = self._clock.now()
        if day is not None and day != local_date(now):
            now = instant_at(day, NIGHT)
        planned = self._plan()
        return {**nightly.night(self._unit, self.network, now), "rounds": planned}

    def minute(self) -> Mapping[str, int]:
        """Do the jobs of the minute: target again what a timer freed."""
        return nightly.minute(self._unit, self.network, self._clock.now())
