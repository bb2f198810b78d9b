"""Fixtures of circulation."""

from __future__ import annotations

import pytest

from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.storage.unit import Unit


@pytest.fixture
def engine(unit: Unit, clock: FrozenClock, network: Network) -> EmbeddedCirculation:
    """The engine itself, on the network of the tests."""
    return EmbeddedCirculation(unit, clock)
