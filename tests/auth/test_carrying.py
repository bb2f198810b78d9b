"""Going on in the installed app: six letters, ten minutes, once, and the owner hears of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from at_once import at_once
from fakes import FrozenClock
from navette.errors import NotSignedIn, SignInRefused, TooManyAttempts
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Unit
from navette_auth.carrying import LANES, Carrying, new_code
from navette_auth.flows import SignIn
from navette_auth.opening import Caller
from navette_auth.sessions import NOBODY, Visitor, end_session, visitor_of_value
from two_libraries import HERE, two_libraries

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
CODE = re.compile(r"\b[2-9A-Z]{3}-[2-9A-Z]{3}\b")
TOLD = Query(
    select(table(Outbox).c.kind, table(Outbox).c.patron_id).order_by(table(Outbox).c.id),
    lambda kind, patron: (kind, patron),
)


@pytest.fixture
def safari(ways: SignIn, caller: Caller, alice: int) -> str:
    return ways.with_card(caller, CARD, PASSWORD)


def who(ways: SignIn, session: str | None) -> Visitor:
    return visitor_of_value(ways.unit, ways.clock, session)


def test_the_app_goes_on_and_the_browser_stays(
    ways: SignIn, safari: str, alice: int, unit: Unit
) -> None:
    code = Carrying(ways).make(who(ways, safari)).text
    assert CODE.fullmatch(code)
    app = Carrying(ways).go_on(Caller("198.51.100.9", "Navette"), code.lower().replace("-", ""))
    assert who(ways, app).patron_id == alice
    assert app != safari
    assert who(ways, safari).patron_id == alice
    with unit.read() as reader:
        assert reader.all(TOLD) == [("device_new", alice)]


def test_it_serves_once(ways: SignIn, safari: str, caller: Caller) -> None:
    carrying = Carrying(ways)
    code = carrying.make(who(ways, safari)).text
    carrying.go_on(caller, code)
    with pytest.raises(SignInRefused):
        carrying.go_on(caller, code)


def test_it_ends_after_ten_minutes(
    ways: SignIn, safari: str, caller: Caller, clock: FrozenClock
) -> None:
    code = Carrying(ways).make(who(ways, safari)).text
    clock.advance(minutes=10, seconds=1)
    with pytest.raises(SignInRefused):
        Carrying(ways).go_on(caller, code)


def test_it_ends_with_the_session_that_made_it(
    ways: SignIn, safari: str, caller: Caller, clock: FrozenClock
) -> None:
    visitor = who(ways, safari)
    code = Carrying(ways).make(visitor).text
    ways.unit.write(lambda tx: end_session(tx, visitor.session_id or 0, clock.now()))
    with pytest.raises(SignInRefused):
        Carrying(ways).go_on(caller, code)


def test_a_new_one_replaces_it(ways: SignIn, safari: str, caller: Caller) -> None:
    carrying = Carrying(ways)
    first = carrying.make(who(ways, safari)).text
    carrying.make(who(ways, safari))
    with pytest.raises(SignInRefused):
        carrying.go_on(caller, first)


def test_nobody_makes_one_for_nobody(ways: SignIn) -> None:
    with pytest.raises(NotSignedIn):
        Carrying(ways).make(NOBODY)


def test_of_two_apps_at_once_one_goes_on(ways: SignIn, safari: str) -> None:
    code = Carrying(ways).make(who(ways, safari)).text
    done = at_once(
        *(
            lambda n=n: Carrying(ways).go_on(Caller(f"198.51.100.{n}", "Navette"), code)
            for n in range(4)
        )
    )
    assert sum(isinstance(one, str) for one in done) == 1, done


def _in_lane(ways: SignIn, lane: int) -> str:
    """Return a made-up code of a lane: by its mark, which only we can make."""
    while True:
        code = new_code()
        if int(ways.vault.mark(f"app:{code.replace('-', '')}")[:8], 16) % LANES == lane:
            return code


def test_guessing_is_slowed_for_the_whole_world_together(
    ways: SignIn, safari: str, clock: FrozenClock
) -> None:
    """30^6 codes, ten minutes, sixteen lanes: a thousand addresses get under a hundred in each."""
    looked_at, end = 0, clock.now().timestamp() + 600
    while clock.now().timestamp() < end:
        for address in range(12):
            try:
                there = Caller(f"198.51.{looked_at % 250}.{address}")
                Carrying(ways).go_on(there, _in_lane(ways, 3))
            except SignInRefused:
                looked_at += 1
            except TooManyAttempts:
                pass
        clock.advance(seconds=20)
    assert 20 <= looked_at < 100
    code = Carrying(ways).make(who(ways, safari)).text
    clock.advance(seconds=15)  # and the owner waits fifteen seconds at most
    assert Carrying(ways).go_on(Caller("203.0.113.9"), code)


def test_a_few_that_knock_without_end_keep_nobody_s_app_outside(
    ways: SignIn, safari: str, clock: FrozenClock
) -> None:
    """Twenty addresses ask all the time; the owner's code goes through at the first try."""
    for _ in range(40):
        for address in range(20):
            with suppress(SignInRefused, TooManyAttempts):
                Carrying(ways).go_on(Caller(f"198.51.100.{address}"), new_code())
        clock.advance(seconds=5)
    through = 0
    for number in range(10):
        code = Carrying(ways).make(who(ways, safari)).text
        with suppress(TooManyAttempts):
            Carrying(ways).go_on(Caller(f"203.0.113.{number}"), code)
            through += 1
    assert through >= 8


