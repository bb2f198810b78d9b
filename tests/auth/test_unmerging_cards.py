"""A merge that was a mistake is undone within a week: what can be given back is given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from core.circulation.desks import Desks
from core.circulation.invariants import assert_invariants
from factories import LONG_AGO, a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.tables import ClosureQuestion
from navette.errors import NotFound
from navette.network.network import Network
from navette.notifications.tables import NoticeChoice
from navette.patrons.doubles import not_same
from navette.patrons.families import links_of
from navette.patrons.guarding import link_guardian
from navette.patrons.reading import children_of, patron_by_card, patron_of
from navette.patrons.registering import set_reach
from navette.patrons.tables import CardNumber
from navette.storage.unit import Unit
from navette_auth.cards import sign_in_with_card
from navette_auth.identities import identities_for, remember_identity, set_card
from navette_auth.merging import merge_patrons, person_columns
from navette_auth.passwords import hash_password
from navette_auth.providers import Identity
from navette_auth.unmerging import recent_merges, sweep, undo_merge
from navette_auth.vault import Vault
from navette_server.privacy import privacy

TODAY = date(2026, 11, 24)
OLD, KEPT, VAULT = "20590000011111", "20590000022222", Vault(["k" * 40])
WORD = "brume et canapé violet"
Merge = Callable[[], int]
Undo = Callable[[int], tuple[int, int]]


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


@pytest.fixture
def two(unit: Unit, network: Network, clock: FrozenClock) -> tuple[int, int]:
    """Two people of one name, whom a desk took for one."""
    who = {"first_name": "Inès", "last_name": "Martin", "name_key": "martin ines"}
    goes = a_patron(
        unit, "hem", card=OLD, email="mere@example.org", birth_year=1950, phone="0320000001",
        password_hash=hash_password(WORD), **who,
    )  # fmt: skip
    stays = a_patron(unit, "leers", card=KEPT, email="", birth_year=None, phone="", **who)
    unit.write(lambda tx: tx.insert(CardNumber, number="HEM0042", patron_id=goes, kind="library"))
    return goes, stays


@pytest.fixture
def merge(unit: Unit, network: Network, clock: FrozenClock, two: tuple[int, int]) -> Merge:
    goes, stays = two

    def work() -> int:
        done = unit.write(
            lambda tx: merge_patrons(
                tx, VAULT, network, clock.now(), "desk", from_patron=goes, into_patron=stays
            )
        )
        return done.merge_id

    return work


@pytest.fixture
def undo(unit: Unit, network: Network, clock: FrozenClock) -> Undo:
    return lambda one: unit.write(
        lambda tx: undo_merge(tx, VAULT, network, clock.now(), "desk", one)
    )


def rows(unit: Unit, text: str) -> list[tuple[Any, ...]]:
    found = unit.write(lambda tx: tx.driver.execute(text).fetchall())
    return [tuple(row) for row in found]


def everything(unit: Unit, who: tuple[int, int]) -> dict[str, Any]:
    """Return whose every row is, without what a merge ends for good."""
    ended = {
        "auth_session", "api_token", "one_time_code", "pickup_code", "known_device", "outbox",
        "message",
    }  # fmt: skip
    found: dict[str, Any] = {}
    for column in person_columns():
        if column.table.name not in ended:
            for one in who:
                asked = f"SELECT count(*) FROM {column.table.name} WHERE {column.name} = {one}"
                found[f"{column}:{one}"] = rows(unit, asked)
    for one in who:
        found[f"patron:{one}"] = rows(
            unit,
            "SELECT card, first_name, last_name, name_key, email, phone, password_hash, birth_year,"
            f" valid_until, closed_at, merged_into FROM patron WHERE id = {one}",
        )
    return found


def test_all_is_as_it_was(
    unit: Unit, network: Network, clock: FrozenClock, desks: Desks, two: tuple[int, int],
    merge: Merge, undo: Undo,
) -> None:  # fmt: skip
    goes, stays = two
    shared, hers, third = a_child(unit, goes), a_child(unit, goes, birth_year=2017), a_patron(unit)
    unit.write(lambda tx: link_guardian(tx, network, stays, shared, clock.now(), TODAY, "desk"))
    for subject, patron in (("a", goes), ("b", stays)):
        known = Identity("https://mel.example.org", subject, {})
        unit.write(
            lambda tx, k=known, p=patron: set_card(
                tx, remember_identity(tx, k, clock.now()).id, p, clock.now()
            )
        )
    unit.write(lambda tx: not_same(tx, goes, third, clock.now()))
    for patron in (goes, stays):
        choose_notices(unit, patron)
        values = {
            "closure_id": 1, "patron_id": patron, "library_id": 1, "proposed_id": 2,
            "first_day": TODAY, "last_day": TODAY, "holds": [], "asked_at": clock.now(),
            "answer": "",
        }  # fmt: skip
        unit.write(lambda tx, v=values: tx.insert(ClosureQuestion, **v))
    desks.place(goes, a_record_with_a_copy(unit, desks, third), "leers")
    lent = an_item(unit, a_record(unit, "Trois"), "hem")
    desks.lend("hem", lent, goes)
    before = everything(unit, two)
    one = merge()
    assert everything(unit, two) != before
    clock.advance(days=6)
    assert undo(one) == (goes, stays)
    assert everything(unit, two) == before
    assert_invariants(unit)
    with unit.read() as reader:
        assert patron_by_card(reader, "hem 0042").id == goes
        assert patron_by_card(reader, KEPT).id == stays
        assert {child.id for child in children_of(reader, goes, TODAY)} == {shared, hers}
        assert {link.guardian_id for link in links_of(reader, shared, TODAY)} == {goes, stays}
        assert [known.subject for known in identities_for(reader, goes, None)] == ["a"]
    assert sign_in_with_card(unit, clock, OLD, WORD, "x") == goes
    told = rows(unit, "SELECT patron_id FROM outbox WHERE kind = 'cards_parted'")
    assert {row[0] for row in told} == {goes, stays}


def choose_notices(unit: Unit, patron: int) -> None:
    chosen = NoticeChoice(patron_id=patron, chosen_at=LONG_AGO).model_dump()
    unit.write(lambda tx: tx.insert(NoticeChoice, **chosen))


def a_record_with_a_copy(unit: Unit, desks: Desks, borrower: int) -> int:
    record = a_record(unit, "Un")
    desks.lend("hem", an_item(unit, record, "hem"), borrower)
    return record


def test_what_was_done_since_on_the_card_that_stays_stays_there(
    unit: Unit, clock: FrozenClock, desks: Desks, two: tuple[int, int], merge: Merge, undo: Undo
) -> None:
    goes, stays = two
    one = merge()
    new = desks.lend("hem", an_item(unit, a_record(unit, "Depuis"), "hem"), stays)
    unit.write(lambda tx: set_reach(tx, stays, "fille@example.org", "", clock.now()))
    undo(one)
    assert rows(unit, f"SELECT patron_id FROM loan WHERE id = {new}") == [(stays,)]
    with unit.read() as reader:
        mother, daughter = patron_of(reader, goes), patron_of(reader, stays)
    assert (mother.email, mother.birth_year) == ("mere@example.org", 1950)
    assert (daughter.email, daughter.birth_year) == ("fille@example.org", None)
    assert not daughter.has_password, "nor does the mother's password open the daughter's card"


def test_of_two_reservations_the_one_that_was_cancelled_stays_so(
    unit: Unit, clock: FrozenClock, desks: Desks, two: tuple[int, int], merge: Merge, undo: Undo
) -> None:
    goes, stays = two
    record = a_record_with_a_copy(unit, desks, a_patron(unit))
    older = desks.place(goes, record, "leers")
    clock.advance(minutes=5)
    newer = desks.place(stays, record, "leers")
    undo(merge())
    assert rows(unit, f"SELECT patron_id, state FROM hold WHERE id = {older}") == [
        (goes, "WAITING")
    ]
    assert rows(unit, f"SELECT patron_id, state FROM hold WHERE id = {newer}") == [
        (stays, "CANCELLED")
    ]
    assert_invariants(unit)


def test_it_is_undone_once_and_within_a_week(
    unit: Unit, clock: FrozenClock, two: tuple[int, int], merge: Merge, undo: Undo
) -> None:
    one = merge()
    undo(one)
    with pytest.raises(NotFound):
        undo(one)
    two_ = merge()
    clock.advance(days=7)
    with pytest.raises(NotFound):
        undo(two_)
    with unit.read() as reader:
        assert recent_merges(reader, clock.now()) == []
    assert unit.write(lambda tx: sweep(tx, clock.now())) == 1
    assert rows(unit, "SELECT count(*) FROM card_merge") == [(0,)]


def test_what_is_kept_for_it_lies_sealed_and_goes_with_either_person(
    unit: Unit, clock: FrozenClock, two: tuple[int, int], merge: Merge, undo: Undo
) -> None:
    one = merge()
    ((kept,),) = rows(unit, "SELECT kept FROM card_merge")
    assert "mere@example.org" not in kept
    assert "Martin" not in kept
    with unit.read() as reader:
        shown = privacy().export(reader, two[1])["card_merge"]
    assert "kept" not in shown[0]
    unit.write(lambda tx: privacy().erase(tx, two[1], clock.now()))
    assert rows(unit, "SELECT count(*) FROM card_merge") == [(0,)]
    with pytest.raises(NotFound):
        undo(one)


def test_two_cards_that_both_chose_their_notices_become_one(
    unit: Unit, two: tuple[int, int], merge: Merge
) -> None:
    for patron in two:
        choose_notices(unit, patron)
    merge()
    assert rows(unit, "SELECT patron_id FROM notice_choice") == [(two[1],)]


def test_what_was_agreed_for_one_child_is_not_agreed_for_another(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    """Under 15 the list of readings came along, and the agreement did not."""
    parent = a_patron(unit)
    goes = a_child(unit, parent, history_since=clock.now() - timedelta(days=1))
    stays = a_child(unit, parent)
    unit.write(
        lambda tx: merge_patrons(
            tx, VAULT, network, clock.now(), "desk", from_patron=goes, into_patron=stays
        )
    )
    assert rows(unit, f"SELECT history_since FROM patron WHERE id = {stays}") == [(None,)]
