"""Nobody learns from an answer, nor from its time, whether a card exists; no session is planted."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from fakes import FrozenClock
from navette.errors import SignInRefused
from navette.network.loading import network_of
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth import cards, passwords
from navette_auth.carrying import Carrying
from navette_auth.code_ways import CodeWays
from navette_auth.codes import PASSWORD as FOR_PASSWORD
from navette_auth.flows import SignIn
from navette_auth.opening import Caller
from navette_auth.sessions import NOBODY, visitor_of_value
from navette_auth.staff import add_staff
from two_libraries import HERE, two_libraries

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
NOBODY_S = "20590000000404"
pytestmark = pytest.mark.slow


@pytest.fixture
def both(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    with two_libraries(unit, clock, tmp_path) as running:
        yield running


FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "signing in": ("/connexion/carte", {"password": "not the right one"}),
    "a password by code": (
        "/connexion/code",
        {"code": "K7M4-PQ2X", "password": "un deux trois ah"},
    ),
    "asking for a code": ("/connexion/oubli", {}),
}


@pytest.mark.parametrize("what", FORMS)
def test_the_answer_is_the_same_whether_the_card_exists_or_not(
    both: SimpleNamespace, alice: int, what: str
) -> None:
    path, form = FORMS[what]
    answers = [
        both.browser().sites[HERE].post(path, data=form | {"card": card}, follow_redirects=False)
        for card in (CARD, NOBODY_S)
    ]
    one, other = (_without_the_number(answer.text) for answer in answers)
    assert one == other
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].headers.get("location") == answers[1].headers.get("location")
    assert sorted(answers[0].headers) == sorted(answers[1].headers)


def _without_the_number(page: str) -> str:
    return re.sub(r"2059\d{10}", "CARD", page)


def test_every_attempt_costs_exactly_one_look_at_a_password(
    ways: SignIn, caller: Caller, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def counted(kept: str, password: str) -> bool:
        looks.append(kept[:9])
        return passwords.verify_password(kept, password)

    monkeypatch.setattr(cards, "verify_password", counted)
    for number, card in enumerate((CARD, NOBODY_S)):
        with pytest.raises(SignInRefused):
            ways.with_card(replace(caller, client=f"198.51.100.{number}"), card, "wrong")
        assert len(looks) == number + 1


def test_the_time_is_the_same_too(ways: SignIn, caller: Caller, alice: int) -> None:
    """The best of several of each, in turns and by the processor, so that no other work decides."""
    best = {CARD: 9.0, NOBODY_S: 9.0}
    for number in range(8):
        for card in (CARD, NOBODY_S):
            here = replace(caller, client=f"198.51.{100 + number}.{int(card) % 97}")
            begun = time.process_time()
            with pytest.raises(SignInRefused):
                ways.with_card(here, card, "wrong")
            best[card] = min(best[card], time.process_time() - begun)
    assert 0.6 < best[CARD] / best[NOBODY_S] < 1.67, best


PLANTED = "planted-by-somebody-who-waits-for-the-victim-to-sign-in"


def _with_card(ways: SignIn, caller: Caller, _alice: int) -> str:
    return ways.with_card(caller, CARD, PASSWORD)


def _with_code(ways: SignIn, caller: Caller, alice: int) -> str:
    code = CodeWays(ways).at_desk(FOR_PASSWORD, alice, _staff(ways.unit)).text
    return CodeWays(ways).choose_password(caller, CARD, code, "brume et canapé violet")


def _carried(ways: SignIn, caller: Caller, _alice: int) -> str:
    first = ways.with_card(replace(caller, session=None), CARD, PASSWORD)
    made = Carrying(ways).make(visitor_of_value(ways.unit, ways.clock, first))
    return Carrying(ways).go_on(caller, made.text)


WAYS_IN: dict[str, Callable[[SignIn, Caller, int], str]] = {
    "card": _with_card, "code": _with_code, "another screen": _carried,
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS_IN)
def test_a_planted_session_is_never_the_one_that_opens(
    ways: SignIn, caller: Caller, alice: int, way: str
) -> None:
    opened = WAYS_IN[way](ways, replace(caller, session=PLANTED), alice)
    assert opened != PLANTED
    assert visitor_of_value(ways.unit, ways.clock, PLANTED) is NOBODY
    assert visitor_of_value(ways.unit, ways.clock, opened).patron_id == alice


def test_a_session_that_was_somebody_s_ends_when_another_signs_in_over_it(
    ways: SignIn, caller: Caller, alice: int
) -> None:
    attacker_s = ways.with_card(caller, CARD, PASSWORD)
    victim_s = ways.with_card(replace(caller, session=attacker_s), CARD, PASSWORD)
    assert visitor_of_value(ways.unit, ways.clock, attacker_s) is NOBODY
    assert victim_s != attacker_s


def test_proving_the_password_again_gives_a_new_id_and_ends_the_old_one(
    ways: SignIn, caller: Caller, alice: int
) -> None:
    first = ways.with_card(caller, CARD, PASSWORD)
    visitor = visitor_of_value(ways.unit, ways.clock, first)
    again = ways.prove_again(caller, visitor, CARD, PASSWORD)
    assert visitor_of_value(ways.unit, ways.clock, first) is NOBODY
    assert visitor_of_value(ways.unit, ways.clock, again).patron_id == alice


def _staff(unit: Unit) -> int:
    return unit.write(
        lambda tx: add_staff(
            tx, FrozenClock(), login="nora", name="Nora", role="agent",
            library_id=network_of(tx).library("hem").id, password_hash="",
        )
    )  # fmt: skip
