"""The people of the demonstration and what is under way: fictitious, and possible."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from navette_server.demo.holdings import holdings_of
from navette_server.demo.people import SSO_ACCOUNTS, STAFF, DemoPatron, Standing, patrons
from navette_server.demo.situations import (
    ALICE,
    BRUNO,
    HOLDS,
    LOANS,
    DemoHold,
    DemoLoan,
    HoldPhase,
    LoanState,
)
from navette_server.demo.works import LIBRARIES, Kind, works_by_key

PATRONS = {patron.card: patron for patron in patrons()}
SHORT_LOANS = {Kind.FILM, Kind.MAGAZINE}
BOUND = {HoldPhase.TARGETED, HoldPhase.IN_TRANSIT, HoldPhase.READY}


def test_cards_are_fourteen_digits_that_begin_with_2059() -> None:
    assert len(PATRONS) == len(patrons())
    assert all(re.fullmatch(r"2059\d{10}", card) for card in PATRONS)


def test_alice_and_bruno_are_who_the_contract_says() -> None:
    alice, bruno = PATRONS["20590000012345"], PATRONS["20590000067890"]
    assert (alice.name, alice.library) == ("Alice Dubois", "hem")
    assert (bruno.name, bruno.library) == ("Bruno Lefèvre", "leers")
    assert alice.password
    assert bruno.password


def test_about_sixty_patrons_of_every_category_live_in_all_five_towns() -> None:
    assert 55 <= len(PATRONS) <= 65
    assert {p.library for p in patrons()} == set(LIBRARIES)
    categories = Counter(p.category for p in patrons())
    assert set(categories) == {"adult", "young", "child", "group", "professional"}
    assert {p.standing for p in patrons()} == set(Standing)


def test_guardians_are_adults_who_come_before_their_children() -> None:
    met: list[DemoPatron] = []
    for patron in patrons():
        known = {one.card: one for one in met}
        assert all(known[card].category == "adult" for card in patron.guardians)
        assert patron.guardians or patron.category != "child"
        met.append(patron)


def test_addresses_and_numbers_belong_to_nobody() -> None:
    for patron in patrons():
        assert not patron.email or patron.email.endswith("@example.org")
        assert not patron.phone or patron.phone.startswith(("06 39 98 ", "03 53 01 "))


def test_passwords_are_three_words_and_four_digits_and_used_once() -> None:
    chosen = [p.password for p in patrons() if p.password]
    assert len(chosen) >= 12
    chosen += [one.password for one in STAFF] + [one.password for one in SSO_ACCOUNTS]
    assert len(set(chosen)) == len(chosen)
    assert all(re.fullmatch(r"[a-zà-ÿ]+-[a-zà-ÿ]+-[a-zà-ÿ]+-\d{4}", word) for word in chosen)


def test_every_library_has_an_agent_and_lys_the_coordinator() -> None:
    assert {one.library for one in STAFF if one.role == "agent"} == set(LIBRARIES)
    assert [one.library for one in STAFF if one.role == "coordinator"] == ["lys"]
    assert any(one.role == "driver" for one in STAFF)


def test_one_account_is_linked_one_could_be_and_one_has_no_card() -> None:
    assert len({one.sub for one in SSO_ACCOUNTS}) == len(SSO_ACCOUNTS)
    assert any(one.card for one in SSO_ACCOUNTS)
    assert any(one.own_card and not one.card for one in SSO_ACCOUNTS)
    assert any(not one.own_card for one in SSO_ACCOUNTS)
    assert all(one.own_card in PATRONS for one in SSO_ACCOUNTS if one.own_card)


def test_alice_has_one_book_ready_one_in_transit_and_two_to_wait_for() -> None:
    phases = Counter(hold.phase for hold in HOLDS if hold.card == ALICE)
    assert phases == {HoldPhase.READY: 1, HoldPhase.IN_TRANSIT: 1, HoldPhase.WAITING: 2}
    assert sum(loan.card == ALICE for loan in LOANS) == 3
    assert any(hold.card == BRUNO for hold in HOLDS)


def test_there_is_a_hold_in_every_phase_and_a_loan_in_every_state() -> None:
    assert {hold.phase for hold in HOLDS} == set(HoldPhase)
    assert {loan.state for loan in LOANS} == set(LoanState)
    assert len(HOLDS) >= 25
    assert len(LOANS) >= 40


@pytest.mark.parametrize("loan", LOANS, ids=lambda loan: f"{loan.work}-{loan.library}")
def test_a_loan_is_as_old_as_its_state_says(loan: DemoLoan) -> None:
    assert PATRONS[loan.card]
    assert has_part(loan.work, loan.part)
    work = works_by_key()[loan.work]
    days = 56 if PATRONS[loan.card].category == "group" else 14 if work.kind in SHORT_LOANS else 21
    # A due date that falls on closed days moves to the next opening, at most three days later.
    match loan.state:
        case LoanState.OVERDUE:
            assert loan.lent_days_ago > days + 3
        case LoanState.DUE_SOON:
            assert days - 3 <= loan.lent_days_ago < days
        case LoanState.CURRENT:
            assert loan.lent_days_ago < days - 3


def test_no_library_lends_more_copies_than_it_has() -> None:
    lent = Counter((loan.work, loan.library, loan.part) for loan in LOANS)
    for (key, library, _), copies in lent.items():
        assert copies <= holdings_of(works_by_key()[key])[library]


@pytest.mark.parametrize("hold", HOLDS, ids=lambda hold: f"{hold.card[-4:]}-{hold.work}")
def test_a_hold_is_as_far_as_the_copies_allow(hold: DemoHold) -> None:
    assert PATRONS[hold.card].standing is Standing.VALID
    assert has_part(hold.work, hold.part)
    free = free_copies(hold)
    if hold.phase in BOUND:
        assert free[hold.source] >= 1
        assert hold.source == hold.pickup or sum(free.values()) == 1
    if hold.phase is HoldPhase.IN_TRANSIT:
        assert hold.source != hold.pickup
    if hold.phase is HoldPhase.WAITING:
        promised = [h for h in HOLDS if (h.work, h.part) == (hold.work, hold.part) and h.source]
        assert sum(free.values()) == len(promised)
        assert all(h.placed_days_ago > hold.placed_days_ago for h in promised)
    assert bool(hold.suspended_days) == (hold.phase is HoldPhase.SUSPENDED)


def free_copies(hold: DemoHold) -> Counter[str]:
    free = Counter(holdings_of(works_by_key()[hold.work]))
    free.subtract(
        loan.library for loan in LOANS if (loan.work, loan.part) == (hold.work, hold.part)
    )
    return free


def has_part(key: str, part: str) -> bool:
    parts = works_by_key()[key].parts
    return part in {one.number for one in parts} if parts else not part


def test_nobody_waits_for_what_they_hold_or_beyond_the_limit() -> None:
    borrowed = {(loan.card, loan.work, loan.part) for loan in LOANS}
    wanted = [(hold.card, hold.work, hold.part) for hold in HOLDS]
    assert len(set(wanted)) == len(wanted)
    assert not borrowed & set(wanted)
    assert max(Counter(hold.card for hold in HOLDS).values()) < 5


def test_every_loan_is_older_than_the_holds_on_the_same_work() -> None:
    for hold in HOLDS:
        ages = [loan.lent_days_ago for loan in LOANS if loan.work == hold.work]
        assert all(age > hold.placed_days_ago for age in ages)
