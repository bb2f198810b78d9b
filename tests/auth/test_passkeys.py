"""Passkeys: one challenge, one use; ours alone; patrons and the team never mixed up."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from factories import a_patron
from fakes import FrozenClock
from navette.errors import BadInput, NotFound, SignInRefused
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.passkeys import MOST, Passkeys, Subject, keys_of, remove_key
from navette_auth.staff import add_staff
from soft_authenticator import PRESENT, SoftAuthenticator

HERE, DOMAIN = "https://navette.example.org", "navette.example.org"


@pytest.fixture
def passkeys(unit: Unit, clock: FrozenClock) -> Passkeys:
    return Passkeys(Settings(base_url=HERE), unit, clock)


@pytest.fixture
def emma(unit: Unit, network: Network) -> Subject:
    return Subject("patron", a_patron(unit), "20590000000001", "Emma Essai")


@pytest.fixture
def phone() -> SoftAuthenticator:
    return SoftAuthenticator(HERE, DOMAIN)


def added(passkeys: Passkeys, subject: Subject, phone: SoftAuthenticator) -> int:
    return passkeys.add(subject, phone.make(passkeys.ask_to_add(subject)), "iPhone")


def test_a_passkey_signs_its_patron_in(
    passkeys: Passkeys, emma: Subject, phone: SoftAuthenticator, clock: FrozenClock
) -> None:
    added(passkeys, emma, phone)
    assert passkeys.prove(phone.show(passkeys.ask_to_enter()), "patron") == emma.id
    with passkeys.unit.read() as reader:
        (key,) = keys_of(reader, emma)
    assert (key.label, key.last_used_at) == ("iPhone", clock.now())


def test_the_team_and_patrons_are_never_mixed_up(
    passkeys: Passkeys, emma: Subject, phone: SoftAuthenticator, unit: Unit, network: Network,
    clock: FrozenClock,
) -> None:  # fmt: skip
    library = network.library("hem").id
    nora = unit.write(
        lambda tx: add_staff(
            tx, clock, login="nora", name="Nora", role="agent", library_id=library, password_hash=""
        )
    )
    added(passkeys, Subject("staff", nora, "nora", "Nora"), phone)
    assert passkeys.prove(phone.show(passkeys.ask_to_enter()), "staff") == nora
    with pytest.raises(SignInRefused):
        passkeys.prove(phone.show(passkeys.ask_to_enter()), "patron")


def test_a_challenge_serves_once_and_for_five_minutes(
    passkeys: Passkeys, emma: Subject, phone: SoftAuthenticator, clock: FrozenClock
) -> None:
    added(passkeys, emma, phone)
    shown = phone.show(passkeys.ask_to_enter())
    assert passkeys.prove(shown, "patron") == emma.id
    with pytest.raises(SignInRefused):
        passkeys.prove(shown, "patron")
    late = phone.show(passkeys.ask_to_enter())
    clock.advance(minutes=5, seconds=1)
    with pytest.raises(SignInRefused):
        passkeys.prove(late, "patron")


def test_one_s_challenge_adds_no_key_to_another_s_card(
    passkeys: Passkeys, emma: Subject, phone: SoftAuthenticator, unit: Unit
) -> None:
    other = Subject("patron", a_patron(unit), "20590000000002", "Autre")
    made = phone.make(passkeys.ask_to_add(emma))
    with pytest.raises(SignInRefused):
        passkeys.add(other, made)
    with pytest.raises(SignInRefused):  # a challenge to sign in adds nothing either
        passkeys.add(emma, phone.make(passkeys.ask_to_enter()))


def _with(phone: SoftAuthenticator, **given: Any) -> SoftAuthenticator:
    for name, value in given.items():
        setattr(phone, name, value)
    return phone


def _signed_by_another(phone: SoftAuthenticator, options: str) -> str:
    other = SoftAuthenticator(HERE, DOMAIN)
    other.id, other.count = phone.id, phone.count
    return other.show(options)


WRONG: dict[str, Callable[[SoftAuthenticator, str], str]] = {
    "another site": lambda p, o: p.show(o, origin="https://evil.example"),
    "another kind of answer": lambda p, o: p.show(o, type="webauthn.create"),
    "a challenge of its own": lambda p, o: p.show(o, challenge="AAAA"),
    "nobody verified": lambda p, o: _with(p, flags=PRESENT).show(o),
    "a domain of its own": lambda p, o: _with(p, domain="evil.example").show(o),
    "a counter that goes back": lambda p, o: _with(p, count=0).show(o),
    "a signature of another key": _signed_by_another,
    "no JSON": lambda _p, _o: "{",
    "nothing inside": lambda _p, _o: "{}",
    "a list": lambda _p, _o: "[]",
    "far too long": lambda _p, _o: "x" * 30_000,
    "an id that is a number": lambda p, o: json.dumps({**json.loads(p.show(o)), "id": 7}),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_answer_opens_nothing(
    passkeys: Passkeys, emma: Subject, phone: SoftAuthenticator, how: str
) -> None:
    added(passkeys, emma, phone)
    passkeys.prove(phone.show(passkeys.ask_to_enter()), "patron")  # the counter stands at one
    with pytest.raises(SignInRefused):
        passkeys.prove(WRONG[how](phone, passkeys.ask_to_enter()), "patron")


def test_a_key_goes_with_its_owner_s_word_alone(
    passkeys: Passkeys, emma: Subject, phone: SoftAuthenticator, unit: Unit
) -> None:
    key = added(passkeys, emma, phone)
    other = Subject("patron", a_patron(unit), "20590000000002", "Autre")
    with pytest.raises(NotFound):
        unit.write(lambda tx: remove_key(tx, other, key))
    unit.write(lambda tx: remove_key(tx, emma, key))
    with pytest.raises(SignInRefused):
        passkeys.prove(phone.show(passkeys.ask_to_enter()), "patron")


def test_ten_are_enough(passkeys: Passkeys, emma: Subject) -> None:
    for _ in range(MOST):
        added(passkeys, emma, SoftAuthenticator(HERE, DOMAIN))
    with pytest.raises(BadInput):
        passkeys.ask_to_add(emma)


NAMES = ("https://navette.example.org", "http://localhost:8000")
BARE = ("http://127.0.0.1:8000", "https://[::1]", "http://navette.example.org")


@pytest.mark.parametrize("address", [*NAMES, *BARE])
def test_browsers_make_them_for_names_only(unit: Unit, clock: FrozenClock, address: str) -> None:
    possible = Passkeys(Settings(base_url=address), unit, clock).possible
    assert possible is (address in NAMES)
