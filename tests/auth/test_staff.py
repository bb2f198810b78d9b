"""The team: login, password and a code that serves once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from fakes import FrozenClock
from navette.errors import BadInput, Duplicate, SignInRefused
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth.passwords import hash_password
from navette_auth.staff import (
    add_staff,
    library_id_of,
    matching_step,
    member_by_login,
    new_totp_secret,
    sign_in_staff,
)

PASSWORD, HERE = "marronnier-théière-balcon", "203.0.113.7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def agent(unit: Unit, network: Network, clock: FrozenClock) -> int:
    return _a_member(unit, network, clock, "agent.hem")


@pytest.fixture
def coordinator(unit: Unit, network: Network, clock: FrozenClock) -> int:
    return _a_member(unit, network, clock, "coordination", "coordinator", SECRET)


def _a_member(
    unit: Unit, network: Network, clock: FrozenClock, login: str, role: str = "agent",
    secret: str | None = None,
) -> int:  # fmt: skip
    library = network.library("hem").id
    kept = hash_password(PASSWORD)
    return unit.write(
        lambda tx: add_staff(
            tx, clock, login=login, name="Claire", role=role, library_id=library,
            password_hash=kept, totp_secret=secret,
        )
    )  # fmt: skip


def _code(clock: FrozenClock, steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(clock.now() + timedelta(seconds=30 * steps))


def test_login_and_password_open_the_desk_of_ones_library(
    unit: Unit, clock: FrozenClock, agent: int
) -> None:
    member = sign_in_staff(unit, clock, " Agent.HEM ", PASSWORD, "", HERE)
    assert (member.id, member.role, member.library) == (agent, "agent", "hem")


@pytest.mark.parametrize(("login", "password"), [("agent.hem", "x"), ("nobody", PASSWORD)])
def test_every_wrong_answer_is_the_same(
    unit: Unit, clock: FrozenClock, agent: int, login: str, password: str
) -> None:
    with pytest.raises(SignInRefused):
        sign_in_staff(unit, clock, login, password, "", HERE)


def test_the_second_factor_is_asked_where_there_is_one(
    unit: Unit, clock: FrozenClock, coordinator: int
) -> None:
    for code in ("", "000000", _code(clock, 3)):
        with pytest.raises(SignInRefused):
            sign_in_staff(unit, clock, "coordination", PASSWORD, code, HERE, wall=clock)
    member = sign_in_staff(unit, clock, "coordination", PASSWORD, _code(clock), HERE, wall=clock)
    assert member.role == "coordinator"


def test_a_code_serves_once_and_an_older_one_no_more(
    unit: Unit, clock: FrozenClock, coordinator: int
) -> None:
    sign_in_staff(unit, clock, "coordination", PASSWORD, _code(clock), HERE, wall=clock)
    for steps in (0, -1):
        with pytest.raises(SignInRefused):
            sign_in_staff(
                unit, clock, "coordination", PASSWORD, _code(clock, steps), HERE, wall=clock
            )
    clock.advance(seconds=30)
    sign_in_staff(unit, clock, "coordination", PASSWORD, _code(clock), HERE, wall=clock)


def test_a_watch_that_is_half_a_minute_off_still_serves(clock: FrozenClock) -> None:
    assert matching_step(SECRET, _code(clock, -1), clock) is not None
    assert matching_step(SECRET, _code(clock, 1), clock) is not None
    assert matching_step(SECRET, _code(clock, 2), clock) is None


def test_the_code_alone_does_not_open(unit: Unit, clock: FrozenClock, coordinator: int) -> None:
    with pytest.raises(SignInRefused):
        sign_in_staff(unit, clock, "coordination", "wrong", _code(clock), HERE, wall=clock)
    sign_in_staff(unit, clock, "coordination", PASSWORD, _code(clock), HERE, wall=clock)


def test_a_role_is_one_of_three_and_a_login_is_taken_once(
    unit: Unit, network: Network, clock: FrozenClock, agent: int
) -> None:
    with pytest.raises(BadInput):
        _a_member(unit, network, clock, "x", "director")
    with pytest.raises(Duplicate):
        _a_member(unit, network, clock, "AGENT.hem")


def test_members_and_libraries_are_found_by_name(unit: Unit, network: Network, agent: int) -> None:
    with unit.read() as reader:
        found = member_by_login(reader, "AGENT.hem")
        assert found is not None
        assert found.id == agent
        assert library_id_of(reader, "HEM") == network.library("hem").id
    assert len(new_totp_secret()) == 32


def test_one_code_given_twice_at_once_opens_once(
    unit: Unit, clock: FrozenClock, coordinator: int
) -> None:
    def enter(address: str) -> bool:
        try:
            sign_in_staff(unit, clock, "coordination", PASSWORD, _code(clock), address, wall=clock)
        except SignInRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(enter, [f"203.0.113.{n}" for n in range(4)]))
    assert opened.count(True) == 1
