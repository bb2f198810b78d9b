"""Lending: whose hold ends, who is refused and why, until when (section 9, T9, T9b, T16, E7)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.circulation.desks import Desks
from core.circulation.invariants import assert_invariants
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import (
    CardExpired,
    Forbidden,
    ItemHeldForAnother,
    ItemOnLoan,
    LoanLimitReached,
    PatronBlocked,
    WrongState,
)
from navette.ils.discreet import masked
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.storage.unit import Unit
from navette.wording import sentence_of


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


def due(desks: Desks, loan: int) -> date:
    return date.fromisoformat(str(desks.value(f"SELECT due_on FROM loan WHERE id = {loan}")))


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("book", {}, date(2026, 12, 15)),
        ("film", {}, date(2026, 12, 8)),
        ("book", {"new_until": date(2026, 12, 31)}, date(2026, 12, 8)),
    ],
)
def test_the_due_date_follows_the_type_and_the_novelty(
    unit: Unit, desks: Desks, kind: str, given: dict[str, Any], expected: date
) -> None:
    item = an_item(unit, a_record(unit), "hem", type=kind, **given)
    assert due(desks, desks.lend("hem", item, a_patron(unit))) == expected


def test_the_due_date_is_an_opening_day_of_the_lending_library(unit: Unit, desks: Desks) -> None:
    item = an_item(unit, a_record(unit), "hem")
    loan = desks.lend("lannoy", item, a_patron(unit))  # closed on Tuesday 15, open on Wednesday
    assert due(desks, loan) == date(2026, 12, 16)


def test_a_free_item_fulfils_the_hold_that_would_accept_it_t9b(unit: Unit, desks: Desks) -> None:
    record, alice = a_record(unit), a_patron(unit)
    far, near = an_item(unit, record, "hem"), an_item(unit, record, "leers", status="MISSING")
    hold = desks.place(alice, record, "leers")
    desks.scan("hem", far)
    desks.lend("leers", near, alice)
    assert desks.state(hold) == ("FULFILLED", None)
    assert desks.rows("SELECT state, hold_id FROM transit") == [("BOXED", None)]
    home = desks.scan("leers", far, confirm=True)
    assert (home.instruction, home.destination, home.hold_id) == ("CRATE", "hem", None)
    assert_invariants(unit)


def test_its_own_copy_may_be_lent_before_it_is_ready_t9b(unit: Unit, desks: Desks) -> None:
    record, alice = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(alice, record, "leers")
    desks.scan("hem", item)
    desks.lend("leers", item, alice)
    assert desks.state(hold) == ("FULFILLED", None)
    assert desks.rows("SELECT state FROM transit") == [("RECEIVED",)]
    assert desks.status(item) == ("ON_LOAN", "leers")
    assert_invariants(unit)


def test_lending_what_is_targeted_for_another_retargets_their_hold_e7b(
    unit: Unit, desks: Desks
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "leers")
    other = an_item(unit, record, "lys")
    desks.lend("hem", item, a_patron(unit))
    assert desks.state(hold) == ("TARGETED", other)
    assert desks.notices(hold) == []
    assert_invariants(unit)


@pytest.mark.parametrize("where", ["in the crate", "on the shelf"])
def test_what_is_kept_for_another_is_refused_and_lent_with_a_reason_e7c_t16(
    unit: Unit, desks: Desks, where: str
) -> None:
    record, bruno = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "leers" if where == "in the crate" else "hem")
    desks.scan("hem", item)
    with pytest.raises(ItemHeldForAnother):
        desks.lend("hem", item, bruno)
    with pytest.raises(Forbidden):
        desks.lend("hem", item, bruno, "urgent", role="driver")
    loan = desks.lend("hem", item, bruno, "classe qui part ce matin")
    assert desks.state(hold) == ("WAITING", None)
    assert desks.events(hold)[-1] == ("override", "WAITING")
    told = desks.value(f"SELECT override_reason FROM loan WHERE id = {loan}")
    assert told == "classe qui part ce matin"
    assert_invariants(unit)


def test_an_item_that_would_be_trapped_is_refused_to_another_e7f(unit: Unit, desks: Desks) -> None:
    record, bruno = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem", status="ON_HOLD_SHELF")
    hold = desks.place(a_patron(unit), record, "leers")
    with pytest.raises(ItemHeldForAnother):
        desks.lend("hem", item, bruno)
    assert desks.state(hold) == ("WAITING", None)
    desks.missing("hem", item)
    free = an_item(unit, a_record(unit), "hem", status="ON_HOLD_SHELF")
    desks.lend("hem", free, bruno)
    assert_invariants(unit)


def test_an_item_on_loan_must_come_back_first_e7g(unit: Unit, desks: Desks) -> None:
    item, alice = an_item(unit, a_record(unit), "hem"), a_patron(unit)
    loan = desks.lend("hem", item, alice)
    for patron, theirs in ((alice, loan), (a_patron(unit), None)):
        with pytest.raises(ItemOnLoan) as told:
            desks.lend("hem", item, patron, "urgent")
        assert told.value.loan_id == theirs, "one's own loan can be renewed"
        assert ("Prolongez-le" in sentence_of(told.value)) is (patron == alice)


@pytest.mark.parametrize("status", ["DAMAGED", "WITHDRAWN", "NOT_FOR_LOAN", "ON_ORDER"])
def test_what_cannot_be_lent_names_its_state(unit: Unit, desks: Desks, status: str) -> None:
    item = an_item(unit, a_record(unit), "hem", status=status)
    with pytest.raises(WrongState) as told:
        desks.lend("hem", item, a_patron(unit))
    assert (told.value.state, told.value.event) == (status, "lend")


def test_a_blocked_or_expired_card_borrows_nothing_without_a_reason(
    unit: Unit, desks: Desks
) -> None:
    item = an_item(unit, a_record(unit), "hem")
    blocked = a_patron(unit, blocked_reason="à revoir")
    expired = a_patron(unit, valid_until=date(2026, 11, 23))
    with pytest.raises(PatronBlocked):
        desks.lend("hem", item, blocked)
    with pytest.raises(CardExpired) as told:
        desks.lend("hem", item, expired)
    assert told.value.since == date(2026, 11, 23)
    desks.lend("hem", item, expired, "renouvelée demain")


def test_more_than_seven_days_late_blocks_the_card(
    unit: Unit, desks: Desks, clock: FrozenClock
) -> None:
    alice = a_patron(unit)
    desks.lend("hem", an_item(unit, a_record(unit), "hem"), alice)
    clock.advance(days=28)
    desks.lend("hem", an_item(unit, a_record(unit), "hem"), alice)
    clock.advance(days=1)
    with pytest.raises(PatronBlocked) as told:
        desks.lend("hem", an_item(unit, a_record(unit), "hem"), alice)
    assert told.value.reason == "late"


def test_a_card_has_at_most_four_films_two_novelties_and_fifteen_items(
    unit: Unit, desks: Desks
) -> None:
    alice, record = a_patron(unit), a_record(unit)
    for _ in range(4):
        desks.lend("hem", an_item(unit, record, "hem", type="film"), alice)
    with pytest.raises(LoanLimitReached) as films:
        desks.lend("hem", an_item(unit, record, "hem", type="film"), alice)
    assert (films.value.limit, films.value.current) == (4, 4)
    new: dict[str, Any] = {"new_until": date(2026, 12, 31)}
    for _ in range(2):
        desks.lend("hem", an_item(unit, record, "hem", **new), alice)
    with pytest.raises(LoanLimitReached):
        desks.lend("hem", an_item(unit, record, "hem", **new), alice)
    for _ in range(9):
        desks.lend("hem", an_item(unit, record, "hem"), alice)
    with pytest.raises(LoanLimitReached) as everything:
        desks.lend("hem", an_item(unit, record, "hem"), alice)
    assert everything.value.limit == 15


def test_what_waits_for_a_child_is_lent_to_the_child_on_the_parents_card(
    unit: Unit, desks: Desks
) -> None:
    record, parent = a_record(unit), a_patron(unit)
    child = a_child(unit, parent)
    item = an_item(unit, record, "hem")
    hold = desks.place(child, record, "hem")
    desks.scan("hem", item)
    loan = desks.lend("hem", item, parent)
    assert desks.value(f"SELECT patron_id FROM loan WHERE id = {loan}") == child
    assert desks.state(hold) == ("FULFILLED", None)
    assert_invariants(unit)


def test_not_found_on_its_shelf_the_next_copy_is_asked_for_t3(unit: Unit, desks: Desks) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "hem")
    other = an_item(unit, record, "leers")
    seen = desks.missing("hem", item)
    assert seen.status == "MISSING"
    assert desks.state(hold) == ("TARGETED", other)
    assert desks.missing("hem", item).status == "MISSING"
    assert_invariants(unit)


@pytest.mark.parametrize("arrived", [False, True])
def test_lost_on_the_way_or_on_the_hold_shelf_the_patron_is_told_it_is_late_t8_e1(
    unit: Unit, desks: Desks, *, arrived: bool
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "leers")
    rank = desks.hold(hold).placed_at
    desks.scan("hem", item)
    if arrived:
        desks.scan("leers", item, confirm=True)
    desks.missing("leers", item)
    assert desks.state(hold) == ("WAITING", None)
    assert desks.hold(hold).placed_at == rank
    assert ("later", None) in desks.notices(hold)
    assert desks.value("SELECT COUNT(*) FROM transit WHERE state = 'BOXED'") == 0
    assert_invariants(unit)
    found = desks.scan("lys", item)
    assert (found.instruction, found.hold_id) == ("CRATE", hold)
    assert_invariants(unit)


def test_a_loan_says_which_volume_it_is(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks
) -> None:
    """Of the copy's label, else of its record; nothing of a title that is masked."""
    patron = a_patron(unit)
    many, one = a_record(unit), a_record(unit, "Tome seul", volume_label="4")
    desks.lend("hem", an_item(unit, many, volume_label="2"), patron)
    desks.lend("hem", an_item(unit, one), patron)
    loans = engine.loans_of(patron)
    assert sorted(loan.volume_label for loan in loans) == ["2", "4"]
    assert {masked(loan).volume_label for loan in loans} == {""}
