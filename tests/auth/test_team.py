"""The team: who may appoint whom, what a change ends, and that somebody always coordinates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fakes import FrozenClock
from navette.circulation.finding import crew_of
from navette.errors import BadInput, Forbidden, NotFound, SignInRefused
from navette.ils.roles import RIGHTS, Right, may, may_appoint, may_stand_in
from navette.ils.views import Actor
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth import team
from navette_auth.flows import SignIn
from navette_auth.opening import Caller
from navette_auth.sessions import NOBODY, visitor_of_value
from navette_auth.staff import Entering, StaffMember, add_staff, sign_in_staff
from navette_auth.team import Change, NewPassword
from navette_auth.tokens import create_token, visitor_of_token
from navette_auth.vault import Vault

GIVEN = NewPassword("un-mot-de-passe-remis", "")
Member = Callable[..., StaffMember]


@pytest.fixture
def member(unit: Unit, network: Network, clock: FrozenClock) -> Member:
    def make(role: str, library: str = "hem", login: str = "") -> StaffMember:
        name = login or f"{role}.{library}"
        new = unit.write(
            lambda tx: add_staff(
                tx, clock, login=name, name=name, role=role, password_hash="",
                library_id=network.library(library).id,
            )
        )  # fmt: skip
        return StaffMember(new, name, name, role, library)

    return make


def _enter(unit: Unit, clock: FrozenClock, login: str, password: str) -> StaffMember:
    shown = Entering(login, password)
    return sign_in_staff(unit, clock, Vault(()), shown, client="203.0.113.9")


def test_each_role_has_its_rights_and_a_stranger_none() -> None:
    assert may("volunteer", Right.DESK)
    assert not may("volunteer", Right.READERS)
    assert not may("driver", Right.DESK)
    assert [role for role in RIGHTS if may(role, Right.NETWORK)] == ["coordinator"]
    assert [role for role in RIGHTS if may(role, Right.TEAM)] == ["head", "coordinator"]
    assert not any(may("director", right) for right in Right)


@pytest.mark.parametrize("other", [*RIGHTS, "director"])
def test_a_head_appoints_volunteers_and_agents_only(other: str) -> None:
    assert may_appoint("head", other) == (other in {"volunteer", "agent"})
    assert may_appoint("coordinator", other) == (other in RIGHTS)
    assert not may_appoint("agent", other)


def test_who_may_stand_in_at_a_neighbours_desk() -> None:
    assert [role for role in RIGHTS if not may_stand_in(role, elsewhere=True)] == ["volunteer"]
    stay = [role for role in RIGHTS if not may_stand_in(role, elsewhere=False)]
    assert stay == ["volunteer", "agent", "head"]


def test_a_desk_of_another_library_is_closed_to_who_may_not_stand_in(network: Network) -> None:
    strict = replace(network, facts={**network.facts, "staff_elsewhere": False})
    agent, volunteer = (
        Actor("staff", staff_id=1, library="hem", role=role) for role in ("agent", "volunteer")
    )
    assert crew_of(network, agent, "leers").code == "leers"
    for where, who in ((strict, agent), (network, volunteer)):
        assert crew_of(where, who, "").code == "hem"
        with pytest.raises(Forbidden):
            crew_of(where, who, "leers")


def test_a_head_looks_after_one_library(unit: Unit, clock: FrozenClock, member: Member) -> None:
    head, here, there = member("head"), member("agent"), member("agent", "leers")
    peer = member("head", login="autre")
    with unit.read() as reader:
        assert {row.id for row in team.team_of(reader, head)} == {head.id, here.id, peer.id}
        assert team.colleague(reader, head, here.id).login == "agent.hem"
        for other in (there, peer, head):
            with pytest.raises(NotFound):
                team.colleague(reader, head, other.id)
        with pytest.raises(Forbidden):
            team.team_of(reader, here)
    for change in (Change("x", "head", "hem"), Change("x", "agent", "leers")):
        with pytest.raises(Forbidden):
            unit.write(lambda tx, to=change: team.alter(tx, head, clock, here.id, to))
        with pytest.raises(Forbidden):
            unit.write(lambda tx, to=change: team.appoint(tx, head, clock, "n", to, GIVEN))


def test_a_new_colleague_enters_with_the_password_that_was_handed_over(
    unit: Unit, clock: FrozenClock, member: Member
) -> None:
    chief, password = member("coordinator"), team.new_password()
    change = Change("Zoé", "volunteer", "leers")
    new = unit.write(lambda tx: team.appoint(tx, chief, clock, " Zoe.Leers ", change, password))
    entered = _enter(unit, clock, "zoe.leers", password.text)
    assert (entered.id, entered.role, entered.library) == (new, "volunteer", "leers")
    with pytest.raises(BadInput) as refusal:
        unit.write(lambda tx: team.appoint(tx, chief, clock, "ZOE.leers", change, password))
    assert (refusal.value.field, refusal.value.reason) == ("login", "taken")


@pytest.mark.parametrize(
    "change",
    [
        Change("Zoé", "agent", "leers"),
        Change("Zoé", "volunteer", "hem"),
        Change("Zoé", "agent", "hem", active=False),
    ],
)
def test_a_change_of_privilege_signs_out(
    ways: SignIn, caller: Caller, unit: Unit, clock: FrozenClock, member: Member, change: Change
) -> None:
    chief, zoe = member("coordinator"), member("agent", login="Zoé")
    session = ways._open(caller, ways.of_the_team(zoe))
    unit.write(lambda tx: team.alter(tx, chief, clock, zoe.id, Change("Zoé B", "agent", "hem")))
    assert visitor_of_value(unit, clock, session).staff is not None, "a name is no privilege"
    unit.write(lambda tx: team.alter(tx, chief, clock, zoe.id, change))
    assert visitor_of_value(unit, clock, session) is NOBODY


def test_somebody_always_coordinates(unit: Unit, clock: FrozenClock, member: Member) -> None:
    chief = member("coordinator")
    for change in (Change("x", "agent", "hem"), Change("x", "coordinator", "hem", active=False)):
        with pytest.raises(BadInput):
            unit.write(lambda tx, to=change: team.alter(tx, chief, clock, chief.id, to))
    member("coordinator", login="suite")
    unit.write(lambda tx: team.alter(tx, chief, clock, chief.id, Change("x", "agent", "hem")))


def test_a_renewed_password_ends_the_old_one(
    ways: SignIn, caller: Caller, unit: Unit, clock: FrozenClock, member: Member
) -> None:
    chief, zoe, new = member("coordinator"), member("agent"), team.new_password()
    session = ways._open(caller, ways.of_the_team(zoe))
    program = create_token(unit, clock, staff_id=zoe.id).text
    unit.write(lambda tx: team.renew_password(tx, chief, clock, zoe.id, new))
    assert visitor_of_value(unit, clock, session) is NOBODY
    assert visitor_of_token(unit, clock, program) is None, "nor does a program go on in their name"
    assert _enter(unit, clock, zoe.login, new.text).id == zoe.id
    with pytest.raises(SignInRefused):
        _enter(unit, clock, zoe.login, "autre")
