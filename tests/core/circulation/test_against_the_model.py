"""Days of a town against a small model of it: after each step both say the same (section 3).

Hypothesis draws the stories; what breaks is made short by `story.shortest`, which is bounded in
time and keeps what the engine was asked. `make soak` lives a million steps of them.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from core.circulation.story import (
    LENGTH,
    SHRINKING_SECONDS,
    Broke,
    Step,
    drawn,
    live_step,
    shortest,
    tell,
)
from core.circulation.town import Town, a_town
from navette.network.network import Network
from navette.storage.unit import Unit

# New stories each time; in CI always the same, so that one commit has one answer (as hypothesis
# itself does there). The seed is printed, and lives them again.
ALWAYS_THE_SAME = 20_261_126
SEED = "NAVETTE_STORIES_SEED"
STEPS = {"sqlite": 10_000, "postgresql": 2_000}
ANY_NUMBER = st.integers(min_value=0, max_value=2**32 - 1)


def first_seed() -> int:
    """The seed that was asked for, the one of CI, or any."""
    if asked := os.environ.get(SEED):
        return int(asked)
    return ALWAYS_THE_SAME if os.environ.get("CI") else random.SystemRandom().randrange(10**6)


class Days(RuleBasedStateMachine):
    """One story of the town, a step at a time; the town itself looks after each of them."""

    town: Town
    lived = 0

    def __init__(self) -> None:
        super().__init__()
        self.number, self.steps = Days.lived, list[Step]()
        self.town.begin(self.number)

    @rule(kind=st.sampled_from(drawn(closures=True)), number=ANY_NUMBER)
    def step(self, kind: str, number: int) -> None:
        """Anything that people, desks, vans, clocks, closures and failures do."""
        self.steps.append(Step(kind, number))
        Days.lived += 1
        failed = live_step(self.town, self.steps[-1])
        if failed is not None:
            short = shortest(self.town, self.number, self.steps, SHRINKING_SECONDS)
            again = tell(self.town, self.number, short)
            error = again.error if again else failed
            raise Broke(self.number, short, list(self.town.engine.lines), error) from error


@pytest.mark.slow
def test_a_town_and_its_model_agree_after_every_step(
    unit: Unit, network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    """I1 to I7, T1 to T18, E2, E3, E4, E6, E7, E9, E12 to E16, E18, E21, E24: whatever happens."""
    first, steps = first_seed(), STEPS[unit.dialect]
    with capsys.disabled():
        sys.stdout.write(f"\nstories on {unit.dialect}: {SEED}={first}\n")
    Days.town, Days.lived = a_town(unit), 0
    bounds = settings(
        max_examples=-(-steps // LENGTH), stateful_step_count=LENGTH, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=True,
    )  # fmt: skip
    while Days.lived < steps:
        first += 1
        seeded: Callable[[], RuleBasedStateMachine] = seed(first)(Days)
        run_state_machine_as_test(seeded, settings=bounds)
    assert Days.lived >= steps
