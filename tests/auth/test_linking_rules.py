"""Linking asks whose card it is when it is a child's, and a code by mail serves one account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from sqlalchemy import select

from factories import a_child, a_patron
from fake_provider import FakeProvider
from fakes import FrozenClock
from navette.errors import LinkRefused, SignInRefused
from navette.network.loading import network_of
from navette.network.network import Network
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Unit
from navette_auth.code_ways import CodeWays
from navette_auth.codes import LINK
from navette_auth.flows import SignIn
from navette_auth.opaque import fresh
from navette_auth.opening import Caller
from navette_auth.passwords import hash_password
from navette_auth.providers import Departure
from navette_auth.sessions import Visitor, visitor_of_value
from navette_auth.staff import add_staff
from two_libraries import two_libraries

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
CHILD = "20590000077777"
HASH = hash_password(PASSWORD)
SENT = Query(
    select(table(Outbox).c.patron_id, table(Outbox).c.payload).where(
        table(Outbox).c.kind == "code"
    ),
    lambda patron, said: (patron, said),
)


@pytest.fixture
def zoe(unit: Unit, network: Network) -> int:
    return a_child(unit, a_patron(unit), card=CHILD, password_hash=HASH, email="zoe@example.org")


def arrived(fake: FakeProvider, ways: SignIn, caller: Caller, subject: str = "") -> Visitor:
    """Sign in at the provider and return who is here now; without a card."""
    browser = fresh()
    left = ways.leave("/", browser)
    query = dict(httpx2.URL(left.address).params)
    given = {"sub": subject} if subject else {}
    answer = fake.answer(Departure(left.address, query["state"], query["nonce"], ""), **given)
    arrival = ways.come_back(caller, answer, browser)
    return visitor_of_value(ways.unit, ways.clock, arrival.session)


def test_a_child_s_card_asks_whose_account_this_is(
    fake: FakeProvider, ways: SignIn, caller: Caller, zoe: int
) -> None:
    visitor = arrived(fake, ways, caller)
    with pytest.raises(LinkRefused, match="whose"):
        ways.link_card(caller, visitor, CHILD, PASSWORD)
    with pytest.raises(LinkRefused, match="guardian"):
        ways.link_card(caller, visitor, CHILD, PASSWORD, "child")
    session = ways.link_card(caller, visitor, CHILD, PASSWORD, "mine")
    assert visitor_of_value(ways.unit, ways.clock, session).patron_id == zoe


def test_the_question_comes_after_the_proof_and_not_before(
    fake: FakeProvider, ways: SignIn, caller: Caller, zoe: int
) -> None:
    visitor = arrived(fake, ways, caller)
    with pytest.raises(SignInRefused):
        ways.link_card(caller, visitor, CHILD, "not the password at all", "mine")


def test_a_desk_code_for_a_child_asks_too_and_is_not_used_up_by_the_question(
    fake: FakeProvider, ways: SignIn, caller: Caller, zoe: int, unit: Unit
) -> None:
    visitor, door = arrived(fake, ways, caller), CodeWays(ways)
    code = door.at_desk(LINK, zoe, _staff(unit)).text
    with pytest.raises(LinkRefused, match="whose"):
        door.link(caller, visitor, code)
    assert door.link(caller, visitor, code, "mine")


def test_a_trusted_claim_never_links_a_child_by_itself(
    fake: FakeProvider, trusting: SignIn, caller: Caller, unit: Unit, alice: int
) -> None:
    fake.userinfo |= {"library_card_number": CARD, "name": "alice DUBOIS"}
    unit.write(
        lambda tx: tx.execute(table(Patron).update().values(birth_year=2015, category="child"))
    )
    assert arrived(fake, trusting, caller).to_link
    unit.write(
        lambda tx: tx.execute(table(Patron).update().values(birth_year=1980, category="adult"))
    )
    assert arrived(fake, trusting, caller).patron_id == alice


def test_an_adult_s_card_is_never_asked_about(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int
) -> None:
    assert ways.link_card(caller, arrived(fake, ways, caller), CARD, PASSWORD)


def test_a_code_by_mail_serves_the_account_that_asked(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int, unit: Unit
) -> None:
    mine, door = arrived(fake, ways, caller), CodeWays(ways)
    other = replace(mine, identity_id=_another_identity(unit, mine))
    door.send_link(caller, mine, CARD)
    ((patron, said),) = _sent(unit)
    assert (patron, said["for"]) == (alice, "link")
    code = ways.vault.open(said["code"])
    with pytest.raises(SignInRefused):
        door.link(caller, other, code)
    session = door.link(caller, mine, code)
    assert visitor_of_value(ways.unit, ways.clock, session).patron_id == alice


def test_asking_by_mail_is_the_same_for_every_card_and_nothing_goes_to_a_child(
    fake: FakeProvider, ways: SignIn, caller: Caller, alice: int, zoe: int, unit: Unit
) -> None:
    visitor = arrived(fake, ways, caller)
    for card in (CARD, CHILD, "20590000000404"):
        CodeWays(ways).send_link(replace(caller, client=f"198.51.100.{card[-1]}"), visitor, card)
    assert [patron for patron, _said in _sent(unit)] == [alice, None, None]


def _sent(unit: Unit) -> list[tuple[int | None, dict[str, str]]]:
    with unit.read() as reader:
        return reader.all(SENT)


def _another_identity(unit: Unit, like: Visitor) -> int:
    return unit.write(
        lambda tx: int(
            tx.driver.execute(
                "INSERT INTO identity (issuer, subject, claims, created_at, last_seen_at)"
                " SELECT issuer, 'another', claims, created_at, last_seen_at FROM identity"
                f" WHERE id = {like.identity_id} RETURNING id"
            ).fetchone()[0]
        )
    )


def _staff(unit: Unit) -> int:
    return unit.write(
        lambda tx: add_staff(
            tx, FrozenClock(), login="nora", name="Nora", role="agent",
            library_id=network_of(tx).library("hem").id, password_hash="",
        )
    )  # fmt: skip


@pytest.fixture
def both(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    with two_libraries(unit, clock, tmp_path) as running:
        yield running


def test_the_page_asks_the_question_and_keeps_the_number(both: SimpleNamespace, zoe: int) -> None:
    browser = both.browser()
    browser.sign_in()
    form = {"card": CHILD, "password": PASSWORD, "next": "/compte/identites"}
    asked = browser.go("/compte/lier", data=form)
    assert asked.status_code == 409
    assert "À qui est ce compte" in asked.text
    assert f'value="{CHILD}"' in asked.text
    assert PASSWORD not in asked.text
    parent = browser.go("/compte/lier", data=form | {"a_qui": "child"})
    assert "Associez d’abord votre propre carte" in parent.text
    done = browser.go("/compte/lier", data=form | {"a_qui": "mine"})
    assert done.url.path == "/compte/identites"


def test_the_page_sends_a_code_whatever_the_card(both: SimpleNamespace, alice: int) -> None:
    browser = both.browser()
    browser.sign_in()
    texts = [
        re.sub(r'value="[\w-]{12}"', "", browser.go("/compte/lier/code", data={"card": card}).text)
        for card in (CARD, "20590000000404")
    ]
    assert texts[0] == texts[1]
    assert "un code vient de partir" in texts[0]
