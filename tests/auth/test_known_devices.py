"""A neighbour's guesses slow strangers, and never a phone that the card knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from factories import a_patron
from fakes import FrozenClock
from navette.errors import SignInRefused, TooManyAttempts
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.database import open_unit
from navette.storage.unit import Unit
from navette_auth.cards import sign_in_with_card
from navette_auth.cookies import machine_of, name_machine
from navette_auth.flows import SignIn
from navette_auth.known_devices import forget_devices, knows, sweep
from navette_auth.opaque import fresh
from navette_auth.opening import Caller
from navette_auth.throttle import attempt, subjects_of
from navette_auth.vault import Vault
from two_libraries import two_libraries

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
HOME = "203.0.113.7"
words = st.text(min_size=1, max_size=60)


def _guess(unit: Unit, clock: FrozenClock, device: str = "", times: int = 60) -> None:
    for _ in range(times):
        try:
            sign_in_with_card(unit, clock, CARD, "wrong", HOME, device)
        except (SignInRefused, TooManyAttempts):
            continue


def _at_once(unit: Unit, clock: FrozenClock, device: str) -> bool:
    try:
        sign_in_with_card(unit, clock, CARD, PASSWORD, HOME, device)
    except TooManyAttempts:
        return False
    return True


@given(words, words, words, words)
def test_nobody_else_counts_against_a_known_device(
    name: str, other: str, device: str, client: str
) -> None:
    own = {subject.name for subject in subjects_of("card", name, client, device)}
    theirs = {
        subject.name
        for who in (name, other)
        for subject in (
            *subjects_of("card", who, client),
            *subjects_of("card", who, client, device + "'"),
        )
    }
    assert not own & theirs


def test_a_neighbour_behind_the_same_address_cannot_slow_the_owner_s_phone(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    phone = fresh()
    assert _at_once(unit, clock, phone)
    _guess(unit, clock)
    assert not _at_once(unit, clock, ""), "a stranger waits"
    assert not _at_once(unit, clock, fresh()), "so does a browser never seen here"
    assert _at_once(unit, clock, phone)


def test_a_known_device_has_a_budget_and_no_more(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    phone, laptop = fresh(), fresh()
    assert _at_once(unit, clock, phone)
    assert _at_once(unit, clock, laptop)
    _guess(unit, clock, phone, times=6)
    assert not _at_once(unit, clock, phone)
    assert _at_once(unit, clock, laptop)


def test_a_device_of_one_card_is_a_stranger_to_another(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    phone, other = fresh(), a_patron(unit)
    assert _at_once(unit, clock, phone)
    with unit.read() as reader:
        assert knows(reader, phone, alice)
        assert not knows(reader, phone, other)
        assert not knows(reader, "", alice)


def test_a_restart_forgives_nothing_and_forgets_no_device(
    unit: Unit, clock: FrozenClock, alice: int, database_url: str
) -> None:
    phone = fresh()
    assert _at_once(unit, clock, phone)
    _guess(unit, clock)
    after = open_unit(database_url)
    assert not _at_once(after, clock, "")
    assert _at_once(after, clock, phone)
    after.close()


def test_devices_are_forgotten_with_the_password_and_in_time(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    phone, laptop = fresh(), fresh()
    assert _at_once(unit, clock, phone)
    assert _at_once(unit, clock, laptop)
    assert unit.write(lambda tx: forget_devices(tx, alice, but=phone)) == 1
    assert unit.write(lambda tx: sweep(tx, clock.now())) == 0
    clock.advance(days=401)
    assert unit.write(lambda tx: sweep(tx, clock.now())) == 1


def _asking(cookie: str) -> Request:
    raw = [(b"cookie", f"navette-shared={cookie}".encode("latin-1"))]
    return Request({"type": "http", "headers": raw})


def test_a_computer_of_the_reading_room_counts_for_itself(
    unit: Unit, clock: FrozenClock, ways: SignIn, alice: int
) -> None:
    """Somebody on the library's network knocks without end; its own computers are not slowed."""
    settings, vault = Settings(), Vault(["k" * 40])
    named = name_machine(vault)
    machine = machine_of(_asking(named), settings, vault)
    assert machine.startswith("machine:")
    kind, name, mark = named.split(".")
    forged = (
        "visit",
        "always",
        f"{kind}.{fresh()}.{mark}",
        f"{kind}.{name}.x",
        f"{kind}.{name}",
        "",
    )
    for cookie in forged:
        assert machine_of(_asking(cookie), settings, vault) == "", cookie
    assert machine_of(_asking(named), settings, Vault(["other" * 8])) == ""
    for number in range(64):
        with suppress(TooManyAttempts):
            attempt(unit, subjects_of("card", f"{number}", "203.0.113.7"), clock.now())
    with pytest.raises(TooManyAttempts):
        ways.with_card(Caller("203.0.113.7"), CARD, PASSWORD)
    assert ways.with_card(Caller(machine, shared=True), CARD, PASSWORD)


@pytest.fixture
def both(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    with two_libraries(unit, clock, tmp_path) as running:
        yield running


def test_a_browser_is_known_by_its_cookie(both: SimpleNamespace, alice: int) -> None:
    mine, stranger = both.browser(), both.browser()
    form = {"card": CARD, "password": PASSWORD, "next": "/compte/appareils"}
    mine.go("/connexion/carte", data=form)
    mine.go("/deconnexion", data={})
    for _ in range(8):
        stranger.go("/connexion/carte", data=form | {"password": "wrong"})
    assert stranger.go("/connexion/carte", data=form).status_code == 429
    assert mine.go("/connexion/carte", data=form).status_code == 200
