"""Loans and their renewal (section 9, E20)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.circulation.reserving import STAFF, me, placed, scanned
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import NotFound, RenewalRefused
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import LendRequest, LoanView
from navette.storage.unit import Unit

CARD = "20590000077777"


@pytest.fixture
def record(unit: Unit) -> int:
    return a_record(unit)


@pytest.fixture
def borrower(unit: Unit) -> int:
    return a_patron(unit, card=CARD)


def lent(
    engine: EmbeddedCirculation, item: int, library: str = "hem", card: str = CARD
) -> LoanView:
    return engine.lend(STAFF, LendRequest(library=library, card=card, item_id=item))


def test_a_renewal_counts_from_the_due_date_and_happens_once(
    unit: Unit, engine: EmbeddedCirculation, record: int, borrower: int
) -> None:
    """Section 9: 1 x 21 days, never on a closed day."""
    loan = lent(engine, an_item(unit, record))
    assert (loan.due_on, loan.renewable, loan.renewal_refusal) == (date(2026, 12, 15), True, "")
    renewed = engine.renew_loan(me(borrower), loan.id)
    assert (renewed.due_on, renewed.renewals) == (date(2027, 1, 5), 1)
    assert (renewed.renewable, renewed.renewal_refusal) == (False, "limit")
    with pytest.raises(RenewalRefused) as refused:
        engine.renew_loan(me(borrower), loan.id)
    assert refused.value.reason == "limit"


def test_a_repeated_renewal_with_a_key_counts_once(
    unit: Unit, engine: EmbeddedCirculation, record: int, borrower: int
) -> None:
    """E7e."""
    loan = lent(engine, an_item(unit, record))
    first = engine.renew_loan(me(borrower), loan.id, "k")
    assert engine.renew_loan(me(borrower), loan.id, "k") == first


def test_what_somebody_waits_for_is_not_renewed_unless_another_comes_sooner(
    unit: Unit, engine: EmbeddedCirculation, record: int, borrower: int, clock: FrozenClock
) -> None:
    """E20: refused if the eligible holds outnumber the copies that will be free sooner."""
    first, second = an_item(unit, record), an_item(unit, record)
    a_patron(unit, card="20590000088888")
    lent(engine, first, card="20590000088888")
    clock.advance(days=4)
    loan = lent(engine, second)
    waiting = placed(engine, a_patron(unit), record)
    assert waiting.state == "WAITING"
    assert engine.loan(me(borrower), loan.id).renewable  # the other copy is due sooner
    placed(engine, a_patron(unit), record)
    refused = engine.loan(me(borrower), loan.id)
    assert (refused.renewable, refused.renewal_refusal) == (False, "others_wait")
    engine.suspend_hold(STAFF, waiting.id)
    assert engine.loan(me(borrower), loan.id).renewable  # a paused hold does not count


@pytest.mark.parametrize(
    ("days", "item", "reason"),
    [(30, {}, "late"), (0, {"new_until": date(2027, 1, 1)}, "new")],
)
def test_late_and_new_things_are_not_renewed(
    unit: Unit,
    engine: EmbeddedCirculation,
    record: int,
    borrower: int,
    clock: FrozenClock,
    days: int,
    item: dict[str, Any],
    reason: str,
) -> None:
    loan = lent(engine, an_item(unit, record, **item))
    clock.advance(days=days)
    with pytest.raises(RenewalRefused) as refused:
        engine.renew_loan(me(borrower), loan.id)
    assert refused.value.reason == reason
    assert engine.loan(me(borrower), loan.id).late == (reason == "late")


def test_a_returned_loan_is_not_renewed_and_a_strange_one_not_found(
    unit: Unit, engine: EmbeddedCirculation, record: int, borrower: int
) -> None:
    item = an_item(unit, record)
    loan = lent(engine, item)
    with pytest.raises(NotFound):
        engine.renew_loan(me(a_patron(unit)), loan.id)
    scanned(engine, "lannoy", item)
    assert engine.loans_of(borrower) == []
    with pytest.raises(RenewalRefused) as refused:
        engine.renew_loan(me(borrower), loan.id)
    assert refused.value.reason == "returned"


def test_loans_are_listed_first_due_first_and_page_by_page(
    unit: Unit, engine: EmbeddedCirculation, borrower: int, clock: FrozenClock
) -> None:
    items = [an_item(unit, a_record(unit, f"Titre {n}")) for n in range(3)]
    for item in items:
        lent(engine, item)
        clock.advance(days=1)
    listed = engine.loans_of(borrower)
    assert [loan.item_id for loan in listed] == items
    assert [x.item_id for x in engine.loans_of(borrower, first=1, after=listed[0].id)] == [items[1]]
    assert listed[0].due_on - clock.now().date() < timedelta(days=21)
