"""The card and its password: every wrong answer is the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import bindparam, select

from factories import a_patron
from fakes import FrozenClock
from navette.errors import SignInRefused, TooManyAttempts
from navette.network.network import Network
from navette.patrons.tables import CardNumber, Patron
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth.cards import card_number, sign_in_with_card
from navette_auth.passwords import Cost, hash_password, outdated

CARD, PASSWORD, HERE = "20590000012345", "tilleul-parapluie-horizon", "203.0.113.7"
_p = table(Patron).c
HASH_OF = Query(select(_p.password_hash).where(_p.id == bindparam("patron")), scalar)


@pytest.mark.parametrize(
    "typed", ["2059 0000 0123 45", "2059.0000.0123-45", "\u00a020590000012345 "]
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert card_number(typed) == CARD


def test_card_and_password_open(unit: Unit, clock: FrozenClock, alice: int) -> None:
    assert sign_in_with_card(unit, clock, "2059 0000 0123 45", PASSWORD, HERE) == alice


def test_an_older_number_of_a_library_opens_the_same_card(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    unit.write(lambda tx: tx.insert(CardNumber, number="LYS042", patron_id=alice, kind="old"))
    assert sign_in_with_card(unit, clock, "lys 042", PASSWORD, HERE) == alice


@pytest.mark.parametrize(
    ("card", "password"), [(CARD, "wrong"), ("20599999999999", PASSWORD), ("", ""), (CARD, "")]
)
def test_every_wrong_answer_is_the_same(
    unit: Unit, clock: FrozenClock, alice: int, card: str, password: str
) -> None:
    with pytest.raises(SignInRefused) as refusal:
        sign_in_with_card(unit, clock, card, password, HERE)
    assert str(refusal.value) == str(SignInRefused())


def test_a_closed_card_and_one_without_password_do_not_open(
    unit: Unit, clock: FrozenClock, network: Network
) -> None:
    a_patron(unit, card="1", closed_at=clock.now(), password_hash=hash_password(PASSWORD))
    a_patron(unit, card="2")
    for card in ("1", "2"):
        with pytest.raises(SignInRefused):
            sign_in_with_card(unit, clock, card, "", HERE)
        with pytest.raises(SignInRefused):
            sign_in_with_card(unit, clock, card, PASSWORD, HERE)


@pytest.mark.parametrize("card", [CARD, "20599999999999"])
def test_guessing_gets_slow_whether_the_card_exists_or_not(
    unit: Unit, clock: FrozenClock, alice: int, card: str
) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            sign_in_with_card(unit, clock, card, "wrong", HERE)
    with pytest.raises(TooManyAttempts) as refusal:
        sign_in_with_card(unit, clock, card, PASSWORD, HERE)
    assert refusal.value.retry_after == 1


def test_the_right_password_after_the_wait_opens(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            sign_in_with_card(unit, clock, CARD, "wrong", HERE)
    clock.advance(seconds=1)
    assert sign_in_with_card(unit, clock, CARD, PASSWORD, HERE) == alice


def test_an_old_hash_is_made_anew_at_the_next_sign_in(
    unit: Unit, clock: FrozenClock, network: Network
) -> None:
    old = hash_password(PASSWORD, Cost(passes=1, memory=1024))
    patron = a_patron(unit, card="7", password_hash=old)
    sign_in_with_card(unit, clock, "7", PASSWORD, HERE)
    with unit.read() as reader:
        kept = reader.one(HASH_OF, patron=patron)
    assert kept != old
    assert not outdated(kept)


def test_a_right_password_given_many_times_at_once_is_right_each_time(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    with ThreadPoolExecutor(12) as pool:
        ways_in = [
            pool.submit(sign_in_with_card, unit, clock, CARD, PASSWORD, HERE) for _ in range(12)
        ]
        assert [way.result() for way in ways_in] == [alice] * 12
