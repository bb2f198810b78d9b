"""Days of a town against a small model of it: after each step both say the same (section 3)."""

from __future__ import annotations

import random
import sys

import pytest

from core.circulation.story import LENGTH, live
from core.circulation.town import a_town
from navette.network.network import Network
from navette.storage.unit import Unit

STEPS = {"sqlite": 10_000, "postgresql": 2_000}


@pytest.mark.slow
def test_a_town_and_its_model_agree_after_every_step(
    unit: Unit, network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    """I1 to I7, T1 to T18, E2, E3, E6, E7, E9, E12 to E16, E18, E21, E24: whatever happens."""
    first = random.SystemRandom().randrange(10**6)
    with capsys.disabled():
        sys.stdout.write(f"\nfirst story on {unit.dialect}: {first}\n")
    stories = -(-STEPS[unit.dialect] // LENGTH)
    assert live(a_town(unit), first, stories) >= STEPS[unit.dialect]
