"""The nightly broom takes what ended long ago, and nothing that serves."""

from __future__ import annotations

from fake_provider import FakeProvider
from fakes import FrozenClock
from navette.storage.unit import Unit
from navette_auth.flows import SignIn
from navette_auth.opening import Caller
from navette_auth.sessions import visitor_of_value
from navette_auth.sweeping import sweep
from navette_auth.tokens import create_token

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"


def test_what_ended_a_month_ago_goes_and_the_rest_stays(
    ways: SignIn, fake: FakeProvider, caller: Caller, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    create_token(unit, clock, patron_id=alice)
    kept = ways.with_card(caller, CARD, PASSWORD)
    ended = ways.with_card(caller, CARD, PASSWORD)
    ways.sign_out(visitor_of_value(unit, clock, ended))
    ways.leave("/", None)
    ways.farewell(fake.logout_token())
    assert set(unit.write(lambda tx: sweep(tx, clock.now())).values()) == {0}
    clock.advance(days=31)
    swept = unit.write(lambda tx: sweep(tx, clock.now()))
    assert swept == {
        "sessions": 1, "tokens": 0, "flows": 1, "farewells": 1, "attempts": 2, "devices": 0,
        "codes": 0, "journal": 0, "preregistrations": 0, "merges": 0,
    }  # fmt: skip
    assert visitor_of_value(unit, clock, kept).signed_in
    clock.advance(days=400)
    swept = unit.write(lambda tx: sweep(tx, clock.now()))
    assert (swept["sessions"], swept["tokens"]) == (1, 1)
