"""Who may pass whom, what stays for those who walk in, what staff may take back (section 5, T16)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.errors import BadInput, Forbidden, NotReservable, WrongState
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, HoldView, LendRequest
from navette.network.tables import RuleValue
from navette.storage.unit import Unit

CARD = "20590000055551"


def a_rule(unit: Unit, engine: EmbeddedCirculation, name: str, value: object) -> None:
    rule = {"library": "", "category": "", "item_type": ""}
    unit.write(lambda tx: tx.insert(RuleValue, name=name, value=value, **rule))
    engine.forget_network()


@pytest.fixture
def lent(unit: Unit, engine: EmbeddedCirculation) -> tuple[int, int]:
    """A record whose only copy is out: everybody waits."""
    a_patron(unit, card=CARD)
    record = a_record(unit)
    item = an_item(unit, record)
    engine.lend(STAFF, LendRequest("hem", card=CARD, item_id=item))
    return record, item


def overtaken(unit: Unit, hold: HoldView) -> int:
    with unit.read() as reader:
        text = f"SELECT overtaken FROM hold WHERE id = {hold.id}"
        return int(reader.driver.execute(text).fetchone()[0])


def test_without_a_window_nobody_passes_anybody(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, lent: tuple[int, int]
) -> None:
    """Section 5: the default is 0 days; also when the clock was put back meanwhile."""
    record, item = lent
    first = placed(engine, a_patron(unit), record, "leers")
    placed(engine, a_patron(unit), record, "hem")
    clock.advance(minutes=-2)
    assert scanned(engine, "hem", item).hold_id == first.id


def test_a_local_hold_passes_young_ones_in_the_window_at_most_twice(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, lent: tuple[int, int]
) -> None:
    """Section 5: only while each of those has waited less; a hold is overtaken at most twice."""
    record, item = lent
    a_rule(unit, engine, "local_window_days", 3)
    far = placed(engine, a_patron(unit), record, "leers")
    near = []
    for number in range(3):
        clock.advance(hours=1)
        card = f"2059000005556{number}"
        near.append((card, placed(engine, a_patron(unit, card=card), record, "hem")))
    result = scanned(engine, "hem", item)
    assert result.hold_id == near[0][1].id
    assert overtaken(unit, far) == 1
    desk = Actor("staff", staff_id=2, library="hem", role="agent")
    engine.undo_scan(desk, result.scan_id)
    assert overtaken(unit, far) == 0  # T18
    for turn in range(2):
        assert scanned(engine, "hem", item).hold_id == near[turn][1].id
        engine.lend(STAFF, LendRequest("hem", card=near[turn][0], item_id=item))
    assert overtaken(unit, far) == 2
    assert scanned(engine, "hem", item).hold_id == far.id
    assert_invariants(unit)


def test_who_has_waited_longer_than_the_window_is_not_passed(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, lent: tuple[int, int]
) -> None:
    """Section 5; nor is a class that comes first."""
    record, item = lent
    a_rule(unit, engine, "local_window_days", 3)
    far = placed(engine, a_patron(unit), record, "leers")
    clock.advance(days=3)
    placed(engine, a_patron(unit), record, "hem")
    assert scanned(engine, "hem", item).hold_id == far.id


def test_a_copy_taken_back_for_a_mistake_leaves_the_rank(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """T16: permission and a reason; the copy is to be cleared from the shelf, the patron told."""
    record = a_record(unit)
    item = an_item(unit, record)
    patron = a_patron(unit)
    hold = placed(engine, patron, record)
    with pytest.raises(WrongState):
        engine.take_back(STAFF, hold.id, "page arrachée")
    scanned(engine, "hem", item)
    with pytest.raises(Forbidden):
        engine.take_back(me(patron), hold.id, "je n’en veux plus")
    with pytest.raises(Forbidden):
        engine.take_back(Actor("staff", staff_id=8, library="hem", role="volunteer"), hold.id, "x")
    for empty in ("", "  ", "x" * 201):
        with pytest.raises(BadInput):
            engine.take_back(STAFF, hold.id, empty)
    after = engine.take_back(STAFF, hold.id, "page arrachée")
    assert (after.state, after.placed_at) == ("WAITING", hold.placed_at)
    assert [i.id for i in engine.to_clear("hem")] == [item]
    with unit.read() as reader:
        note = reader.driver.execute(
            f"SELECT note FROM hold_event WHERE hold_id = {hold.id} ORDER BY id DESC"
        ).fetchone()[0]
    assert note == "page arrachée"
    assert_invariants(unit)


def test_one_new_copy_in_four_stays_to_be_discovered(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """Section 5, walk_in_share: of three and more; not reservable while new; free ones first."""
    until = date(2026, 12, 31)
    title, pair = a_record(unit, "Très attendu"), a_record(unit, "Deux suffisent")
    copies = [
        an_item(unit, title, home, new_until=until) for home in ("hem", "lys", "leers", "lys")
    ]
    for home in ("hem", "lys"):
        an_item(unit, pair, home, new_until=until)
    hold = placed(engine, a_patron(unit), title, "lys")
    assert engine.nightly()["walk_in"] == 1
    assert engine.nightly()["walk_in"] == 0
    with unit.read() as reader:
        marked = reader.driver.execute(
            "SELECT id, record_id FROM item WHERE on_site_until IS NOT NULL"
        ).fetchall()
    assert [row[1] for row in marked] == [title]
    assert marked[0][0] in copies
    assert marked[0][0] != seen(engine, hold).item_id
    alone = a_record(unit, "Seul")
    on_site = an_item(unit, alone, on_site_until=until, new_until=until)
    with pytest.raises(NotReservable):
        placed(engine, a_patron(unit), alone)
    assert scanned(engine, "hem", on_site).instruction == "RESHELVE"
    clock.advance(days=(until - date(2026, 11, 24)).days + 1)
    assert placed(engine, a_patron(unit), alone).state == "TARGETED"
    assert until + timedelta(days=1) <= clock.now().date()
