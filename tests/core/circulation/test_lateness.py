"""Late, claimed returned, lost: pauses, searches, decisions, amnesty (section 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.lateness import paused_until
from navette.errors import (
    BadInput,
    Forbidden,
    HoldLimitReached,
    LoanLimitReached,
    NotFound,
    NotReservable,
    PatronBlocked,
    RenewalRefused,
    WrongState,
)
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, LendRequest, LoanView
from navette.network.network import Network
from navette.network.tables import RuleValue
from navette.storage.unit import Unit
from navette.wording import sentence_of

CARD = "20590000099991"
HEAD = Actor("staff", staff_id=9, library="hem", role="coordinator")


@pytest.fixture
def borrower(unit: Unit) -> int:
    return a_patron(unit, card=CARD)


def lent(engine: EmbeddedCirculation, item: int, card: str = CARD, at: str = "hem") -> LoanView:
    desk = Actor("staff", staff_id=3, library=at, role="agent")
    return engine.lend(desk, LendRequest(at, card=card, item_id=item))


def a_rule(unit: Unit, engine: EmbeddedCirculation, name: str, value: object) -> None:
    rule = {"library": "", "category": "", "item_type": ""}
    unit.write(lambda tx: tx.insert(RuleValue, name=name, value=value, **rule))
    engine.forget_network()


def value(unit: Unit, text: str) -> Any:
    with unit.read() as reader:
        return reader.driver.execute(text).fetchone()[0]


@pytest.mark.parametrize(
    ("late", "now_until", "expected"),
    [
        (0, None, None),
        (-3, None, None),
        (1, None, date(2026, 12, 2)),
        (12, None, date(2026, 12, 13)),
        (80, None, date(2026, 12, 31)),
        (3, date(2026, 12, 20), date(2026, 12, 20)),
        (30, date(2026, 12, 20), date(2026, 12, 31)),
    ],
)
def test_a_pause_is_as_long_as_the_longest_lateness_at_most_thirty_days(
    late: int, now_until: date | None, expected: date | None
) -> None:
    """Section 9: calendar days."""
    back = date(2026, 12, 1)
    assert paused_until(now_until, back - timedelta(days=late), back, 30) == expected


def test_a_late_return_pauses_borrowing_and_the_place_is_kept(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, borrower: int
) -> None:
    """Section 9, E16: one may reserve, is passed over, and is served afterwards."""
    late, wanted = an_item(unit, a_record(unit)), a_record(unit, "Autre")
    copy = an_item(unit, wanted)
    loan = lent(engine, late)
    clock.advance(days=(loan.due_on - date(2026, 11, 24)).days + 4)
    result = scanned(engine, "hem", late)
    until = loan.due_on + timedelta(days=8)
    with pytest.raises(PatronBlocked) as refused:
        lent(engine, copy)
    assert (refused.value.reason, refused.value.until) == ("paused", until)
    assert sentence_of(refused.value) == "Vos emprunts reprennent le mercredi 23 décembre."
    hold = placed(engine, borrower, wanted)
    assert hold.state == "WAITING"
    assert "à la reprise de vos emprunts" in hold.why
    # undone: the loan is open again and nobody is paused (T18)
    engine.undo_scan(Actor("staff", staff_id=2, library="hem", role="agent"), result.scan_id)
    assert engine.lateness(STAFF, borrower).paused_until is None
    scanned(engine, "hem", late)
    engine.lift_pause(STAFF, borrower)
    assert seen(engine, hold).state == "TARGETED"
    assert lent(engine, copy).returned_at is None
    assert_invariants(unit)
    with pytest.raises(Forbidden):
        engine.lift_pause(me(borrower), borrower)


def test_more_than_seven_days_late_blocks_the_card_and_never_the_household(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, borrower: int
) -> None:
    """Section 9."""
    child = a_child(unit, borrower, card="20590000099992")
    loan = lent(engine, an_item(unit, a_record(unit)))
    free = an_item(unit, a_record(unit, "Autre"))
    clock.advance(days=(loan.due_on - date(2026, 11, 24)).days + 8)
    with pytest.raises(PatronBlocked) as refused:
        lent(engine, free)
    assert refused.value.reason == "late"
    assert lent(engine, free, "20590000099992").patron_id == child


def test_a_group_is_never_paused(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """DOMAIN 3, section 9: 56 days, forty items, no personal suspension."""
    school = a_patron(unit, card=CARD, category="group")
    item = an_item(unit, a_record(unit))
    loan = lent(engine, item)
    assert loan.due_on == date(2027, 1, 19)
    clock.advance(days=60)
    scanned(engine, "hem", item)
    assert engine.lateness(STAFF, school).paused_until is None


def test_one_button_for_an_amnesty(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, borrower: int
) -> None:
    """Section 9: pauses end; until that day nothing late counts."""
    first, second = an_item(unit, a_record(unit)), an_item(unit, a_record(unit, "Autre"))
    lent(engine, first)
    lent(engine, second)
    clock.advance(days=40)
    scanned(engine, "hem", first)
    with pytest.raises(Forbidden):
        engine.amnesty(STAFF)
    for wrong in (clock.now().date() - timedelta(days=1), date(2030, 1, 1)):
        with pytest.raises(BadInput):
            engine.amnesty(HEAD, wrong)
    assert engine.amnesty(HEAD, clock.now().date() + timedelta(days=7)) == 1
    assert lent(engine, an_item(unit, a_record(unit, "Encore"))).patron_id == borrower
    clock.advance(days=7)
    scanned(engine, "hem", second)
    assert engine.lateness(STAFF, borrower).paused_until is None


def test_claimed_returned_counts_no_more_and_is_searched_twice(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, borrower: int
) -> None:
    """Section 9: the lending and the owning library, three opening days, twice; then the head."""
    record = a_record(unit)
    item = an_item(unit, record, "leers", at="hem")
    loan = lent(engine, item)
    clock.advance(days=40)
    claimed = engine.claim_returned(me(borrower), loan.id)
    assert (claimed.late, claimed.claimed_at) == (False, clock.now())
    assert claimed.renewal_refusal == "claimed"
    assert engine.claim_returned(me(borrower), loan.id) == claimed  # said twice
    assert lent(engine, an_item(unit, a_record(unit, "Autre"))).patron_id == borrower
    # not coming back: for nobody's promise, for nobody's hold (E11)
    with pytest.raises(NotReservable):
        placed(engine, a_patron(unit), record)
    assert {p.likely_at for p in engine.promise(record)} == {None}
    searches = {lib: engine.to_search(lib) for lib in ("hem", "leers", "lys")}
    assert [len(searches[lib]) for lib in ("hem", "leers", "lys")] == [1, 1, 0]
    assert searches["hem"][0].turn == 1
    engine.searched(STAFF, "hem", searches["hem"][0].id)
    with pytest.raises(WrongState):
        engine.searched(STAFF, "hem", searches["hem"][0].id)
    with pytest.raises(NotFound):
        engine.searched(STAFF, "lys", searches["leers"][0].id)
    assert engine.to_search("hem") == []
    clock.advance(days=8)  # Leers let its days pass
    assert engine.nightly()["claims"] == 1
    assert engine.nightly()["claims"] == 0
    assert [s.turn for lib in ("hem", "leers") for s in engine.to_search(lib)] == [2, 2]
    assert engine.to_decide("hem") == []
    for lib in ("hem", "leers"):
        engine.searched(STAFF, lib, engine.to_search(lib)[0].id)
    claim = engine.to_decide("leers")[0]
    assert claim.patron_id == borrower
    with pytest.raises(Forbidden):
        engine.settle_claim(STAFF, claim.id, "FORGIVEN")
    with pytest.raises(BadInput):
        engine.settle_claim(HEAD, claim.id, "MAYBE")
    elsewhere, here = (replace(HEAD, library=one, role="head") for one in ("lys", "leers"))
    with pytest.raises(Forbidden):
        engine.settle_claim(elsewhere, claim.id, "FORGIVEN")
    settled = engine.settle_claim(here, claim.id, "FORGIVEN")
    assert settled.returned_at == claimed.claimed_at
    assert value(unit, f"SELECT status FROM item WHERE id = {item}") == "MISSING"
    with pytest.raises(WrongState):
        engine.settle_claim(HEAD, claim.id, "OWED")
    assert_invariants(unit)


def test_found_on_the_shelf_it_was_returned_when_claimed(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, borrower: int
) -> None:
    """Section 9: the lateness that counts is that of the claim; undone, it is searched again."""
    item = an_item(unit, a_record(unit))
    loan = lent(engine, item)
    clock.advance(days=(loan.due_on - date(2026, 11, 24)).days + 2)
    claimed_at = clock.now()
    engine.claim_returned(me(borrower), loan.id)
    clock.advance(days=5)
    found = scanned(engine, "hem", item)
    assert found.returned
    assert engine.loan(STAFF, loan.id).returned_at == claimed_at
    assert engine.to_search("hem") == []
    desk = Actor("staff", staff_id=2, library="hem", role="agent")
    engine.undo_scan(desk, found.scan_id)
    assert len(engine.to_search("hem")) == 1
    assert engine.loan(STAFF, loan.id).claimed_at == claimed_at
    scanned(engine, "hem", item)
    assert placed(engine, a_patron(unit), found.item.record_id).state == "TARGETED"


def test_a_claim_can_be_taken_back_or_owed_again(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, borrower: int
) -> None:
    """Section 9: three claims a year are shown to the desk."""
    loan = lent(engine, an_item(unit, a_record(unit)))
    clock.advance(days=30)
    engine.claim_returned(me(borrower), loan.id)
    again = engine.withdraw_claim(me(borrower), loan.id)
    assert (again.late, again.claimed_at) == (True, None)
    with pytest.raises(WrongState):
        engine.withdraw_claim(me(borrower), loan.id)
    with pytest.raises(NotFound):
        engine.claim_returned(me(a_patron(unit)), loan.id)
    assert engine.lateness(STAFF, borrower).claims_this_year == 0
    engine.claim_returned(STAFF, loan.id)
    clock.advance(days=10)
    engine.nightly()
    clock.advance(days=10)
    engine.nightly()
    claim = engine.to_decide("hem")[0]
    assert engine.settle_claim(HEAD, claim.id, "OWED").late
    assert engine.lateness(STAFF, borrower).claims_this_year == 1


def test_a_lost_item_ends_its_loan_and_goes_aside_when_it_turns_up(
    unit: Unit, engine: EmbeddedCirculation, borrower: int
) -> None:
    """Section 9: money is handled outside; route step 2."""
    item = an_item(unit, a_record(unit))
    loan = lent(engine, item)
    with pytest.raises(Forbidden):
        engine.declare_lost(me(borrower), loan.id)
    assert engine.declare_lost(STAFF, loan.id).returned_at is not None
    assert value(unit, f"SELECT status FROM item WHERE id = {item}") == "LOST"
    assert value(unit, f"SELECT ended_as FROM loan WHERE id = {loan.id}") == "lost"
    assert scanned(engine, "hem", item).instruction == "SET_ASIDE"
    with pytest.raises(WrongState):
        engine.claim_returned(me(borrower), loan.id)
    with pytest.raises(WrongState):
        engine.declare_lost(STAFF, loan.id)


def test_everything_is_renewed_that_can_be_for_the_whole_household(
    unit: Unit, engine: EmbeddedCirculation, borrower: int
) -> None:
    """Section 9, E20: each loan for itself."""
    a_child(unit, borrower, card="20590000099993")
    record = a_record(unit)
    kept, wanted = an_item(unit, a_record(unit, "Autre")), an_item(unit, record)
    childs = an_item(unit, a_record(unit, "Album"))
    lent(engine, kept)
    lent(engine, wanted)
    lent(engine, childs, "20590000099993")
    placed(engine, a_patron(unit), record)
    assert [r.refusal for r in engine.renew_all(me(borrower), borrower)] == ["", "others_wait"]
    both = engine.renew_all(me(borrower), borrower, household=True)
    assert sorted(r.refusal for r in both) == ["", "limit", "others_wait"]
    with pytest.raises(NotFound):
        engine.renew_all(me(a_patron(unit)), borrower)
    with pytest.raises(RenewalRefused):
        engine.renew_loan(me(borrower), both[0].loan.id)


def test_a_household_has_its_own_limits(
    unit: Unit, engine: EmbeddedCirculation, borrower: int
) -> None:
    """Section 9: optionally per household; another guardian's household is another."""
    child = a_child(unit, borrower, card="20590000099994")
    a_rule(unit, engine, "loan_limit_household", 2)
    a_rule(unit, engine, "hold_limit_household", 1)
    for card in (CARD, "20590000099994"):
        lent(engine, an_item(unit, a_record(unit)), card)
    with pytest.raises(LoanLimitReached) as refused:
        lent(engine, an_item(unit, a_record(unit)), "20590000099994")
    assert (refused.value.limit, refused.value.current) == (2, 2)
    first, second = a_record(unit), a_record(unit)
    an_item(unit, first)
    an_item(unit, second)
    cancelled = placed(engine, borrower, second)
    engine.cancel_hold(me(borrower), cancelled.id)
    placed(engine, child, first)
    assert engine.holds_allowed(me(borrower), borrower) == (1, 1), "the household's is the tighter"
    with pytest.raises(HoldLimitReached):
        placed(engine, borrower, second)
    with pytest.raises(HoldLimitReached):  # T17: within limits, the household's too
        engine.restore_hold(me(borrower), cancelled.id)
    placed(engine, a_patron(unit), second)


