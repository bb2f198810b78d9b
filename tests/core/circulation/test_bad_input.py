"""Bad input: a typed refusal, nothing changed, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from core.circulation.desks import agent
from core.circulation.photo import take
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import (
    AmbiguousBarcode,
    BadInput,
    Forbidden,
    NotFound,
    NotReservable,
    Refusal,
    UnknownBarcode,
)
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, DeskScan, LendRequest, ScanRequest
from navette.storage.unit import Unit
from navette.wording import sentence_of

NOBODY, NOWHERE, NOTHING = 999_999, "roubaix", 999_999
CARD, GONE, TWICE = "20590000011111", "20590000022222", "JUMEAU-1"
NOON, LONG_AGO = datetime(2026, 11, 20, 12, tzinfo=UTC), date(2026, 1, 1)
DRIVER = Actor("staff", staff_id=9, library="hem", role="driver")


def scan_of(**given: object) -> ScanRequest:
    return ScanRequest(**{"library": "hem", **given})  # type: ignore[arg-type]


ASKED: list[tuple[type[Refusal], Callable[[EmbeddedCirculation], object]]] = [
    (UnknownBarcode, lambda e: e.scan(STAFF, scan_of(barcode="0000"))),
    (BadInput, lambda e: e.scan(STAFF, scan_of(barcode=""))),
    (BadInput, lambda e: e.scan(STAFF, scan_of(barcode=" \x00*"))),
    (BadInput, lambda e: e.mark_missing(STAFF, "hem")),
    (BadInput, lambda e: e.lend(STAFF, LendRequest("hem", card=CARD))),
    (UnknownBarcode, lambda e: e.scan(STAFF, scan_of(barcode="' OR 1=1 --"))),
    (NotFound, lambda e: e.scan(STAFF, scan_of(item_id=NOTHING))),
    (BadInput, lambda e: e.scan(STAFF, scan_of(library=NOWHERE, item_id=1))),
    (Forbidden, lambda e: e.scan(me(1), scan_of(item_id=1))),
    (Forbidden, lambda e: e.mark_missing(me(1), "hem", item_id=1)),
    (NotFound, lambda e: e.mark_missing(STAFF, "hem", item_id=NOTHING)),
    (NotFound, lambda e: e.undo_scan(STAFF, "never")),
    (NotFound, lambda e: e.lend(STAFF, LendRequest("hem", card="20590000099999", item_id=1))),
    (BadInput, lambda e: e.lend(STAFF, LendRequest("hem", card=" ", item_id=1))),
    (Forbidden, lambda e: e.lend(DRIVER, LendRequest("hem", card="x", item_id=1))),
    (NotFound, lambda e: e.desk_scan(STAFF, DeskScan("hem", "20590000099999"))),
    (UnknownBarcode, lambda e: e.desk_scan(STAFF, DeskScan("hem", "4711"))),
    (BadInput, lambda e: placed(e, 1, 1, NOWHERE)),
    (BadInput, lambda e: e.place_series(STAFF, patron_id=1, links=[(1, ""), (4, "")], pickup="")),
    (BadInput, lambda e: e.change_pickup(STAFF, 1, NOWHERE)),
    (BadInput, lambda e: e.place_hold(
        STAFF, patron_id=1, record_id=1, pickup="hem", volume_key="zz")),
    (NotFound, lambda e: placed(e, 1, NOTHING)),
    (NotFound, lambda e: e.place_hold(STAFF, patron_id=NOBODY, record_id=1, pickup="hem")),
    (NotFound, lambda e: e.place_hold(me(NOBODY), patron_id=1, record_id=1, pickup="hem")),
    (NotFound, lambda e: e.cancel_hold(STAFF, NOTHING)),
    (NotFound, lambda e: e.renew_loan(STAFF, NOTHING)),
    (NotFound, lambda e: e.hold(me(NOBODY), 1)),
    # two libraries have this number, neither is Hem; a card and a book of some other network
    (AmbiguousBarcode, lambda e: e.scan(STAFF, scan_of(barcode=TWICE))),
    (AmbiguousBarcode, lambda e: e.mark_missing(STAFF, "hem", TWICE)),
    (AmbiguousBarcode, lambda e: e.desk_scan(STAFF, DeskScan("hem", TWICE))),
    (AmbiguousBarcode, lambda e: e.lend(STAFF, LendRequest("hem", card=CARD, barcode=TWICE))),
    (UnknownBarcode, lambda e: e.desk_scan(STAFF, DeskScan("hem", "29990000012345"))),
    (NotFound, lambda e: e.lend(STAFF, LendRequest("hem", card="29990000012345", item_id=1))),
    # somebody who has left
    (NotFound, lambda e: e.place_hold(STAFF, patron_id=2, record_id=1, pickup="hem")),
    (NotFound, lambda e: e.place_hold(me(2), patron_id=2, record_id=1, pickup="hem")),
    (NotFound, lambda e: e.lend(STAFF, LendRequest("hem", card=GONE, item_id=1))),
    (NotFound, lambda e: e.place_series(
        STAFF, patron_id=2, links=[(1, ""), (2, "")], pickup="hem")),
    # a description that was taken off the catalogue, without a copy
    (NotFound, lambda e: placed(e, 1, 2)),
    (NotReservable, lambda e: placed(e, 1, 3)),
    (BadInput, lambda e: e.suspend_hold(STAFF, 1, LONG_AGO)),
]  # fmt: skip


@pytest.mark.parametrize("index", range(len(ASKED)))
def test_it_is_refused_by_name_and_nothing_changes(
    unit: Unit, engine: EmbeddedCirculation, index: int
) -> None:
    record, patron = a_record(unit), a_patron(unit, card=CARD)
    an_item(unit, record)
    assert (record, patron) == (1, 1)
    assert a_patron(unit, card=GONE, closed_at=NOON) == 2
    assert a_record(unit, "Retiré", hidden=True) == 2
    an_item(unit, 2)
    assert a_record(unit, "Sans exemplaire") == 3
    twins = a_record(unit, "Deux fois le même numéro")
    for library in ("leers", "toufflers"):
        an_item(unit, twins, library, barcode=TWICE)
    assert placed(engine, 1, twins).id == 1
    before = take(unit, 0)
    refusal, ask = ASKED[index]
    with pytest.raises(refusal) as refused:
        ask(engine)
    assert take(unit, 0) == before
    said = sentence_of(refused.value)
    assert said
    assert said != sentence_of(BadInput("", "")), "a value that is wrong says what to do"


def test_a_scan_at_a_library_that_is_closed_today_is_a_scan(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """E21: people work behind closed doors; the deadline starts from an opening day."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "hem")
    clock.set(clock.now() + timedelta(days=5))  # a Sunday
    assert scanned(engine, "hem", item).instruction == "HOLD_SHELF"
    deadline = seen(engine, hold).pickup_deadline
    assert deadline is not None
    assert engine.network.library("hem").calendar.is_open_on(deadline.date())


