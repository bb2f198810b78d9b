"""The ways in and out, with a provider that is honest, lies, or is away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx2
import pytest

from factories import a_patron
from fake_provider import FakeProvider
from fakes import FrozenClock
from navette.errors import LinkRefused, NotFound, NotSignedIn, SignInRefused, Unavailable
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth.flows import Arrival, SignIn
from navette_auth.identities import identities_for
from navette_auth.opaque import fresh
from navette_auth.opening import Caller
from navette_auth.providers import Departure
from navette_auth.sessions import NOBODY, Visitor, visitor_of_value

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"


def _departure(fake: FakeProvider, ways: SignIn, browser: str) -> dict[str, str]:
    """Leave, sign in at the provider, and return the query it comes back with."""
    left = ways.leave("/numerique", browser)
    query = dict(httpx2.URL(left.address).params)
    return fake.answer(Departure(left.address, query["state"], query["nonce"], ""))


def _arrive(fake: FakeProvider, ways: SignIn, caller: Caller) -> Arrival:
    browser = fresh()
    return ways.come_back(caller, _departure(fake, ways, browser), browser)


def _who(ways: SignIn, session: str | None) -> Visitor:
    return visitor_of_value(ways.unit, ways.clock, session)


def test_a_card_opens_a_session_and_ends_the_old_one(
    ways: SignIn, caller: Caller, alice: int
) -> None:
    first = ways.with_card(caller, CARD, PASSWORD)
    second = ways.with_card(replace(caller, session=first), CARD, PASSWORD)
    assert _who(ways, second).patron_id == alice
    assert _who(ways, first) is NOBODY


def test_the_first_sign_in_leads_to_linking_and_the_next_one_does_not(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int
) -> None:
    arrival = _arrive(fake, ways, caller)
    assert not arrival.has_card
    assert arrival.next_path == "/numerique"
    visitor = _who(ways, arrival.session)
    assert visitor.to_link
    session = ways.link_card(replace(caller, session=arrival.session), visitor, CARD, PASSWORD)
    assert _who(ways, session).patron_id == alice
    assert _who(ways, arrival.session) is NOBODY, "linking is a change of privilege"
    again = _arrive(fake, ways, caller)
    assert again.has_card
    assert _who(ways, again.session).patron_id == alice


def test_a_trusted_card_number_spares_the_linking(
    fake: FakeProvider, trusting: SignIn, caller: Caller, alice: int
) -> None:
    fake.userinfo |= {"library_card_number": CARD, "name": "alice DUBOIS"}
    arrival = _arrive(fake, trusting, caller)
    assert arrival.has_card
    assert _who(trusting, arrival.session).patron_id == alice


def test_a_card_number_that_is_not_trusted_is_only_shown(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int
) -> None:
    fake.userinfo |= {"library_card_number": CARD}
    arrival = _arrive(fake, ways, caller)
    assert not arrival.has_card
    visitor = _who(ways, arrival.session)
    with ways.unit.read() as reader:
        (identity,) = identities_for(reader, visitor.patron_id, visitor.identity_id)
    assert identity.claims["library_card_number"] == CARD


def test_an_answer_serves_once_in_its_own_browser_within_ten_minutes(
    fake: FakeProvider, ways: SignIn, caller: Caller, clock: FrozenClock
) -> None:
    browser = fresh()
    answer = _departure(fake, ways, browser)
    for other in (None, "", fresh()):
        with pytest.raises(SignInRefused) as refusal:
            ways.come_back(caller, answer, other)
        assert refusal.value.reason == "again"
    assert ways.come_back(caller, answer, browser).session
    with pytest.raises(SignInRefused):
        ways.come_back(caller, answer, browser)
    late = _departure(fake, ways, browser)
    clock.advance(minutes=11)
    with pytest.raises(SignInRefused):
        ways.come_back(caller, late, browser)


@pytest.mark.parametrize("state", [{}, {"state": ""}, {"state": "x" * 43}, {"state": "é" * 43}])
def test_a_state_that_nobody_left_with_is_refused(
    ways: SignIn, caller: Caller, state: dict[str, str]
) -> None:
    with pytest.raises(SignInRefused):
        ways.come_back(caller, {"code": "a", **state}, fresh())


def test_two_tabs_of_one_browser_both_come_back(
    fake: FakeProvider, ways: SignIn, caller: Caller
) -> None:
    browser = ways.leave("/", None).browser
    assert ways.leave("/", browser).browser == browser
    one = _departure(fake, ways, browser)
    its_nonce = fake.nonce
    other = _departure(fake, ways, browser)
    assert ways.come_back(caller, other, browser).session
    fake.nonce = its_nonce
    assert ways.come_back(caller, one, browser).session


def test_a_lie_is_logged_and_leaves_nobody_signed_in(
    fake: FakeProvider, ways: SignIn, caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    fake.claims["aud"] = "other"
    with pytest.raises(SignInRefused) as refusal:
        _arrive(fake, ways, caller)
    assert refusal.value.reason == "provider"
    assert "aud is not ours alone: 'other'" in caplog.text


def test_a_provider_that_is_away_leaves_the_card(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int
) -> None:
    fake.answers["/.well-known/openid-configuration"] = lambda: httpx2.Response(503)
    for _ in range(6):
        with pytest.raises(Unavailable):
            ways.leave("/", None)
    assert len(fake.asked) == 3, "after three failures it is left alone for a moment"
    assert _who(ways, ways.with_card(caller, CARD, PASSWORD)).patron_id == alice


def test_without_a_provider_the_way_does_not_exist(ways: SignIn, caller: Caller) -> None:
    alone = replace(ways, provider=None)
    with pytest.raises(NotFound):
        alone.leave("/", None)
    with pytest.raises(NotFound):
        alone.come_back(caller, {}, None)
    with pytest.raises(NotFound):
        alone.farewell("a.b.c")


def test_linking_asks_for_the_cards_password_and_a_fresh_sign_in(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int, clock: FrozenClock
) -> None:
    visitor = _who(ways, _arrive(fake, ways, caller).session)
    with pytest.raises(SignInRefused):
        ways.link_card(caller, visitor, CARD, "wrong")
    clock.advance(minutes=31)
    with pytest.raises(LinkRefused) as refusal:
        ways.link_card(caller, visitor, CARD, PASSWORD)
    assert refusal.value.reason == "stale"
    with pytest.raises(NotSignedIn):
        ways.link_card(caller, NOBODY, CARD, PASSWORD)


def test_a_linked_card_is_not_taken_by_another_account(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int
) -> None:
    ways.link_card(caller, _who(ways, _arrive(fake, ways, caller).session), CARD, PASSWORD)
    fake.claims["sub"] = fake.userinfo["sub"] = "mel-2"
    with pytest.raises(LinkRefused) as refusal:
        ways.link_card(caller, _who(ways, _arrive(fake, ways, caller).session), CARD, PASSWORD)
    assert refusal.value.reason == "card_taken"


def test_parting_signs_the_accounts_devices_out(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int
) -> None:
    phone = ways.link_card(caller, _who(ways, _arrive(fake, ways, caller).session), CARD, PASSWORD)
    tablet = _arrive(fake, ways, caller).session
    card = ways.with_card(caller, CARD, PASSWORD)
    visitor = _who(ways, phone)
    renewed = ways.unlink_card(replace(caller, session=phone), visitor, visitor.identity_id or 0)
    assert _who(ways, renewed).to_link
    assert _who(ways, phone) is NOBODY
    assert _who(ways, tablet) is NOBODY
    assert _who(ways, card).patron_id == alice
    with pytest.raises(NotSignedIn):
        ways.unlink_card(caller, NOBODY, 1)
    with pytest.raises(NotFound):
        ways.unlink_card(caller, _who(ways, card), visitor.identity_id or 0)


def test_the_card_can_part_an_account_from_itself(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int
) -> None:
    phone = ways.link_card(caller, _who(ways, _arrive(fake, ways, caller).session), CARD, PASSWORD)
    identity = _who(ways, phone).identity_id or 0
    card = _who(ways, ways.with_card(caller, CARD, PASSWORD))
    assert ways.unlink_card(caller, card, identity) is None
    assert _who(ways, phone) is NOBODY


def test_signing_out_ends_our_session_and_then_the_providers(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int
) -> None:
    session = _arrive(fake, ways, caller).session
    address = ways.sign_out(_who(ways, session))
    assert address.startswith("https://sso.example.org/end?id_token_hint=ey")
    assert _who(ways, session) is NOBODY
    assert ways.sign_out(NOBODY) == ""
    card = ways.with_card(caller, CARD, PASSWORD)
    assert ways.sign_out(_who(ways, card)) == ""
    assert _who(ways, card) is NOBODY


def test_a_farewell_ends_the_sessions_of_its_sid_only(
    fake: FakeProvider, ways: SignIn, caller: Caller
) -> None:
    first = _arrive(fake, ways, caller).session
    fake.claims["sid"] = "s2"
    second = _arrive(fake, ways, caller).session
    token = fake.logout_token(sid="s1")
    assert ways.farewell(token) == 1
    assert _who(ways, first) is NOBODY
    assert _who(ways, second).signed_in
    with pytest.raises(SignInRefused):
        ways.farewell(token)
    assert ways.farewell(fake.logout_token(jti="j2", sid=..., sub="mel-1")) == 1
    assert _who(ways, second) is NOBODY
    assert ways.farewell(fake.logout_token(jti="j3", sid=..., sub="nobody")) == 0


def test_a_session_of_which_no_sid_was_ever_said_ends_with_its_person(
    fake: FakeProvider, ways: SignIn, caller: Caller
) -> None:
    """The id_token had no `sid`, the logout token has both: nobody stays signed in by that."""
    fake.claims["sid"] = "s2"
    other = _arrive(fake, ways, caller).session
    fake.claims["sid"] = ...
    nameless = _arrive(fake, ways, caller).session
    assert ways.farewell(fake.logout_token(sid="s1", sub="mel-1")) == 1
    assert _who(ways, nameless) is NOBODY
    assert _who(ways, other).signed_in, "another session there goes on"


def test_a_closed_card_is_no_card(
    fake: FakeProvider,
    ways: SignIn,
    caller: Caller,
    unit: Unit,
    clock: FrozenClock,
    network: Network,
) -> None:
    closed = a_patron(unit, card="20590000099999", closed_at=clock.now())
    identity = _who(ways, _arrive(fake, ways, caller).session).identity_id
    unit.write(
        lambda tx: tx.driver.execute(
            f"UPDATE identity SET patron_id = {closed} WHERE id = {identity}"
        )
    )
    assert not _arrive(fake, ways, caller).has_card


def test_an_answer_given_many_times_at_once_serves_once(
    fake: FakeProvider, ways: SignIn, caller: Caller
) -> None:
    browser = fresh()
    answer = _departure(fake, ways, browser)

    def enter(_: int) -> bool:
        try:
            ways.come_back(caller, answer, browser)
        except SignInRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(enter, range(8))).count(True) == 1
    assert fake.paths().count("/token") == 1