@pytest.mark.parametrize("status", ["WITHDRAWN", "LOST", "ON_ORDER"])
def test_what_stands_on_no_shelf_cannot_be_missing(
    unit: Unit, engine: EmbeddedCirculation, status: str
) -> None:
    item = an_item(unit, a_record(unit), status=status)
    with pytest.raises(WrongState):
        engine.mark_missing(STAFF, "hem", item_id=item)
    assert value(unit, f"SELECT status FROM item WHERE id = {item}") == status


def test_marking_missing_is_undone_like_a_scan(
    unit: Unit, engine: EmbeddedCirculation, network: Network
) -> None:
    """T3, T18: the hold has its copy again; too late once something has happened."""
    record = a_record(unit)
    item = an_item(unit, record)
    hold = placed(engine, a_patron(unit), record)
    engine.mark_missing(STAFF, "hem", item_id=item)
    assert seen(engine, hold).state == "WAITING"
    last = engine.last_scans("hem")[0]
    assert (last.item.status, last.item.id) == ("MISSING", item)
    engine.undo_scan(STAFF, last.scan_id)
    assert value(unit, f"SELECT status FROM item WHERE id = {item}") == "AVAILABLE"
    assert (seen(engine, hold).state, seen(engine, hold).item_id) == ("TARGETED", item)
    engine.mark_missing(STAFF, "hem", item_id=item)
    again = engine.last_scans("hem")[0]
    scanned(engine, "hem", item)
    with pytest.raises(WrongState):
        engine.undo_scan(STAFF, again.scan_id)
    assert_invariants(unit)