def test_a_clock_that_was_put_back_ends_no_loan_before_it_began(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    record, patron = a_record(unit), a_patron(unit, card="20590000088888")
    item = an_item(unit, record, "hem")
    engine.lend(agent("hem"), LendRequest("hem", card="20590000088888", item_id=item))
    clock.advance(hours=-3)
    assert scanned(engine, "hem", item).returned
    with unit.read() as reader:
        row = reader.driver.execute("SELECT lent_at, returned_at FROM loan").fetchone()
    assert row[0] == row[1]
    assert patron


def test_a_scan_id_that_served_for_another_book_is_refused(
    unit: Unit, clock: FrozenClock, engine: EmbeddedCirculation
) -> None:
    record = a_record(unit)
    first, second = an_item(unit, record), an_item(unit, record)
    told = engine.scan(STAFF, scan_of(item_id=first, scan_id="one"))
    assert engine.scan(STAFF, scan_of(item_id=first, scan_id="one")) == told
    for other in (
        scan_of(item_id=second, scan_id="one"),
        scan_of(library="leers", item_id=first, scan_id="one"),
    ):
        desk = agent(other.library)
        with pytest.raises(BadInput) as refused:
            engine.scan(desk, other)
        assert refused.value.field == "scanId"
        assert "Scannez de nouveau" in sentence_of(refused.value)
    assert engine.scan(STAFF, scan_of(item_id=second)).item.id == second


def test_an_hour_without_a_zone_is_no_instant(unit: Unit, engine: EmbeddedCirculation) -> None:
    item = an_item(unit, a_record(unit))
    a_patron(unit, card=CARD)
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(BadInput):
        engine.scan(STAFF, scan_of(item_id=item, scanned_at=naive))
    with pytest.raises(BadInput):
        engine.lend(STAFF, LendRequest("hem", card=CARD, item_id=item, scanned_at=naive))
