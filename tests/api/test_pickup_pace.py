"""How fast what was reserved may come, chosen by a program: kept once for its key."""

from __future__ import annotations

from collections.abc import Callable

from api_asking import Asking
from factories import a_patron
from navette.storage.unit import Unit

CHOOSE = """mutation($rhythm: Int, $key: String) {
  it: setPickupPace(input: {rhythm: $rhythm, idempotencyKey: $key}) {
    ... on PickupPaceSet { rhythm } ... on Refusal { code }
  }
}"""


def test_a_choice_sent_again_does_not_put_an_older_one_back(
    as_patron: Callable[[int], Asking], unit: Unit
) -> None:
    ask = as_patron(a_patron(unit))
    assert ask(CHOOSE, rhythm=2, key="first")["it"] == {"rhythm": 2}
    assert ask(CHOOSE, rhythm=4, key="second")["it"] == {"rhythm": 4}
    assert ask(CHOOSE, rhythm=2, key="first")["it"] == {"rhythm": 4}
    assert ask("{ me { pickupPace { rhythm } } }")["me"]["pickupPace"] == {"rhythm": 4}
