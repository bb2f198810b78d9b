"""Old contacts are told of a linking and can undo it, once, within seven days."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from arriving import arrive, who
from fake_provider import FakeProvider
from fakes import FrozenClock
from navette.errors import NotSignedIn
from navette.notifications.channels import Delivery, Letter
from navette.notifications.service import Notifier
from navette.storage.outbox import claim
from navette.storage.unit import Unit
from navette_auth.code_ways import CodeWays
from navette_auth.flows import SignIn
from navette_auth.opening import Caller

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"


@dataclass
class Mailbox:
    name: str = "email"
    leaves: bool = True
    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> Delivery:
        self.letters.append(letter)
        return Delivery("accepted", letter.to.email, "accepted")


def _linked(ways: SignIn, fake: FakeProvider, caller: Caller) -> str:
    arrival = arrive(fake, ways, caller)
    return ways.link_card(caller, who(ways, arrival.session), CARD, PASSWORD)


def _key(ways: SignIn, unit: Unit, clock: FrozenClock) -> str:
    errands = unit.write(lambda tx: claim(tx, "test", clock.now()))
    lying = next(errand for errand in errands if errand.kind == "linked").payload
    assert "defaire" not in str(lying), "whoever reads the outbox undoes nothing"
    path = ways.vault.open(lying["sealed_path"])
    return path.removeprefix("/compte/defaire?cle=")


def test_the_mail_of_a_linking_leads_to_the_undo_page(
    ways: SignIn, fake: FakeProvider, caller: Caller, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    _linked(ways, fake, caller)
    mailbox = Mailbox()
    notifier = Notifier(unit, clock, {"email": mailbox}, worker="test", opened=ways.vault.open)
    assert [notifier.deliver(parcel) for parcel in notifier.take()] == ["sent"]
    notice = mailbox.letters[0].notice
    assert notice.path.startswith("/compte/defaire?cle=")
    assert "Défaire" in notice.text


def test_undoing_parts_the_account_and_ends_its_sessions(
    ways: SignIn, fake: FakeProvider, caller: Caller, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    session, key, undoing = _linked(ways, fake, caller), "", CodeWays(ways)
    key = _key(ways, unit, clock)
    clock.advance(days=6)
    assert undoing.may_undo(key)
    assert who(ways, session).patron_id == alice, "looking undoes nothing"
    assert undoing.undo(key)
    assert not who(ways, session).signed_in
    assert not arrive(fake, ways, caller).has_card
    assert not undoing.undo(key)
    assert not undoing.may_undo(key)


def test_an_undo_link_ends_after_seven_days(
    ways: SignIn, fake: FakeProvider, caller: Caller, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    session = _linked(ways, fake, caller)
    key = _key(ways, unit, clock)
    clock.advance(days=7)
    assert not CodeWays(ways).undo(key)
    assert who(ways, session).patron_id == alice


@pytest.mark.parametrize("key", ["", "abc", "Zk9" * 14 + "a", "é" * 43, "x" * 400])
def test_a_made_up_link_undoes_nothing(ways: SignIn, network: object, key: str) -> None:
    assert not CodeWays(ways).may_undo(key)
    assert not CodeWays(ways).undo(key)


def test_an_old_link_does_not_undo_a_linking_made_since(
    ways: SignIn, fake: FakeProvider, caller: Caller, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    session = _linked(ways, fake, caller)
    old, visitor = _key(ways, unit, clock), who(ways, session)
    ways.unlink_card(caller, visitor, visitor.identity_id or 0)
    clock.advance(minutes=1)
    again = _linked(ways, fake, caller)
    assert not CodeWays(ways).undo(old)
    assert who(ways, again).patron_id == alice


def test_linking_by_code_needs_a_sign_in_at_the_provider(
    ways: SignIn, caller: Caller, alice: int
) -> None:
    with_card = who(ways, ways.with_card(caller, CARD, PASSWORD))
    with pytest.raises(NotSignedIn):
        CodeWays(ways).link(caller, with_card, "K7M4-PQ2X")
