"""Attacks on old proofs: a session left open must not become something that lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from fakes import FrozenClock
from navette.errors import LinkRefused, SignInRefused, TooManyAttempts
from navette.network.network import Network
from navette.storage.unit import Tx, Unit
from navette_auth import codes, second_factors
from navette_auth.badges import give_badge
from navette_auth.carrying import Carrying
from navette_auth.code_ways import CodeWays
from navette_auth.flows import SignIn
from navette_auth.identities import remember_identity, set_card
from navette_auth.linking import FRESH
from navette_auth.opening import Caller
from navette_auth.passwords import hash_password
from navette_auth.providers import Identity
from navette_auth.sessions import NOBODY, Holder, Visitor, visitor_of_value
from navette_auth.staff import StaffMember, add_staff
from navette_auth.tables import Passkey
from navette_auth.taking_over import take_over
from navette_auth.tokens import create_token, visitor_of_token

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
OTHER = Caller("198.51.100.4", "Safari")


def seen(ways: SignIn, session: str) -> Visitor:
    return visitor_of_value(ways.unit, ways.clock, session)


def old(visitor: Visitor, clock: FrozenClock) -> bool:
    return visitor.since is None or clock.now() - visitor.since > FRESH


@pytest.fixture
def member(unit: Unit, network: Network, clock: FrozenClock) -> Callable[..., StaffMember]:
    def make(login: str, role: str = "agent") -> StaffMember:
        new = unit.write(
            lambda tx: add_staff(
                tx, clock, login=login, name=login, role=role, library_id=network.library("hem").id,
                password_hash=hash_password(PASSWORD),
            )
        )  # fmt: skip
        return StaffMember(new, login, login, role, "hem")

    return make


def test_a_session_that_is_carried_over_is_no_fresher(
    ways: SignIn, caller: Caller, clock: FrozenClock, alice: int
) -> None:
    """Found with a phone left on a table: a code, and a passkey could be added elsewhere."""
    left_open = ways.with_card(caller, CARD, PASSWORD)
    clock.advance(hours=2)
    code = Carrying(ways).make(seen(ways, left_open)).text
    elsewhere = Carrying(ways).go_on(OTHER, code)
    assert old(seen(ways, elsewhere), clock)


def test_a_session_that_is_carried_over_ends_when_it_would_have(
    ways: SignIn, caller: Caller, clock: FrozenClock, alice: int
) -> None:
    session = ways.with_card(caller, CARD, PASSWORD)
    for _ in range(3):  # from phone to phone, each time a few weeks before the end
        for _ in range(4):
            clock.advance(days=32)
            seen(ways, session)
        session = Carrying(ways).go_on(OTHER, Carrying(ways).make(seen(ways, session)).text)
    clock.advance(days=400 - 3 * 4 * 32)
    assert seen(ways, session) is NOBODY


def test_a_shared_machine_carries_its_half_hour_and_no_more(
    ways: SignIn, clock: FrozenClock, alice: int
) -> None:
    library = replace(OTHER, shared=True)
    session = ways.with_card(library, CARD, PASSWORD)
    carried = Carrying(ways).go_on(OTHER, Carrying(ways).make(seen(ways, session)).text)
    assert seen(ways, carried).patron_id == alice
    clock.advance(minutes=31)
    assert seen(ways, carried) is NOBODY


def test_parting_and_linking_again_asks_for_a_fresh_sign_in(
    ways: SignIn, caller: Caller, clock: FrozenClock, alice: int
) -> None:
    """Somebody at an open session parts the account, and links it to a card of their own."""
    identity, session = _arrived(ways, caller, alice)
    clock.advance(hours=2)
    parted = ways.unlink_card(caller, seen(ways, session), identity)
    assert parted is not None
    with pytest.raises(LinkRefused) as refusal:
        ways.link_card(caller, seen(ways, parted), CARD, PASSWORD)
    assert refusal.value.reason == "stale"


def _arrived(ways: SignIn, caller: Caller, patron: int) -> tuple[int, str]:
    def work(tx: Tx) -> int:
        found = remember_identity(tx, Identity("https://op.example", "mel-1"), ways.clock.now())
        set_card(tx, found.id, patron, ways.clock.now())
        return found.id

    identity = ways.unit.write(work)
    return identity, ways._open(caller, Holder(patron_id=patron, identity_id=identity))


def test_a_badge_proves_nothing_that_lasts(
    ways: SignIn, caller: Caller, clock: FrozenClock, member: Callable[..., StaffMember]
) -> None:
    """A stolen badge at an open desk could add the thief's own passkey: both factors, for good."""
    here = ways._open(caller, ways.of_the_team(member("nora")))
    omar = member("omar")
    badge = ways.unit.write(lambda tx: give_badge(tx, omar.id))
    session, _who = take_over(ways, replace(caller, session=here), seen(ways, here), badge)
    assert old(seen(ways, session), clock)
    with pytest.raises(SignInRefused):
        ways.prove_member_again(caller, seen(ways, session), "wrong", "")
    proven = ways.prove_member_again(caller, seen(ways, session), PASSWORD, "")
    assert not old(seen(ways, proven), clock)
    assert seen(ways, session) is NOBODY
    clock.advance(hours=12)
    assert seen(ways, proven) is NOBODY, "and the evening comes when it would have"


