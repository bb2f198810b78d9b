"""Replays what is under way in the demonstration through the port, each thing at its own hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import bindparam, select

from navette.catalogue.tables import Item
from navette.catalogue.unimarc.barcode import normalised
from navette.clock import instant_at, local_date
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import SYSTEM, Actor, HoldView, LendRequest, ScanRequest
from navette.network.loading import network_of
from navette.patrons.reading import patron_by_card
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Unit
from navette_server.demo.accounts import set_standings
from navette_server.demo.habits import HABITS, barcode_of
from navette_server.demo.holdings import copies_of
from navette_server.demo.situations import HOLDS, LOANS, DemoHold, DemoLoan, HoldPhase
from navette_server.demo.works import LIBRARIES

LENT_AT, PLACED_AT, PULLED_AT, ARRIVED_AT = 11 * 60, 15 * 60, 10 * 60, 16 * 60
_i = table(Item).c
_ITEM = Query(
    select(_i.id, _i.record_id, _i.volume_key, _i.status).where(
        _i.home_library_id == bindparam("library"), _i.barcode == bindparam("code")
    ),
    lambda item, record, volume, status: (item, record, volume, status),
)
Deed = Callable[[], None]


class ReplayClock:
    """A clock that is set to the hour of each deed."""

    def __init__(self, now: datetime) -> None:
        """Start at `now`."""
        self.at = now

    def now(self) -> datetime:
        """Return the hour of the deed."""
        return self.at


class Replay:
    """Loans, holds and scans of the last weeks, in the order in which they happened."""

    def __init__(self, unit: Unit, now: datetime) -> None:
        """`now` is the first day of the demonstration."""
        self._unit = unit
        self._now = now
        self._clock = ReplayClock(now)
        self._circulation = EmbeddedCirculation(unit, self._clock)
        self._copies = _copies()
        self._placed: dict[DemoHold, HoldView] = {}
        with unit.read() as reader:
            self._libraries = {one.code: one.id for one in network_of(reader).libraries}

    def run(self) -> None:
        """Do everything; then time comes back to now."""
        deeds = [*self._loans(), *self._holds()]
        for at, deed in sorted(deeds, key=lambda pair: pair[0]):
            self._clock.at = min(at, self._now)
            deed()
        self._clock.at = self._now
        set_standings(self._unit, self._now)

    def _loans(self) -> Iterator[tuple[datetime, Deed]]:
        for loan in LOANS:
            yield self._then(loan.lent_days_ago, LENT_AT), partial(self._lend, loan)

    def _holds(self) -> Iterator[tuple[datetime, Deed]]:
        for hold in HOLDS:
            days = hold.placed_days_ago
            yield self._then(days, PLACED_AT), partial(self._place, hold)
            if hold.phase in {HoldPhase.IN_TRANSIT, HoldPhase.READY}:
                pulled = self._then(1, PULLED_AT)
                yield pulled, partial(self._scan, hold, hold.source)
            if hold.phase is HoldPhase.READY and hold.source != hold.pickup:
                arrived = self._then(1, ARRIVED_AT)
                yield arrived, partial(self._scan, hold, hold.pickup)

    def _then(self, days_ago: int, minutes: int) -> datetime:
        return instant_at(local_date(self._now) - timedelta(days=days_ago), minutes)

    def _lend(self, loan: DemoLoan) -> None:
        item = self._free(loan.work, loan.library, loan.part)
        desk = Actor("staff", library=loan.library, role="agent")
        request = LendRequest(loan.library, card=loan.card, item_id=item)
        self._circulation.lend(desk, request)

    def _place(self, hold: DemoHold) -> None:
        with self._unit.read() as reader:
            patron = patron_by_card(reader, hold.card).id
        library = hold.source or self._any_library(hold)
        _, record, volume, _ = self._item(self._copies[hold.work, library, hold.part][0], library)
        actor = Actor("patron", patron_id=patron)
        placed = self._circulation.place_hold(
            actor,
            patron_id=patron,
            record_id=record,
            pickup=hold.pickup,
            volume_key=volume if hold.part else "",
        )
        self._placed[hold] = placed
        if hold.phase is HoldPhase.SUSPENDED:
            until = local_date(self._now) + timedelta(days=hold.suspended_days)
            self._circulation.suspend_hold(actor, placed.id, until)

    def _scan(self, hold: DemoHold, library: str) -> None:
        """Scan the copy that is bound to the hold, or the one its source has on the shelf."""
        now = self._circulation.hold(SYSTEM, self._placed[hold].id)
        item = now.item_id or self._free(hold.work, hold.source, hold.part)
        desk = Actor("staff", library=library, role="agent")
        self._circulation.scan(desk, ScanRequest(library, item_id=item, confirm=True))

    def _free(self, work: str, library: str, part: str) -> int:
        for barcode in self._copies[work, library, part]:
            item, _, _, status = self._item(barcode, library)
            if status == "AVAILABLE":
                return item
        message = f"no copy of {work} {part} stands at {library}"
        raise LookupError(message)

    def _item(self, barcode: str, library: str) -> tuple[int, int, str, str]:
        with self._unit.read() as reader:
            return reader.one(_ITEM, library=self._libraries[library], code=normalised(barcode))

    def _any_library(self, hold: DemoHold) -> str:
        return next(one for one in LIBRARIES if (hold.work, one, hold.part) in self._copies)


def _copies() -> Mapping[tuple[str, str, str], list[str]]:
    """Return the barcodes of (work, library, part), as the files give them."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for library in HABITS:
        for rank, copy in enumerate(copies_of(library), 1):
            part = copy.part.number if copy.part else ""
            found[copy.work.key, library, part].append(barcode_of(library, rank))
    return found
