"""Which engine decides for our items: one now, chosen here alone."""

from __future__ import annotations

from navette.clock import Clock
from navette.ils.discreet import discreet
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.port import Circulation
from navette.settings import Settings
from navette.storage.unit import Unit


def circulation_of(settings: Settings, unit: Unit, clock: Clock) -> Circulation:
    """Return the engine of this installation."""
    engine = EmbeddedCirculation(unit, clock, ready_window=settings.ready_window)
    return discreet(engine, unit, clock)
