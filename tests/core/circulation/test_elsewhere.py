"""What happened elsewhere: desks without network (E25), libraries run by another system (E22)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_patron, a_record, an_item, barcode_of
from fakes import FrozenClock
from navette.errors import BadInput, NotFound, UnknownBarcode
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.replay_views import Mirrored
from navette.ils.views import Actor, DeskScan, ScanRequest
from navette.storage.unit import Unit

CARD, OTHER = "20590000044441", "20590000044442"
LYS = Actor("staff", staff_id=5, library="lys", role="agent")


def scan(clock: FrozenClock, text: str, minutes_ago: int, **given: Any) -> DeskScan:
    at = clock.now() - timedelta(minutes=minutes_ago)
    return DeskScan("hem", text=text, scan_id=f"{text}-{minutes_ago}", scanned_at=at, **given)


def one(unit: Unit, text: str) -> Any:
    with unit.read() as reader:
        return reader.driver.execute(text).fetchone()


def test_a_queue_is_replayed_in_the_order_in_which_it_was_scanned(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """E25: lent and given back while the line was down; sent twice it is done once."""
    borrower = a_patron(unit, card=CARD)
    item = an_item(unit, a_record(unit))
    code = barcode_of(unit, item)
    lent, back = scan(clock, code, 50, card=CARD), scan(clock, code, 20)
    done = engine.replay(STAFF, [back, lent])
    assert (done.done, done.lost) == (2, [])
    rows = one(unit, f"SELECT count(*), min(lent_at) FROM loan WHERE patron_id = {borrower}")
    assert rows[0] == 1
    assert str(clock.now() - timedelta(minutes=50))[:16] in str(rows[1])
    assert engine.loans_of(borrower) == []
    again = engine.replay(STAFF, [back, lent])
    assert again.lost == []
    assert one(unit, "SELECT count(*) FROM loan")[0] == 1
    assert_invariants(unit)


def test_what_lost_against_a_later_fact_is_listed_and_never_carried_out(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """E25: another desk has lent it since; a refusal is listed with its sentence, once."""
    a_patron(unit, card=CARD)
    late = a_patron(unit, card=OTHER, blocked_reason="perdu")
    item, free = an_item(unit, a_record(unit)), an_item(unit, a_record(unit, "Autre"))
    queue = [
        scan(clock, barcode_of(unit, item), 30),
        scan(clock, barcode_of(unit, free), 25, card=OTHER),
        scan(clock, "INCONNU", 20),
    ]
    clock.advance(minutes=-10)
    engine.desk_scan(LYS, DeskScan("lys", text=barcode_of(unit, item), card=CARD))
    clock.advance(minutes=10)
    before = one(unit, f"SELECT status, version FROM item WHERE id = {item}")
    done = engine.replay(STAFF, queue)
    assert done.done == 0
    assert [(x.text, x.code) for x in done.lost] == [
        (barcode_of(unit, item), "WRONG_STATE"),
        (barcode_of(unit, free), "PATRON_BLOCKED"),
        ("INCONNU", "UNKNOWN_BARCODE"),
    ]
    assert "scanné ailleurs depuis" in done.lost[0].reason
    assert tuple(one(unit, f"SELECT status, version FROM item WHERE id = {item}")) == tuple(before)
    assert engine.loans_of(late) == []
    engine.replay(STAFF, queue)
    assert len(engine.lost_scans("hem")) == 3
    engine.seen_lost_scan(STAFF, "hem", done.lost[1].id)
    assert [x.text for x in engine.lost_scans("hem")] == [queue[0].text, "INCONNU"]
    with pytest.raises(NotFound):
        engine.seen_lost_scan(STAFF, "hem", done.lost[1].id)
    assert one(unit, f"SELECT card FROM lost_scan WHERE id = {done.lost[1].id}")[0] == ""
    assert_invariants(unit)


def test_a_scan_that_wanted_an_answer_is_listed(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """E25: reserved for somebody else (STOP); nobody was there to answer."""
    a_patron(unit, card=CARD)
    record = a_record(unit)
    item = an_item(unit, record)
    clock.advance(minutes=-60)
    hold = placed(engine, a_patron(unit), record)
    scanned(engine, "hem", item)
    clock.advance(minutes=60)
    done = engine.replay(STAFF, [scan(clock, barcode_of(unit, item), 5, card=CARD)])
    assert [x.code for x in done.lost] == ["WRONG_STATE"]
    assert seen(engine, hold).state == "READY"


def test_a_queue_needs_ids_and_times(engine: EmbeddedCirculation, clock: FrozenClock) -> None:
    for wrong in (DeskScan("hem", "A", scan_id="1"), DeskScan("hem", "A", scanned_at=clock.now())):
        with pytest.raises(BadInput):
            engine.replay(STAFF, [wrong])
    with pytest.raises(BadInput):
        engine.replay(STAFF, [scan(clock, "A", 1)] * 501)


@pytest.fixture
def mirrored(unit: Unit, engine: EmbeddedCirculation) -> str:
    """Lys runs another system."""
    unit.write(
        lambda tx: tx.driver.execute("UPDATE library SET engine = 'koha' WHERE code = 'lys'")
    )
    engine.forget_network()
    return "lys"


def test_another_system_wins_and_the_conflict_is_logged(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, mirrored: str
) -> None:
    """E22: the hold waits again at its rank and is told; another copy is asked for."""
    record = a_record(unit)
    theirs = an_item(unit, record, "lys", barcode="L1")
    hold = placed(engine, a_patron(unit), record, "hem")
    desk = Actor("staff", staff_id=2, library="lys", role="agent")
    engine.scan(desk, ScanRequest("lys", item_id=theirs))
    assert seen(engine, hold).state == "IN_TRANSIT"
    ours = an_item(unit, record, "leers")
    told = Mirrored("L1", "ON_LOAN", clock.now(), date(2026, 12, 20))
    assert engine.mirror_item("lys", told) == "conflict"
    after = seen(engine, hold)
    assert (after.state, after.item_id) == ("TARGETED", ours)
    conflict = engine.mirror_conflicts("lys")[0]
    assert (conflict.ours, conflict.theirs) == ("IN_TRANSIT", "ON_LOAN")
    assert engine.mirror_item("lys", told) == "same"
    assert len(engine.mirror_conflicts("lys")) == 1
    assert engine.mirror_item("lys", Mirrored("L1", "AVAILABLE", clock.now())) == "conflict"
    assert one(unit, f"SELECT status FROM item WHERE id = {theirs}")[0] == "AVAILABLE"
    assert_invariants(unit)


def test_what_nobody_counted_on_is_mirrored_without_a_word(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, mirrored: str
) -> None:
    """E22: and only for libraries that another system runs."""
    record = a_record(unit)
    an_item(unit, record, "lys", barcode="L2")
    an_item(unit, record, "hem", barcode="H2")
    assert engine.mirror_item("lys", Mirrored("L2", "MISSING", clock.now())) == "changed"
    assert engine.mirror_conflicts("lys") == []
    hold = placed(engine, a_patron(unit), record)
    engine.cancel_hold(me(hold.patron_id), hold.id)
    for library, code, status, wrong in (
        ("hem", "H2", "MISSING", BadInput),
        ("lys", "L9", "MISSING", UnknownBarcode),
        ("lys", "L2", "VANISHED", BadInput),
    ):
        with pytest.raises(wrong):
            engine.mirror_item(library, Mirrored(code, status, clock.now()))
    assert_invariants(unit)
