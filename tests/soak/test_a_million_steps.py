"""A million steps of the town against its model, with the seed printed: only by `make soak`."""

from __future__ import annotations

import os
import random
import sys

import pytest

from core.circulation.story import LENGTH, live
from core.circulation.town import a_town
from navette.network.network import Network
from navette.storage.unit import Unit

STEPS = 1_000_000
SEED = "NAVETTE_SOAK_SEED"  # live the same stories again
SHORTER = "NAVETTE_SOAK_STEPS"
TOLD_EVERY = 10_000


@pytest.mark.soak
@pytest.mark.timeout(6 * 60 * 60)
def test_a_town_and_its_model_agree_for_a_million_steps(
    unit: Unit, network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    """I1 to I7: on either database."""
    first = int(os.environ.get(SEED) or random.SystemRandom().randrange(10**6))
    steps = int(os.environ.get(SHORTER) or STEPS)

    def told(reached: int) -> None:
        if reached % TOLD_EVERY == 0:
            sys.stdout.write(f"{unit.dialect}: {reached} steps\n")
            sys.stdout.flush()

    with capsys.disabled():
        sys.stdout.write(f"\n{unit.dialect}: {SEED}={first}\n")
        assert live(a_town(unit), first, -(-steps // LENGTH), told) >= steps
