"""Hands at the desks: a scan, a loan, a hold in one line; looks at rows by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from factories import barcode_of
from fakes import FrozenClock
from navette.circulation.lending import lend
from navette.circulation.missing import mark_missing
from navette.circulation.placing import Placing, place
from navette.circulation.rows import hold_row, item_row
from navette.circulation.scanning import scan
from navette.circulation.undoing import undo_scan
from navette.ils.views import Actor, ItemView, LendRequest, ScanRequest, ScanResult
from navette.network.network import Network
from navette.storage.unit import Unit

STAFF = {code: n for n, code in enumerate(("hem", "lannoy", "leers", "lys", "toufflers"), 1)}


def agent(library: str, role: str = "agent") -> Actor:
    return Actor("staff", staff_id=STAFF[library], library=library, role=role)


@dataclass
class Desks:
    """Everything a scenario does, at the clock's instant."""

    unit: Unit
    network: Network
    clock: FrozenClock
    ready_window: int = 300

    def place(self, patron: int, record: int, pickup: str, volume: str = "") -> int:
        asked = Placing(patron, record, pickup, volume)
        actor = Actor("patron", patron_id=patron)
        return self.unit.write(lambda tx: place(tx, self.network, self.now, actor, asked))

    def scan(self, library: str, item: int, **given: Any) -> ScanResult:
        if "barcode" not in given:
            given["item_id"] = item
        request = ScanRequest(library=library, **given)
        actor = agent(library)
        return self.unit.write(
            lambda tx: scan(tx, self.network, self.now, actor, request, self.ready_window)
        )

    def undo(self, library: str, scan_id: str) -> ScanResult:
        return self.unit.write(
            lambda tx: undo_scan(tx, self.network, self.now, agent(library), scan_id)
        )

    def lend(self, library: str, item: int, patron: int, reason: str = "", **given: Any) -> int:
        card = self.value(f"SELECT card FROM patron WHERE id = {patron}")
        request = LendRequest(library=library, card=str(card), item_id=item, override_reason=reason)
        actor = agent(library, **given)
        return self.unit.write(lambda tx: lend(tx, self.network, self.now, actor, request))

    def missing(self, library: str, item: int) -> ItemView:
        return self.unit.write(
            lambda tx: mark_missing(
                tx, self.network, self.now, agent(library), library, item_id=item
            )
        )

    @property
    def now(self) -> Any:
        return self.clock.now()

    def hold(self, hold: int) -> Any:
        with self.unit.read() as reader:
            return hold_row(reader, hold)

    def item(self, item: int) -> Any:
        with self.unit.read() as reader:
            return item_row(reader, item)

    def state(self, hold: int) -> tuple[str, int | None]:
        row = self.hold(hold)
        return row.state, row.item_id

    def status(self, item: int) -> tuple[str, str]:
        row = self.item(item)
        return row.status, self.network.by_id(row.current_library_id).code

    def barcode(self, item: int) -> str:
        return barcode_of(self.unit, item)

    def value(self, text: str) -> Any:
        found = self.rows(text)
        return found[0][0] if found else None

    def rows(self, text: str) -> list[Any]:
        with self.unit.read() as reader:
            return list(reader.driver.execute(text).fetchall())

    def notices(self, hold: int) -> list[tuple[str, str | None]]:
        rows = self.rows(f"SELECT kind, outcome FROM outbox WHERE hold_id = {hold} ORDER BY id")
        return [(row[0], row[1]) for row in rows]

    def events(self, hold: int) -> list[tuple[str, str]]:
        rows = self.rows(
            f'SELECT "trigger", to_state FROM hold_event WHERE hold_id = {hold} ORDER BY id'
        )
        return [(row[0], row[1]) for row in rows]
