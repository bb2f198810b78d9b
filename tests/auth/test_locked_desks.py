"""A desk left alone locks; a badge of the same library takes it over, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest

from fakes import FrozenClock
from navette.errors import NotSignedIn, SignInRefused, TooManyAttempts
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth import second_factors
from navette_auth.badges import give_badge, looks_like_badge
from navette_auth.flows import SignIn
from navette_auth.opening import Caller
from navette_auth.sessions import NOBODY, Visitor, visitor_of_value
from navette_auth.staff import StaffMember, add_staff
from navette_auth.taking_over import lock, take_over

Member = Callable[..., StaffMember]


@pytest.fixture
def member(unit: Unit, network: Network, clock: FrozenClock) -> Member:
    def make(login: str, role: str = "agent", library: str = "hem") -> StaffMember:
        new = unit.write(
            lambda tx: add_staff(
                tx, clock, login=login, name=login.title(), role=role, password_hash="",
                library_id=network.library(library).id,
            )
        )  # fmt: skip
        return StaffMember(new, login, login.title(), role, library)

    return make


def enter(ways: SignIn, caller: Caller, who: StaffMember) -> str:
    return ways._open(caller, ways.of_the_team(who))


def seen(ways: SignIn, session: str | None) -> Visitor:
    return visitor_of_value(ways.unit, ways.clock, session)


def badge(ways: SignIn, who: StaffMember) -> str:
    return ways.unit.write(lambda tx: give_badge(tx, who.id))


def test_a_desk_locks_after_fifteen_minutes_and_stays_locked(
    ways: SignIn, caller: Caller, clock: FrozenClock, member: Member
) -> None:
    session = enter(ways, caller, member("nora"))
    for _ in range(20):
        clock.advance(minutes=14)
        assert seen(ways, session).staff is not None, "used within fifteen minutes, it stays open"
    clock.advance(minutes=15)
    locked = seen(ways, session)
    assert (locked.staff, locked.waits_for) == (None, "lock")
    assert locked.waiting is not None
    assert locked.waiting.name == "Nora"
    assert not locked.signed_in
    assert seen(ways, session).staff is None, "looking at the locked page does not open it"
    clock.advance(hours=12)
    assert seen(ways, session) is NOBODY


def test_a_colleague_takes_over_with_a_badge_within_the_same_day(
    ways: SignIn, caller: Caller, clock: FrozenClock, member: Member
) -> None:
    nora, omar = member("nora"), member("omar", "volunteer")
    first = enter(ways, caller, nora)
    number = badge(ways, omar)
    clock.advance(hours=1)
    second, who = take_over(ways, replace(caller, session=first), seen(ways, first), number)
    assert who == omar
    assert seen(ways, second).staff == omar
    assert seen(ways, first) is NOBODY
    clock.advance(hours=11)
    assert seen(ways, second) is NOBODY, "a badge never prolongs the day of the whole sign-in"


@pytest.mark.parametrize("role", ["coordinator", "head"])
def test_a_role_that_needs_more_than_a_badge_is_refused(
    ways: SignIn, caller: Caller, member: Member, role: str
) -> None:
    strict = replace(ways, settings=replace(ways.settings, staff_second_factor=(role,)))
    here = seen(strict, enter(strict, caller, member("nora")))
    with pytest.raises(SignInRefused) as refusal:
        take_over(strict, caller, here, badge(strict, member("chef", role)))
    assert refusal.value.reason == "badge_role"


def test_a_badge_is_no_way_in_from_the_street(
    ways: SignIn, caller: Caller, member: Member, clock: FrozenClock
) -> None:
    number = badge(ways, member("nora"))
    for visitor in (NOBODY, Visitor(patron_id=1, session_id=1)):
        with pytest.raises(NotSignedIn):
            take_over(ways, caller, visitor, number)
    there = seen(ways, enter(ways, caller, member("sonia", library="leers")))
    with pytest.raises(SignInRefused):
        take_over(ways, caller, there, number)


def test_guessing_badges_gets_slow(ways: SignIn, caller: Caller, member: Member) -> None:
    here = seen(ways, enter(ways, caller, member("nora")))

    def told(number: str) -> type[Exception]:
        with pytest.raises((SignInRefused, TooManyAttempts)) as refusal:
            take_over(ways, caller, here, number)
        return refusal.type

    assert [told(f"2058{n:024d}") for n in range(7)][-1] is TooManyAttempts


def test_a_new_badge_ends_the_old_one(ways: SignIn, caller: Caller, member: Member) -> None:
    nora = member("nora")
    here = seen(ways, enter(ways, caller, nora))
    old, new = badge(ways, nora), badge(ways, nora)
    assert looks_like_badge(new)
    assert not looks_like_badge("20590000012345")
    with pytest.raises(SignInRefused):
        take_over(ways, caller, here, old)
    assert take_over(ways, caller, here, new)[1] == nora


def test_who_leaves_locks(ways: SignIn, caller: Caller, member: Member) -> None:
    session = enter(ways, caller, member("nora"))
    lock(ways, seen(ways, session))
    assert seen(ways, session).waits_for == "lock"
    with pytest.raises(NotSignedIn):
        lock(ways, NOBODY)


def test_the_coordinator_sets_a_second_factor_up_before_anything_opens(
    ways: SignIn, caller: Caller, member: Member, clock: FrozenClock
) -> None:
    strict = replace(ways, settings=replace(ways.settings, env="production"))
    chief = member("chef", "coordinator")
    session = enter(strict, caller, chief)
    waiting = seen(strict, session)
    assert (waiting.staff, waiting.waits_for) == (None, "factor")
    with pytest.raises(NotSignedIn):
        take_over(strict, caller, waiting, badge(strict, member("nora")))
    shown = strict.unit.write(
        lambda tx: second_factors.offer(tx, ways.vault, chief.id, chief.login)
    )
    again = strict.unit.write(
        lambda tx: second_factors.offer(tx, ways.vault, chief.id, chief.login)
    )
    assert again == shown, "a page that is loaded again shows the same secret"
    assert shown.secret in shown.address
    with pytest.raises(SignInRefused):
        strict.unit.write(
            lambda tx: second_factors.confirm(tx, ways.vault, chief.id, "000000", clock)
        )
    code = pyotp.TOTP(shown.secret).at(clock.now())
    strict.unit.write(lambda tx: second_factors.confirm(tx, ways.vault, chief.id, code, clock))
    opened = strict.reopen_for_team(caller, waiting, chief)
    assert seen(strict, opened).staff == chief
    assert seen(strict, session) is NOBODY, "a new session at a change of privilege"
    assert seen(strict, enter(strict, caller, chief)).staff == chief
    strict.unit.write(lambda tx: second_factors.reset(tx, chief.id))
    assert seen(strict, enter(strict, caller, chief)).waits_for == "factor"


def test_in_development_nobody_needs_one_unless_a_setting_says_so(
    ways: SignIn, caller: Caller, member: Member
) -> None:
    assert seen(ways, enter(ways, caller, member("chef", "coordinator"))).staff is not None