def test_a_passkey_that_is_the_second_factor_is_not_passed_by_with_the_password(
    ways: SignIn, caller: Caller, clock: FrozenClock, member: Callable[..., StaffMember]
) -> None:
    """A coordinator with a passkey and no code: the password alone opened everything."""
    strict = replace(ways, settings=replace(ways.settings, env="production"))
    chief = member("chef", "coordinator")
    ways.unit.write(
        lambda tx: tx.insert(
            Passkey, credential_id="c", public_key="k", sign_count=0, label="", patron_id=None,
            staff_id=chief.id, created_at=clock.now(), last_used_at=None,
        )
    )  # fmt: skip
    with pytest.raises(SignInRefused) as refusal:
        strict.as_staff(caller, "chef", PASSWORD, "")
    assert refusal.value.reason == "key_only"
    with pytest.raises(SignInRefused) as wrong:
        strict.as_staff(caller, "chef", "wrong", "")
    assert wrong.value.reason != "key_only", "who does not know the password learns nothing"
    opened, _who = strict.with_team_passkey(caller, chief.id)
    assert seen(strict, opened).staff == chief
    with strict.unit.read() as reader:
        assert second_factors.factors_of(reader, chief.id).any


def test_signing_out_everywhere_ends_the_keys_of_programs_too(
    ways: SignIn, caller: Caller, alice: int, clock: FrozenClock,
    member: Callable[..., StaffMember],
) -> None:  # fmt: skip
    """Whoever was at an open session may have made a key that lives a year."""
    keyed = replace(ways, settings=replace(ways.settings, secret_keys=("k" * 40,)))
    key = create_token(ways.unit, clock, patron_id=alice, life=timedelta(days=365)).text
    code = CodeWays(keyed).at_desk(codes.PASSWORD, alice, member("accueil").id).text
    CodeWays(keyed).choose_password(caller, CARD, code, "chaudron-violon-marelle-9")
    assert visitor_of_token(ways.unit, clock, key) is None


def test_guessing_while_proving_again_gets_slow(ways: SignIn, caller: Caller, alice: int) -> None:
    visitor = seen(ways, ways.with_card(caller, CARD, PASSWORD))
    told: list[type[Exception]] = []
    for _ in range(8):
        with pytest.raises((SignInRefused, TooManyAttempts)) as refusal:
            ways.prove_again(caller, visitor, CARD, "wrong")
        told.append(refusal.type)
    assert told[-1] is TooManyAttempts
