"""The team: login, password and a code that serves once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from fakes import FrozenClock
from navette.errors import BadInput, Duplicate, SignInRefused, TooManyAttempts
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth import second_factors, staff
from navette_auth.opaque import fresh
from navette_auth.passwords import hash_password
from navette_auth.staff import (
    Entering,
    StaffMember,
    add_staff,
    library_id_of,
    matching_step,
    member_by_login,
    new_totp_secret,
)
from navette_auth.vault import Vault

PASSWORD, HERE = "marronnier-théière-balcon", "203.0.113.7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
VAULT = Vault(["k" * 40])


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
            password_hash=kept, totp_secret=VAULT.seal(secret) if secret else None,
        )
    )  # fmt: skip


def sign_in_staff(
    unit: Unit, clock: FrozenClock, login: str, password: str, code: str, client: str,
    **given: Any,
) -> StaffMember:  # fmt: skip
    vault, shown = given.pop("vault", VAULT), Entering(login, password, code)
    return staff.sign_in_staff(unit, clock, vault, shown, client=client, **given)


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


def _lying(unit: Unit, member: int) -> str | None:
    with unit.read() as reader:
        return second_factors.factors_of(reader, member).totp


def test_a_secret_lies_sealed_and_is_sealed_anew_when_the_key_changes(
    unit: Unit, clock: FrozenClock, coordinator: int
) -> None:
    lying = _lying(unit, coordinator)
    assert lying is not None
    assert SECRET not in lying
    both, alone = Vault(["n" * 40, "k" * 40]), Vault(["n" * 40])
    assert second_factors.reseal(unit, both) == 1
    assert _lying(unit, coordinator) != lying
    entered = sign_in_staff(
        unit, clock, "coordination", PASSWORD, _code(clock), HERE, wall=clock, vault=alone
    )
    assert entered.id == coordinator, "the old key can be taken away after one night"


def test_a_secret_that_no_key_opens_opens_nothing(
    unit: Unit, clock: FrozenClock, coordinator: int
) -> None:
    """A lost key must not turn two factors into one."""
    lost = Vault(["z" * 40])
    for code in ("", _code(clock), "000000"):
        with pytest.raises(SignInRefused):
            sign_in_staff(unit, clock, "coordination", PASSWORD, code, HERE, wall=clock, vault=lost)
    before = _lying(unit, coordinator)
    second_factors.reseal(unit, lost)
    assert _lying(unit, coordinator) == before, "left for the key that may come back"


def test_a_secret_from_before_is_sealed_by_the_night_and_serves_meanwhile(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    member = _a_member(unit, network, clock, "ancienne", "coordinator", SECRET)
    unit.write(lambda tx: tx.driver.execute(f"UPDATE staff SET totp_secret = '{SECRET}'"))
    entered = sign_in_staff(unit, clock, "ancienne", PASSWORD, _code(clock), HERE, wall=clock)
    assert entered.id == member
    assert second_factors.reseal(unit, VAULT) == 1
    assert VAULT.open(_lying(unit, member) or "") == SECRET


def test_the_reading_room_cannot_keep_the_desk_out(
    unit: Unit, clock: FrozenClock, agent: int
) -> None:
    """Behind the library's own address somebody knocks without end: the desk's computer is known."""
    desk = fresh()
    sign_in_staff(unit, clock, "agent.hem", PASSWORD, "", HERE, device=desk)
    refused: list[type[Exception]] = []
    for n in range(120):
        with pytest.raises((SignInRefused, TooManyAttempts)) as refusal:
            sign_in_staff(unit, clock, f"x{n}" if n % 2 else "agent.hem", "x", "", HERE)
        refused.append(refusal.type)
    assert TooManyAttempts in refused
    assert sign_in_staff(unit, clock, "agent.hem", PASSWORD, "", HERE, device=desk).id == agent
    with pytest.raises(TooManyAttempts):  # a browser that nobody knows waits like the guesser
        sign_in_staff(unit, clock, "agent.hem", PASSWORD, "", HERE, device=fresh())
