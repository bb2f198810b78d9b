"""A stage: a town where things become ready, and people are told."""

from __future__ import annotations

import pytest

from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.notifications.service import Notifier
from navette.storage.unit import Unit
from telling import WINDOW, FakeChannel, Stage


@pytest.fixture
def stage(unit: Unit, network: Network, clock: FrozenClock) -> Stage:
    push, email, sms = (FakeChannel(name) for name in ("push", "email", "sms"))
    circulation = EmbeddedCirculation(unit, clock, ready_window=WINDOW)
    notifier = Notifier(unit, clock, {"push": push, "email": email, "sms": sms}, worker="test")
    return Stage(unit, clock, circulation, push, email, sms, notifier)
