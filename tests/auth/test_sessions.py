"""Sessions: who is there, for how long, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from fakes import FrozenClock
from navette.errors import NotSignedIn
from navette.network.network import Network
from navette.patrons.tables import Patron
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth.sessions import (
    DESK,
    NOBODY,
    OWN_PHONE,
    Holder,
    Limits,
    Visitor,
    cookie_name,
    devices_of,
    end_of_sid,
    end_others,
    end_session,
    open_session,
    visitor_of,
    visitor_of_value,
)
from navette_auth.staff import StaffMember, add_staff
from navette_auth.tables import AuthSession, Staff

HASHES = Query(select(table(AuthSession).c.token_hash), scalar)


def _open(
    unit: Unit, clock: FrozenClock, holder: Holder, limits: Limits = OWN_PHONE, **given: str
) -> str:
    return unit.write(lambda tx: open_session(tx, clock.now(), holder, limits, **given))


def test_the_cookie_is_a_host_cookie_where_there_is_https() -> None:
    assert cookie_name(Settings()) == "navette"
    assert cookie_name(Settings(base_url="https://navette.example.org")) == "__Host-navette"


def test_a_session_says_who_is_there(unit: Unit, clock: FrozenClock, alice: int) -> None:
    value = _open(unit, clock, Holder(patron_id=alice))
    visitor = visitor_of(unit, clock, {"navette": value}, Settings())
    assert visitor.patron_id == alice
    assert visitor.signed_in
    assert visitor.actor().patron_id == alice
    assert not visitor.actor().is_staff


def test_a_plain_cookie_counts_for_nothing_where_there_is_https(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    value = _open(unit, clock, Holder(patron_id=alice))
    https = Settings(base_url="https://navette.example.org")
    assert visitor_of(unit, clock, {"navette": value}, https) is NOBODY
    assert visitor_of(unit, clock, {"__Host-navette": value}, https).patron_id == alice


@pytest.mark.parametrize("value", [None, "", "x", "é" * 50, "a" * 50, "a" * 5000])
def test_any_other_value_is_nobody(unit: Unit, clock: FrozenClock, value: str | None) -> None:
    assert visitor_of_value(unit, clock, value) is NOBODY


def test_only_a_hash_is_kept(unit: Unit, clock: FrozenClock, alice: int) -> None:
    value = _open(unit, clock, Holder(patron_id=alice))
    with unit.read() as reader:
        kept = reader.one(HASHES)
    assert value not in kept
    assert visitor_of_value(unit, clock, kept) is NOBODY


def test_a_phone_in_use_stays_signed_in_until_the_absolute_end(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    value = _open(unit, clock, Holder(patron_id=alice))
    for _ in range(4):
        clock.advance(days=99)
        assert visitor_of_value(unit, clock, value).signed_in
    clock.advance(days=4)
    assert visitor_of_value(unit, clock, value) is NOBODY


def test_a_phone_left_in_a_drawer_is_signed_out(unit: Unit, clock: FrozenClock, alice: int) -> None:
    value = _open(unit, clock, Holder(patron_id=alice))
    clock.advance(days=180)
    assert visitor_of_value(unit, clock, value) is NOBODY


def test_a_desk_locks_after_a_quarter_of_an_hour_without_a_scan(
    unit: Unit, clock: FrozenClock, agent: int
) -> None:
    value = _open(unit, clock, Holder(staff_id=agent), DESK)
    for _ in range(8):
        clock.advance(minutes=14)
        visitor = visitor_of_value(unit, clock, value)
        assert visitor.staff == StaffMember(agent, "agent.leers", "Sonia", "agent", "leers")
    assert visitor.actor().name == f"staff:{agent}"
    assert visitor.actor().library == "leers"
    clock.advance(minutes=15)
    locked = visitor_of_value(unit, clock, value)
    assert (locked.staff, locked.waits_for) == (None, "lock")


@pytest.fixture
def agent(unit: Unit, clock: FrozenClock, network: Network) -> int:
    library = network.library("leers").id
    return unit.write(
        lambda tx: add_staff(
            tx, clock, login="agent.leers", name="Sonia", role="agent", library_id=library,
            password_hash="",
        )
    )  # fmt: skip


def test_who_left_the_team_or_closed_the_card_is_nobody_at_once(
    unit: Unit, clock: FrozenClock, alice: int, agent: int
) -> None:
    desk, phone = (
        _open(unit, clock, Holder(staff_id=agent)),
        _open(unit, clock, Holder(patron_id=alice)),
    )
    unit.write(lambda tx: tx.execute(update(table(Staff)).values(active=False)))
    unit.write(lambda tx: tx.execute(update(table(Patron)).values(closed_at=clock.now())))
    assert visitor_of_value(unit, clock, desk) is NOBODY
    assert visitor_of_value(unit, clock, phone) is NOBODY


def test_a_new_session_ends_the_one_it_replaces(unit: Unit, clock: FrozenClock, alice: int) -> None:
    first = _open(unit, clock, Holder(patron_id=alice))
    second = _open(unit, clock, Holder(patron_id=alice), replacing=first)
    assert first != second
    assert visitor_of_value(unit, clock, first) is NOBODY
    assert visitor_of_value(unit, clock, second).signed_in


def test_devices_are_listed_and_ended(unit: Unit, clock: FrozenClock, alice: int) -> None:
    values = [_open(unit, clock, Holder(patron_id=alice), device=f"d{n}") for n in range(3)]
    here = visitor_of_value(unit, clock, values[0])
    with unit.read() as reader:
        assert {d.device for d in devices_of(reader, alice, clock.now())} == {"d0", "d1", "d2"}
    unit.write(lambda tx: end_others(tx, alice, clock.now(), but=here.session_id or 0))
    assert visitor_of_value(unit, clock, values[0]).signed_in
    assert not visitor_of_value(unit, clock, values[1]).signed_in
    unit.write(lambda tx: end_session(tx, here.session_id or 0, clock.now()))
    assert not visitor_of_value(unit, clock, values[0]).signed_in
    with unit.read() as reader:
        assert devices_of(reader, alice, clock.now()) == []


def test_sessions_without_a_provider_are_not_ended_by_an_empty_sid(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    value = _open(unit, clock, Holder(patron_id=alice))
    assert unit.write(lambda tx: end_of_sid(tx, "", "", clock.now())) == 0
    assert visitor_of_value(unit, clock, value).signed_in


def test_looking_writes_at_most_once_an_hour(unit: Unit, clock: FrozenClock, alice: int) -> None:
    value = _open(unit, clock, Holder(patron_id=alice))
    clock.advance(minutes=59)
    visitor_of_value(unit, clock, value)
    with unit.read() as reader:
        assert devices_of(reader, alice, clock.now())[0].seen_at < clock.now()
    clock.advance(minutes=2)
    visitor_of_value(unit, clock, value)
    with unit.read() as reader:
        assert devices_of(reader, alice, clock.now())[0].seen_at == clock.now()


def test_an_identity_without_a_card_is_signed_in_but_cannot_act() -> None:
    visitor = Visitor(session_id=1, identity_id=2)
    assert visitor.signed_in
    assert visitor.to_link
    assert not replace(visitor, patron_id=3).to_link
    with pytest.raises(NotSignedIn):
        visitor.actor()
    assert timedelta(days=400) == OWN_PHONE.absolute
