"""Codes serve once, for one purpose, for one card, in time."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from arriving import arrive, who
from factories import a_child, a_patron
from fake_provider import FakeProvider
from fakes import FrozenClock
from navette.errors import BadInput, LinkRefused, SignInRefused, TooManyAttempts
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.outbox import Errand, claim
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth import codes
from navette_auth.code_ways import CodeWays
from navette_auth.flows import SignIn
from navette_auth.known_devices import knows
from navette_auth.opaque import fresh
from navette_auth.opening import Caller
from navette_auth.passwords import hash_password
from navette_auth.staff import add_staff
from navette_auth.tables import OneTimeCode

CARD, PASSWORD, NEW = "20590000012345", "tilleul-parapluie-horizon", "brume et canapé violet"
COUNT: Query[int] = Query(select(func.count(table(OneTimeCode).c.id)), scalar)
HASH = hash_password(PASSWORD)


@pytest.fixture
def desk(ways: SignIn) -> CodeWays:
    return CodeWays(replace(ways, settings=replace(ways.settings, secret_keys=("k" * 40,))))


@pytest.fixture
def agent(unit: Unit, clock: FrozenClock, network: Network) -> int:
    library = network.library("hem").id
    return unit.write(
        lambda tx: add_staff(
            tx, clock, login="zoe", name="Zoé", role="agent", library_id=library, password_hash=HASH
        )
    )


def _told(unit: Unit, clock: FrozenClock) -> list[Errand]:
    return unit.write(lambda tx: claim(tx, "test", clock.now()))


def test_a_code_is_typed_from_a_slip() -> None:
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    assert all(len(code) == 9 and code[4] == "-" for code in made)
    assert not set("".join(made)) & set("01ILOU")
    assert codes.typed(" k7m4 pq2x ") == codes.typed("K7M4-PQ2X") == "K7M4PQ2X"


def test_the_desk_s_code_links_the_card(
    desk: CodeWays, fake: FakeProvider, caller: Caller, alice: int, agent: int
) -> None:
    code = desk.at_desk(codes.LINK, alice, agent)
    arrival = arrive(fake, desk.ways, caller)
    visitor = who(desk.ways, arrival.session)
    session = desk.link(replace(caller, session=arrival.session), visitor, code.text.lower())
    assert who(desk.ways, session).patron_id == alice
    assert not who(desk.ways, arrival.session).signed_in


def test_a_link_code_serves_once_and_a_refused_linking_leaves_it(
    desk: CodeWays, fake: FakeProvider, caller: Caller, alice: int, agent: int, unit: Unit
) -> None:
    other = a_patron(unit)
    used = desk.at_desk(codes.LINK, alice, agent)
    arrival = arrive(fake, desk.ways, caller)
    linked = desk.link(caller, who(desk.ways, arrival.session), used.text)
    left = desk.at_desk(codes.LINK, other, agent)
    with pytest.raises(LinkRefused, match="other_card"):
        desk.link(caller, who(desk.ways, linked), left.text)
    fake.claims = {"sub": "mel-2", "sid": "s2"}
    fake.userinfo = {"sub": "mel-2"}
    second = who(desk.ways, arrive(fake, desk.ways, caller).session)
    with pytest.raises(SignInRefused, match="code"):
        desk.link(caller, second, used.text)
    assert who(desk.ways, desk.link(caller, second, left.text)).patron_id == other


@pytest.mark.parametrize("wrong", ["", "K7M4-PQ2X", "é" * 8, "x" * 400])
def test_a_wrong_code_links_nothing_and_is_slowed(
    desk: CodeWays, fake: FakeProvider, caller: Caller, alice: int, wrong: str
) -> None:
    visitor = who(desk.ways, arrive(fake, desk.ways, caller).session)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            desk.link(caller, visitor, wrong)
    with pytest.raises(TooManyAttempts):
        desk.link(caller, visitor, wrong)


def test_the_first_password_is_chosen_with_the_desk_s_code(
    desk: CodeWays, caller: Caller, agent: int, unit: Unit, clock: FrozenClock
) -> None:
    patron = a_patron(unit, card="20590000077777")
    code = desk.at_desk(codes.PASSWORD, patron, agent)
    session = desk.choose_password(caller, "2059 0000 0777 77", code.text, NEW)
    assert who(desk.ways, session).patron_id == patron
    assert desk.ways.with_card(caller, "20590000077777", NEW)
    assert [e.kind for e in _told(unit, clock)] == ["password"]
    with pytest.raises(SignInRefused):
        desk.choose_password(caller, "20590000077777", code.text, NEW + "!")


def test_a_new_password_ends_what_the_old_one_opened(
    desk: CodeWays, caller: Caller, agent: int, unit: Unit, alice: int
) -> None:
    mine, theirs = replace(caller, known=fresh()), replace(caller, known=fresh())
    before = [desk.ways.with_card(who_, CARD, PASSWORD) for who_ in (mine, theirs)]
    code = desk.at_desk(codes.PASSWORD, alice, agent)
    desk.choose_password(mine, CARD, code.text, NEW)
    assert [who(desk.ways, session).signed_in for session in before] == [False, False]
    with pytest.raises(SignInRefused):
        desk.ways.with_card(caller, CARD, PASSWORD)
    with unit.read() as reader:
        assert knows(reader, mine.known, alice)
        assert not knows(reader, theirs.known, alice)


def test_a_code_is_for_one_card_one_purpose_and_seven_days(
    desk: CodeWays, caller: Caller, agent: int, unit: Unit, alice: int, clock: FrozenClock
) -> None:
    other = a_patron(unit, card="20590000088888")
    of_other = desk.at_desk(codes.PASSWORD, other, agent)
    to_link = desk.at_desk(codes.LINK, alice, agent)
    for code in (of_other, to_link):
        with pytest.raises(SignInRefused):
            desk.choose_password(caller, CARD, code.text, NEW)
    late = desk.at_desk(codes.PASSWORD, alice, agent)
    assert (late.until - clock.now()).days == 7
    clock.advance(days=7)
    with pytest.raises(SignInRefused):
        desk.choose_password(caller, CARD, late.text, NEW)


def test_the_desk_s_newest_code_is_the_one_that_serves(
    desk: CodeWays, caller: Caller, agent: int, alice: int
) -> None:
    first = desk.at_desk(codes.PASSWORD, alice, agent)
    second = desk.at_desk(codes.PASSWORD, alice, agent)
    with pytest.raises(SignInRefused):
        desk.choose_password(caller, CARD, first.text, NEW)
    assert desk.choose_password(caller, CARD, second.text, NEW)


def test_a_weak_password_leaves_the_code_and_slows_nobody(
    desk: CodeWays, caller: Caller, agent: int, alice: int
) -> None:
    code = desk.at_desk(codes.PASSWORD, alice, agent)
    for _ in range(8):
        with pytest.raises(BadInput):
            desk.choose_password(caller, CARD, code.text, "alice1980")
    assert desk.choose_password(caller, CARD, code.text, NEW)


def test_of_two_at_once_one_uses_the_code(
    desk: CodeWays, caller: Caller, agent: int, alice: int
) -> None:
    code = desk.at_desk(codes.PASSWORD, alice, agent)
    told: list[str] = []

    def try_it() -> None:
        try:
            desk.choose_password(caller, CARD, code.text, NEW)
        except SignInRefused:
            told.append("refused")
        else:
            told.append("chosen")

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["chosen", "refused", "refused", "refused"]


def test_a_forgotten_password_is_a_sealed_code_to_the_contact_on_file(
    desk: CodeWays, caller: Caller, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    desk.forgot(caller, CARD)
    errand = _told(unit, clock)[0]
    assert (errand.kind, errand.patron_id) == ("code", alice)
    code = desk.ways.vault.open(errand.payload["code"])
    assert code
    assert code not in str(errand.payload)
    clock.advance(minutes=59)
    assert desk.choose_password(caller, CARD, code, NEW)


def test_a_sent_code_ends_after_an_hour_and_never_ends_the_desk_s(
    desk: CodeWays, caller: Caller, unit: Unit, clock: FrozenClock, alice: int, agent: int
) -> None:
    printed = desk.at_desk(codes.PASSWORD, alice, agent)
    desk.forgot(caller, CARD)
    sent = desk.ways.vault.open(_told(unit, clock)[0].payload["code"])
    clock.advance(hours=1)
    with pytest.raises(SignInRefused):
        desk.choose_password(caller, CARD, sent, NEW)
    assert desk.choose_password(caller, CARD, printed.text, NEW)


def test_an_unknown_card_does_the_same_work_and_reaches_nobody(
    desk: CodeWays, caller: Caller, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    silent = a_patron(unit, email="", card="20590000066666")
    for card in (CARD, "20599999999999", "20590000066666"):
        desk.forgot(caller, card)
    errands = _told(unit, clock)
    assert [errand.patron_id for errand in errands] == [alice, None, None]
    assert silent not in {errand.patron_id for errand in errands}
    with unit.read() as reader:
        assert reader.one(COUNT) == 3


def test_a_mailbox_is_not_filled(
    desk: CodeWays, caller: Caller, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    for n in range(8):
        desk.forgot(replace(caller, client=f"198.51.100.{n}"), CARD)
    assert len([e for e in _told(unit, clock) if e.patron_id == alice]) == 3


def test_a_child_s_code_goes_to_the_guardians(
    desk: CodeWays, caller: Caller, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    child = a_child(unit, alice, card="20590000055555", email="")
    desk.forgot(caller, "20590000055555")
    assert [e.patron_id for e in _told(unit, clock)] == [child]


def test_keys_can_be_changed_while_a_code_is_out(
    desk: CodeWays, caller: Caller, agent: int, alice: int
) -> None:
    code = desk.at_desk(codes.PASSWORD, alice, agent)
    keys = ("n" * 40, "k" * 40)
    changed = replace(desk.ways, settings=replace(desk.ways.settings, secret_keys=keys))
    assert CodeWays(changed).choose_password(caller, CARD, code.text, NEW)
