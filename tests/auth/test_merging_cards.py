"""Two cards of one person become one, by a desk's word: nothing is lost, nothing stands twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.circulation.desks import Desks
from core.circulation.invariants import assert_invariants
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.tables import ClosureQuestion
from navette.errors import BadInput, NotFound, SignInRefused
from navette.network.network import Network
from navette.patrons.doubles import doubles, not_same
from navette.patrons.families import links_of
from navette.patrons.guarding import link_guardian
from navette.patrons.reading import children_of, patron_by_card, patron_of
from navette.patrons.tables import CardNumber
from navette.storage.unit import Unit
from navette_auth.cards import sign_in_with_card
from navette_auth.identities import identities_for, remember_identity, set_card
from navette_auth.merging import Merged, merge_patrons, person_columns
from navette_auth.passwords import hash_password
from navette_auth.providers import Identity
from navette_auth.sessions import OWN_PHONE, Holder, open_session, visitor_of_value
from navette_auth.vault import Vault
from navette_server.metadata import FLOORS

NOW, TODAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), date(2026, 11, 24)
VAULT = Vault(["k" * 40])
OLD, KEPT = "20590000011111", "20590000022222"


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


@pytest.fixture
def two(unit: Unit, network: Network) -> tuple[int, int]:
    """Inès at Hem and at Leers: the card that goes, the card that stays."""
    who = {"first_name": "Inès", "last_name": "Martin", "name_key": "martin ines"}
    goes = a_patron(unit, "hem", card=OLD, email="ines@example.org", **who)
    stays = a_patron(unit, "leers", card=KEPT, email="", valid_until=date(2026, 12, 1), **who)
    unit.write(lambda tx: tx.insert(CardNumber, number="HEM0042", patron_id=goes, kind="library"))
    return goes, stays


def merge(unit: Unit, network: Network, goes: int, stays: int) -> Merged:
    return unit.write(
        lambda tx: merge_patrons(
            tx, VAULT, network, NOW, "desk", from_patron=goes, into_patron=stays
        )
    )


def test_every_number_opens_the_card_that_stays(
    unit: Unit, network: Network, two: tuple[int, int]
) -> None:
    goes, stays = two
    assert merge(unit, network, goes, stays).numbers == 2
    with unit.read() as reader:
        for number in (OLD, KEPT, "hem 0042"):
            assert patron_by_card(reader, number).id == stays
        with pytest.raises(NotFound):
            patron_of(reader, goes)
        one = patron_of(reader, stays)
    assert (one.email, one.valid_until) == ("ines@example.org", date(2027, 9, 3))


def test_holds_and_loans_follow_and_a_double_hold_keeps_the_older_rank(
    unit: Unit, network: Network, desks: Desks, two: tuple[int, int], clock: FrozenClock
) -> None:
    goes, stays = two
    both, alone, lent = (a_record(unit, title) for title in ("Un", "Deux", "Trois"))
    another = a_patron(unit)
    for record in (both, alone):
        desks.lend("hem", an_item(unit, record, "hem"), another)
    older = desks.place(goes, both, "leers")
    clock.advance(minutes=5)
    newer = desks.place(stays, both, "leers")
    other = desks.place(goes, alone, "hem")
    loan = desks.lend("hem", an_item(unit, lent, "hem"), goes)
    done = merge(unit, network, goes, stays)
    assert (done.holds, done.loans) == (2, 1)
    assert desks.rows(f"SELECT patron_id FROM loan WHERE id = {loan}") == [(stays,)]
    assert desks.state(older)[0] == "WAITING"
    ended = desks.rows(f"SELECT state, end_reason FROM hold WHERE id = {newer}")
    assert ended == [("CANCELLED", "duplicate")]
    owners = desks.rows(f"SELECT patron_id FROM hold WHERE id IN ({older}, {newer}, {other})")
    assert {row[0] for row in owners} == {stays}
    assert_invariants(unit)


def test_the_family_is_joined_and_no_link_stands_twice(
    unit: Unit, network: Network, two: tuple[int, int]
) -> None:
    goes, stays = two
    shared, hers = a_child(unit, goes), a_child(unit, goes, birth_year=2017)
    unit.write(lambda tx: link_guardian(tx, network, stays, shared, NOW, TODAY, "desk"))
    merge(unit, network, goes, stays)
    with unit.read() as reader:
        assert {child.id for child in children_of(reader, stays, TODAY)} == {shared, hers}
        assert [link.guardian_id for link in links_of(reader, shared, TODAY)] == [stays]


def test_what_opened_the_card_that_goes_opens_nothing_more(
    unit: Unit, network: Network, two: tuple[int, int], clock: FrozenClock
) -> None:
    goes, stays = two
    session = unit.write(
        lambda tx: open_session(tx, clock.now(), Holder(patron_id=goes), OWN_PHONE)
    )
    merge(unit, network, goes, stays)
    assert not visitor_of_value(unit, clock, session).signed_in


def test_one_password_and_one_account_remain(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    mine, theirs = hash_password("brume et canapé violet"), hash_password("tilleul-parapluie")
    goes = a_patron(unit, card=OLD, password_hash=theirs)
    stays = a_patron(unit, card=KEPT, password_hash=mine)
    for subject, patron in (("a", goes), ("b", stays)):
        known = Identity("https://mel.example.org", subject, {})
        unit.write(
            lambda tx, k=known, p=patron: set_card(tx, remember_identity(tx, k, NOW).id, p, NOW)
        )
    merge(unit, network, goes, stays)
    assert sign_in_with_card(unit, clock, OLD, "brume et canapé violet", "x") == stays
    with pytest.raises(SignInRefused):
        sign_in_with_card(unit, clock, OLD, "tilleul-parapluie", "x")
    with unit.read() as reader:
        assert [one.subject for one in identities_for(reader, stays, None)] == ["b"]


def test_a_question_that_both_cards_were_asked_stands_once(
    unit: Unit, network: Network, two: tuple[int, int]
) -> None:
    goes, stays = two
    hem, leers = network.library("hem").id, network.library("leers").id
    for closure, patron in ((1, goes), (1, stays), (2, goes)):
        values = {
            "closure_id": closure, "patron_id": patron, "library_id": hem, "proposed_id": leers,
            "first_day": TODAY, "last_day": TODAY, "holds": [], "asked_at": NOW, "answer": "",
        }  # fmt: skip
        unit.write(lambda tx, v=values: tx.insert(ClosureQuestion, **v))
    merge(unit, network, goes, stays)
    with unit.read() as reader:
        kept = reader.driver.execute(
            "SELECT closure_id, patron_id FROM closure_question"
        ).fetchall()
    assert sorted(tuple(row) for row in kept) == [(1, stays), (2, stays)]


def test_a_card_is_not_merged_with_itself_nor_with_a_closed_one(
    unit: Unit, network: Network, two: tuple[int, int]
) -> None:
    goes, stays = two
    with pytest.raises(BadInput):
        merge(unit, network, goes, goes)
    merge(unit, network, goes, stays)
    with pytest.raises(NotFound):
        merge(unit, network, goes, stays)


def test_every_column_that_points_to_a_person_moves() -> None:
    assert FLOORS
    moved = {str(column) for column in person_columns()}
    assert {
        "hold.patron_id", "loan.patron_id", "card_number.patron_id", "guardian.guardian_id",
        "guardian.child_id", "identity.patron_id", "passkey.patron_id", "outbox.patron_id",
        "message.patron_id", "push_subscription.patron_id", "consent.child_id",
    } <= moved  # fmt: skip
    assert "patron.merged_into" not in moved


def test_doubles_are_proposed_with_their_reason_and_never_again_once_settled(
    unit: Unit, network: Network, two: tuple[int, int]
) -> None:
    goes, stays = two
    twin = a_patron(
        unit, first_name="Inès", last_name="Martin", name_key="martin ines", birth_year=2001
    )
    unknown = a_patron(unit, last_name="Martin", name_key="martin ines", birth_year=None)
    mail = {"email": "Famille@example.org", "last_name": "Petit", "birth_year": 1990}
    a = a_patron(unit, name_key="petit jo", **mail)
    b = a_patron(unit, name_key="petit joseph", **mail | {"email": "famille@example.org"})
    with unit.read() as reader:
        found = {(p.one, p.other): p.because for p in doubles(reader)}
    assert found[goes, stays] == "same name and year of birth"
    assert (goes, twin) not in found
    assert found[twin, unknown] == "same name, year of birth unknown"
    assert found[a, b] == "same e-mail, last name and year of birth"
    unit.write(lambda tx: not_same(tx, stays, goes, NOW))
    with unit.read() as reader:
        assert (goes, stays) not in {(p.one, p.other) for p in doubles(reader)}
