"""Rules of CIRCULATION that deserve a few lines of their own, one a number."""

from __future__ import annotations

import pytest

from core.circulation.desks import Desks
from core.circulation.reserving import me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.tables import Transit
from navette.errors import Duplicate
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.storage.unit import Unit


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


def test_at_its_pickup_a_person_makes_it_ready_and_a_machine_does_not(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks
) -> None:
    """T5, then T7: a person verifies what a machine took back."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "hem")
    assert scanned(engine, "hem", item, by_machine=True).instruction == "VERIFY"
    assert seen(engine, hold).state == "PROCESSING"
    assert desks.notices(hold.id) == []
    assert scanned(engine, "hem", item).instruction == "HOLD_SHELF"
    assert seen(engine, hold).state == "READY"
    assert desks.notices(hold.id) == [("ready", None)]


def test_who_was_blocked_meanwhile_keeps_the_rank_and_the_next_one_is_served(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """T8b, E16: told once; the same scan routes the item on."""
    record, blocked, other = a_record(unit), a_patron(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, blocked, record, "leers")
    following = placed(engine, other, record, "leers")
    scanned(engine, "hem", item)
    text = f"UPDATE patron SET blocked_reason = 'impayé' WHERE id = {blocked}"
    unit.write(lambda tx: tx.driver.execute(text))
    clock.advance(hours=2)
    told = scanned(engine, "leers", item)
    assert (told.instruction, told.hold_id) == ("HOLD_SHELF", following.id)
    view = seen(engine, hold)
    assert (view.state, view.placed_at) == ("WAITING", hold.placed_at)
    assert desks.notices(hold.id) == [("paused", None)]
    assert scanned(engine, "leers", item).hold_id == following.id
    assert desks.notices(hold.id) == [("paused", None)]


def test_a_crate_opened_at_the_wrong_library_goes_on_and_is_counted(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """E14, T8c: a forward slip from where it is; its patron's place is untouched."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "toufflers")
    scanned(engine, "hem", item)
    clock.advance(hours=2)
    told = scanned(engine, "leers", item)
    assert (told.instruction, told.destination) == ("CRATE", "toufflers")
    trips = desks.rows("SELECT misrouted, state FROM transit")
    assert [tuple(trip) for trip in trips] == [(1, "BOXED")]
    assert seen(engine, hold).state == "IN_TRANSIT"
    assert "misroute" in [trigger for trigger, _ in desks.events(hold.id)]


def test_a_crate_received_too_early_to_be_true_asks_and_changes_nothing(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """E15: nine minutes are not enough; the same scan confirmed goes on."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "leers")
    scanned(engine, "hem", item)
    clock.advance(minutes=9)
    assert scanned(engine, "leers", item, scan_id="s").instruction == "CONFIRM"
    assert desks.status(item) == ("IN_TRANSIT", "hem")
    assert scanned(engine, "leers", item, scan_id="s", confirm=True).instruction == "HOLD_SHELF"
    assert seen(engine, hold).state == "READY"


def test_another_copy_lent_ends_the_hold_and_the_one_that_was_coming_serves_the_next(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """E17, T9b: its own copy goes on unbound until it is scanned."""
    record, patron, other = a_record(unit), a_patron(unit), a_patron(unit)
    coming = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "leers")
    scanned(engine, "hem", coming)
    at_hand = an_item(unit, record, "leers")
    desks.lend("leers", at_hand, patron)
    assert seen(engine, hold).state == "FULFILLED"
    assert desks.rows("SELECT hold_id FROM transit")[0][0] is None
    following = placed(engine, other, record, "leers")
    clock.advance(hours=2)
    told = scanned(engine, "leers", coming)
    assert (told.instruction, told.hold_id) == ("HOLD_SHELF", following.id)


def test_a_copy_that_arrives_damaged_is_set_aside_and_its_patron_keeps_the_rank(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """E18, T8: waiting again at the same rank, told that it is late, another copy asked for."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "leers")
    scanned(engine, "hem", item)
    an_item(unit, record, "lys")
    unit.write(lambda tx: tx.driver.execute(f"UPDATE item SET alert = 'mouillé' WHERE id = {item}"))
    clock.advance(hours=2)
    assert scanned(engine, "leers", item).instruction == "SET_ASIDE"
    view = seen(engine, hold)
    assert (view.state, view.placed_at) == ("TARGETED", hold.placed_at)
    assert view.item_id != item
    assert desks.notices(hold.id)[-1] == ("later", None)
    assert [way for _kind, way in desks.notices(hold.id)].count(None) == 1, "one message"


def test_a_queue_of_scans_made_without_network_is_replayed_once(
    unit: Unit, engine: EmbeddedCirculation, desks: Desks, clock: FrozenClock
) -> None:
    """E25: with the client's own id and time; sent again, it is answered as the first time."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    desks.lend("hem", item, patron)
    returned = clock.advance(hours=3)
    clock.advance(hours=5)
    asked = {"scan_id": "client-1", "scanned_at": returned}
    first = scanned(engine, "lys", item, **asked)
    assert scanned(engine, "lys", item, **asked) == first
    assert desks.value("SELECT COUNT(*) FROM scan") == 1
    loans = engine.loans_of(patron)
    assert not loans
    with unit.read() as reader:
        at = reader.driver.execute("SELECT returned_at FROM loan").fetchone()[0]
    assert str(at).replace("T", " ")[:16] == f"{returned:%Y-%m-%d %H:%M}"


def test_the_database_itself_refuses_what_may_never_be(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """I1, I2, I3: unique indexes, on both databases."""
    record, patron, other = a_record(unit), a_patron(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold, waiting = placed(engine, patron, record, "leers"), placed(engine, other, record, "leers")
    scanned(engine, "hem", item)
    bind = f"UPDATE hold SET state = 'TARGETED', item_id = {item} WHERE id = {waiting.id}"
    with pytest.raises(Duplicate):  # I1
        unit.write(lambda tx: tx.driver.execute(bind))
    trip = {"item_id": item, "cause": "home", "state": "BOXED", "misrouted": 0}
    with pytest.raises(Duplicate):  # I2
        unit.write(
            lambda tx: tx.insert(
                Transit, origin_id=1, destination_id=2, boxed_at=clock.now(), **trip
            )
        )
    again = f"UPDATE hold SET patron_id = {patron} WHERE id = {waiting.id}"
    with pytest.raises(Duplicate):  # I3
        unit.write(lambda tx: tx.driver.execute(again))
    assert seen(engine, hold).state == "IN_TRANSIT"


def test_a_hold_never_moves_a_book(unit: Unit, engine: EmbeddedCirculation, desks: Desks) -> None:
    """I5: placed, changed, paused, cancelled: the copy stands where it stood."""
    record, patron = a_record(unit), a_patron(unit)
    item = an_item(unit, record, "hem")
    hold = placed(engine, patron, record, "leers")
    engine.change_pickup(me(patron), hold.id, "lys")
    engine.suspend_hold(me(patron), hold.id)
    engine.cancel_hold(me(patron), hold.id)
    assert desks.status(item) == ("AVAILABLE", "hem")