@pytest.fixture
def both(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    with two_libraries(unit, clock, tmp_path) as running:
        yield running


def test_from_page_to_page(both: SimpleNamespace, alice: int) -> None:
    safari, app = both.browser(), both.browser()
    form = {"card": CARD, "password": PASSWORD, "next": "/compte/continuer"}
    assert "Touchez Partager." in safari.go("/connexion/carte", data=form).text
    shown = safari.go("/compte/continuer", data={})
    assert shown.headers["cache-control"] == "no-store"
    (code,) = CODE.findall(shown.text)
    wrong = app.go("/connexion/continuer", data={"code": "ABC-DEF", "next": "/compte/appareils"})
    assert wrong.status_code == 401
    assert "Faites-en un nouveau" in wrong.text.replace("\u00a0", " ")
    inside = app.go("/connexion/continuer", data={"code": code, "next": "/compte/appareils"})
    assert inside.url.path == "/compte/appareils"
    assert app.signed_in()
    safari.go("/compte/appareils", data={"partout": "1"})
    assert not app.signed_in()
    assert not safari.signed_in()


def test_a_shared_machine_forgets_soon(
    both: SimpleNamespace, alice: int, clock: FrozenClock
) -> None:
    browser = both.browser()
    form = {"card": CARD, "password": PASSWORD, "next": "/confidentialite", "partage": "1"}
    answer = browser.sites[HERE].post("/connexion/carte", data=form, follow_redirects=False)
    cookies = answer.headers.get_list("set-cookie")
    assert not any("max-age" in cookie.lower() for cookie in cookies), "all go with the browser"
    assert not any("-known" in cookie for cookie in cookies)
    assert browser.signed_in()
    clock.advance(minutes=4)
    assert browser.signed_in()
    clock.advance(minutes=5)
    assert not browser.signed_in()


def test_a_shared_machine_ends_after_half_an_hour_of_use(
    both: SimpleNamespace, alice: int, clock: FrozenClock
) -> None:
    browser = both.browser()
    browser.go("/connexion/carte", data={
        "card": CARD, "password": PASSWORD, "partage": "1", "next": "/confidentialite",
    })  # fmt: skip
    for _ in range(9):
        clock.advance(minutes=3)
        assert browser.signed_in()
    clock.advance(minutes=3)
    assert not browser.signed_in()


def test_on_a_shared_machine_the_provider_asks_again(both: SimpleNamespace, ways: SignIn) -> None:
    browser = both.browser()
    browser.go("/connexion/sso?next=/&partage=1")
    assert any("prompt=login" in address for address in browser.trail)
    browser.go("/connexion/sso?next=/")  # the machine is known to be shared now
    assert any("prompt=login" in address for address in browser.trail)
    other = both.browser()
    other.go("/connexion/sso?next=/")
    assert not any("prompt=login" in address for address in other.trail)


def test_a_stale_sign_in_is_asked_again_before_a_card_is_linked(
    both: SimpleNamespace, alice: int, clock: FrozenClock
) -> None:
    browser = both.browser()
    assert browser.sign_in().url.path == "/compte/lier"
    clock.advance(minutes=31)
    browser.go("/compte/lier", data={"card": CARD, "password": PASSWORD})
    assert any("prompt=login" in address for address in browser.trail)
