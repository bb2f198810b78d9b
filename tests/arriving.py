"""Walk a browser through the fake provider and back, in one call."""

from __future__ import annotations

import httpx2

from fake_provider import FakeProvider
from navette_auth.flows import Arrival, SignIn
from navette_auth.opaque import fresh
from navette_auth.opening import Caller
from navette_auth.providers import Departure
from navette_auth.sessions import Visitor, visitor_of_value


def arrive(fake: FakeProvider, ways: SignIn, caller: Caller) -> Arrival:
    """Leave, sign in at the provider, come back."""
    browser = fresh()
    left = ways.leave("/numerique", browser)
    query = dict(httpx2.URL(left.address).params)
    answer = fake.answer(Departure(left.address, query["state"], query["nonce"], ""))
    return ways.come_back(caller, answer, browser)


def who(ways: SignIn, session: str | None) -> Visitor:
    """Return who a session stands for."""
    return visitor_of_value(ways.unit, ways.clock, session)
