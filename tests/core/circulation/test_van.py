"""The van at its stops: the manifest, loading, putting down, undoing; nothing is READY by it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from at_once import at_once
from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned
from factories import a_patron, a_record, an_item, barcode_of
from fakes import FrozenClock
from navette.errors import BadInput, Forbidden, UnknownBarcode, WrongState
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.van_views import VanStopView
from navette.ils.views import Actor
from navette.network.tables import NetworkFact
from navette.storage.base import table
from navette.storage.unit import Unit

DRIVER = Actor("staff", staff_id=9, library="lys", role="driver")


@pytest.fixture
def record(unit: Unit) -> int:
    return a_record(unit)


@pytest.fixture
def boxed(unit: Unit, engine: EmbeddedCirculation, record: int) -> tuple[int, int, int]:
    """A book of Hem in the crate for Leers: (item, patron, hold)."""
    item, patron = an_item(unit, record, "hem"), a_patron(unit)
    hold = placed(engine, patron, record, "leers")
    assert scanned(engine, "hem", item).instruction == "CRATE"
    return item, patron, hold.id


def stop(engine: EmbeddedCirculation, library: str) -> VanStopView:
    return next(one for one in engine.van_run().stops if one.library == library)


def counts(engine: EmbeddedCirculation, library: str) -> tuple[int, int]:
    here = stop(engine, library)
    return len(here.drop), len(here.take)


def states(unit: Unit) -> list[Any]:
    with unit.read() as reader:
        sql = "SELECT id, state, version FROM hold ORDER BY id"
        holds = [tuple(row) for row in reader.driver.execute(sql).fetchall()]
        sql = "SELECT id, status, current_library_id, version FROM item ORDER BY id"
        return [holds, [tuple(row) for row in reader.driver.execute(sql).fetchall()]]


def test_what_does_not_fit_waits_in_the_order_in_which_it_was_reserved(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """Section 7: capacity; what only goes home waits first, one in a hand is never refused."""
    unit.write(
        lambda tx: tx.execute(
            update(table(NetworkFact))
            .where(table(NetworkFact).c.name == "van_capacity")
            .values(value=2)
        )
    )
    engine.forget_network()
    home = an_item(unit, a_record(unit, "Rentre"), "leers", at="hem")
    assert scanned(engine, "hem", home).instruction == "CRATE"
    wished = []
    for number in range(3):
        title = a_record(unit, f"Titre {number}")
        wished.append((an_item(unit, title, "hem"), placed(engine, a_patron(unit), title, "leers")))
        clock.advance(minutes=1)
    for item, _ in reversed(wished):  # the youngest wish is boxed first
        scanned(engine, "hem", item)
    assert engine.load_van(DRIVER, "hem", everything=True).count == 2
    assert engine.van_run().on_board == 2
    left = [one.item.id for one in stop(engine, "hem").take]
    assert sorted(left) == sorted([home, wished[2][0]])
    assert engine.load_van(DRIVER, "hem", everything=True).count == 0
    assert engine.load_van(DRIVER, "hem", item_id=home).count == 1
    assert_invariants(unit)


def test_what_waits_in_the_crates_is_on_the_manifest(
    engine: EmbeddedCirculation, boxed: tuple[int, int, int]
) -> None:
    run = engine.van_run()
    assert (run.state, run.capacity, run.on_board) == ("planned", 60, 0)
    assert [one.library for one in run.stops] == ["hem", "lannoy", "leers", "lys", "toufflers"]
    assert counts(engine, "hem") == (0, 1)
    (line,) = stop(engine, "hem").take
    assert (line.item.id, line.destination, line.late) == (boxed[0], "leers", False)


def test_a_scan_takes_one_item_on_board_and_twice_does_no_harm(
    unit: Unit, engine: EmbeddedCirculation, boxed: tuple[int, int, int], clock: FrozenClock
) -> None:
    before = states(unit)
    code = barcode_of(unit, boxed[0])
    done = engine.load_van(DRIVER, "hem", barcode=code)
    assert (done.count, done.item and done.item.id) == (1, boxed[0])
    assert (counts(engine, "hem"), counts(engine, "leers")) == ((0, 0), (1, 0))
    clock.advance(minutes=1)
    assert engine.load_van(DRIVER, "hem", barcode=code).count == 0
    assert engine.load_van(DRIVER, "hem", everything=True).count == 0
    track = engine.hold(STAFF, boxed[2]).track
    assert track is not None
    assert track.state == "ON_VAN"
    assert states(unit) == before
    assert_invariants(unit)


def test_everything_at_a_stop_is_loaded_at_once_and_taken_out_again(
    unit: Unit, engine: EmbeddedCirculation, boxed: tuple[int, int, int], clock: FrozenClock
) -> None:
    other = an_item(unit, a_record(unit, "Brouillard"), "lys", "hem", status="ON_LOAN")
    assert scanned(engine, "hem", other).destination == "lys"
    done = engine.load_van(DRIVER, "hem", everything=True)
    assert (done.count, engine.van_run().on_board) == (2, 2)
    clock.advance(minutes=1)
    assert engine.undo_van(DRIVER, "hem", done.at).count == 2
    assert (counts(engine, "hem"), engine.van_run().on_board) == ((0, 2), 0)
    with pytest.raises(WrongState):
        engine.undo_van(DRIVER, "hem", done.at)
    assert_invariants(unit)


def test_an_undo_takes_out_only_what_that_act_loaded(
    unit: Unit, engine: EmbeddedCirculation, boxed: tuple[int, int, int], clock: FrozenClock
) -> None:
    engine.load_van(DRIVER, "hem", item_id=boxed[0])
    other = an_item(unit, a_record(unit, "Brouillard"), "lys", "hem", status="ON_LOAN")
    scanned(engine, "hem", other)
    clock.advance(minutes=1)
    done = engine.load_van(DRIVER, "hem", everything=True)
    engine.undo_van(DRIVER, "hem", done.at)
    assert engine.van_run().on_board == 1
    assert [line.item.id for line in stop(engine, "hem").take] == [other]


def test_a_crate_put_down_makes_nothing_ready_until_each_item_is_scanned(
    unit: Unit, engine: EmbeddedCirculation, boxed: tuple[int, int, int], clock: FrozenClock
) -> None:
    """I5, E15: only the scan at the desk receives."""
    before = states(unit)
    engine.load_van(DRIVER, "hem", everything=True)
    clock.advance(minutes=40)
    done = engine.put_down(DRIVER, "leers")
    assert (done.count, counts(engine, "leers"), engine.van_run().on_board) == (1, (0, 0), 0)
    assert engine.put_down(DRIVER, "leers").count == 0
    assert states(unit) == before
    assert engine.hold(STAFF, boxed[2]).state == "IN_TRANSIT"
    with pytest.raises(WrongState):  # it has left Hem for good
        engine.undo_van(DRIVER, "hem", done.at)
    clock.advance(minutes=1)
    assert engine.undo_van(DRIVER, "leers", done.at).count == 1
    assert counts(engine, "leers") == (1, 0)
    engine.put_down(DRIVER, "leers")
    assert scanned(engine, "leers", boxed[0]).hold_state == "READY"
    assert engine.van_run().on_board == 0
    assert_invariants(unit)


def test_a_hold_cancelled_on_the_van_frees_its_book_for_the_next_person(
    unit: Unit, engine: EmbeddedCirculation, boxed: tuple[int, int, int], record: int,
    clock: FrozenClock,
) -> None:  # fmt: skip
    """E2 with ON_VAN."""
    item, patron, hold = boxed
    engine.load_van(DRIVER, "hem", everything=True)
    engine.cancel_hold(me(patron), hold)
    following = placed(engine, a_patron(unit), record, "leers")
    assert counts(engine, "leers") == (1, 0)
    clock.advance(minutes=40)
    engine.put_down(DRIVER, "leers")
    found = scanned(engine, "leers", item)
    assert (found.hold_id, found.hold_state) == (following.id, "READY")
    assert_invariants(unit)


def test_a_pickup_changed_on_the_van_is_forwarded_and_loaded_again(
    unit: Unit, engine: EmbeddedCirculation, boxed: tuple[int, int, int], clock: FrozenClock
) -> None:
    """E12 with ON_VAN: the trip goes on and the arrival scan forwards it (T8c)."""
    item, patron, hold = boxed
    engine.load_van(DRIVER, "hem", everything=True)
    engine.change_pickup(me(patron), hold, "lys")
    assert counts(engine, "leers") == (1, 0)
    clock.advance(minutes=40)
    engine.put_down(DRIVER, "leers")
    assert scanned(engine, "leers", item).destination == "lys"
    assert counts(engine, "leers") == (0, 1)
    clock.advance(minutes=1)
    engine.load_van(DRIVER, "leers", everything=True)
    assert (counts(engine, "leers"), counts(engine, "lys")) == ((0, 0), (1, 0))
    clock.advance(minutes=40)
    assert scanned(engine, "lys", item).hold_state == "READY"
    assert_invariants(unit)


def test_a_scan_that_the_van_has_overtaken_is_not_undone(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """T18: nothing may have happened to the item since."""
    item = an_item(unit, record, "hem")
    placed(engine, a_patron(unit), record, "leers")
    scan = scanned(engine, "hem", item)
    engine.load_van(DRIVER, "hem", everything=True)
    with pytest.raises(WrongState):
        engine.undo_scan(Actor("staff", staff_id=1, library="hem", role="agent"), scan.scan_id)
    assert_invariants(unit)


def test_what_the_van_left_behind_too_often_comes_first(
    unit: Unit, engine: EmbeddedCirculation, boxed: tuple[int, int, int], clock: FrozenClock
) -> None:
    """E1."""
    clock.advance(days=12)
    newer = an_item(unit, a_record(unit, "Brouillard"), "lys", "hem", status="ON_LOAN")
    scanned(engine, "hem", newer)
    assert [(line.item.id, line.late) for line in stop(engine, "hem").take] == [
        (boxed[0], True), (newer, False),
    ]  # fmt: skip


def test_what_does_not_wait_at_this_stop_is_refused(
    unit: Unit, engine: EmbeddedCirculation, boxed: tuple[int, int, int], record: int
) -> None:
    standing = an_item(unit, record, "hem")
    for library, item in (("lannoy", boxed[0]), ("hem", standing)):
        with pytest.raises(WrongState):
            engine.load_van(DRIVER, library, item_id=item)
    with pytest.raises(UnknownBarcode):
        engine.load_van(DRIVER, "hem", barcode="rien")
    with pytest.raises(BadInput):
        engine.load_van(DRIVER, "hem")
    with pytest.raises(BadInput):
        engine.load_van(DRIVER, "nulle-part", everything=True)
    assert engine.van_run().on_board == 0


def test_patrons_have_no_hand_on_the_van(
    engine: EmbeddedCirculation, boxed: tuple[int, int, int]
) -> None:
    for act in (
        lambda: engine.load_van(me(boxed[1]), "hem", everything=True),
        lambda: engine.put_down(me(boxed[1]), "leers"),
        lambda: engine.undo_van(me(boxed[1]), "hem", engine.van_run().stops[0].leaves),
    ):
        with pytest.raises(Forbidden):
            act()


def test_the_manifest_names_no_patron_and_no_hold(
    engine: EmbeddedCirculation, boxed: tuple[int, int, int]
) -> None:
    (line,) = stop(engine, "hem").take
    assert set(vars(line)) == {"item", "origin", "destination", "late"}
    assert not [name for name in vars(line.item) if "patron" in name or "hold" in name]


def test_what_was_taken_out_of_the_crate_again_is_not_loaded(
    unit: Unit, engine: EmbeddedCirculation, boxed: tuple[int, int, int]
) -> None:
    """E12: the transit is over, whatever the manifest on the seat says."""
    item, patron, hold = boxed
    engine.change_pickup(me(patron), hold, "hem")  # taken out of the crate: the transit is over
    assert engine.load_van(DRIVER, "hem", everything=True).count == 0
    with pytest.raises(WrongState):
        engine.load_van(DRIVER, "hem", item_id=item)
    assert_invariants(unit)


def test_of_many_hands_that_load_and_scan_at_once_each_item_moves_once(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """I6: whoever comes second finds what the first has left."""
    items = [
        an_item(unit, a_record(unit, f"Titre {n}"), "lys", "hem", status="ON_LOAN")
        for n in range(6)
    ]
    for item in items:
        assert scanned(engine, "hem", item).destination == "lys"
    clock.advance(minutes=20)
    loads = [lambda: engine.load_van(DRIVER, "hem", everything=True).count] * 4
    scans = [partial(scanned, engine, "lys", item) for item in items[:3]]
    done = at_once(*loads, *scans)
    assert not [one for one in done if isinstance(one, BaseException)]
    assert sum(one for one in done if isinstance(one, int)) + 3 >= len(items)
    assert engine.van_run().on_board == 3
    assert_invariants(unit)
