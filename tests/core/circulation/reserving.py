"""What a patron and a desk do through the port, in one line each."""

from __future__ import annotations

from typing import Any

from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, HoldView, ScanRequest, ScanResult

STAFF = Actor("staff", staff_id=1, library="hem", role="agent")


def me(patron: int) -> Actor:
    return Actor("patron", patron)


def placed(
    engine: EmbeddedCirculation, patron: int, record: int, pickup: str = "hem", **more: str
) -> HoldView:
    return engine.place_hold(me(patron), patron_id=patron, record_id=record, pickup=pickup, **more)


def scanned(engine: EmbeddedCirculation, library: str, item: int, **more: Any) -> ScanResult:
    desk = Actor("staff", staff_id=2, library=library, role="agent")
    return engine.scan(desk, ScanRequest(library=library, item_id=item, **more))


def seen(engine: EmbeddedCirculation, hold: HoldView) -> HoldView:
    return engine.hold(STAFF, hold.id)
