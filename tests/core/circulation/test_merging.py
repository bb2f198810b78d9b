"""Descriptions become one, are parted, change their work: what circulates follows (E19)."""

from __future__ import annotations

from typing import Any

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.catalogue.reading import record_of
from navette.errors import BadInput, Forbidden, NotFound
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import LendRequest
from navette.storage.unit import Tx, Unit


def value(unit: Unit, text: str) -> Any:
    with unit.read() as reader:
        return reader.driver.execute(text).fetchone()[0]


def test_holds_follow_a_record_that_is_merged(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """E19: ranked by placed_at; duplicates of one person collapse to the most advanced state."""
    old, new = a_record(unit), a_record(unit, "La même")
    an_item(unit, old, status="PROCESSING")
    item = an_item(unit, new)
    twice, once = a_patron(unit), a_patron(unit)
    early = placed(engine, twice, old)
    clock.advance(minutes=1)
    follows = placed(engine, once, old)
    clock.advance(minutes=1)
    advanced = placed(engine, twice, new)
    assert advanced.state == "TARGETED"
    assert engine.merge_records(STAFF, from_record=old, into_record=new) == 1
    gone, kept, other = (seen(engine, h) for h in (early, advanced, follows))
    assert (gone.state, gone.end_reason) == ("CANCELLED", "duplicate")
    assert (kept.state, kept.item_id, kept.placed_at) == ("TARGETED", item, early.placed_at)
    assert (other.record_id, other.rank, other.copies) == (new, 2, 2)
    assert value(unit, f"SELECT hidden FROM record WHERE id = {old}") == 1
    assert value(unit, f"SELECT count(*) FROM item WHERE record_id = {new}") == 2
    assert_invariants(unit)
    newest = a_record(unit, "La plus récente")
    engine.merge_records(STAFF, from_record=new, into_record=newest)
    with unit.read() as reader:
        assert [record_of(reader, r).id for r in (old, new, newest)] == [newest] * 3
    new = newest
    with pytest.raises(NotFound):
        engine.merge_records(STAFF, from_record=old, into_record=99_999)
    with pytest.raises(BadInput):
        engine.merge_records(STAFF, from_record=new, into_record=new)
    with pytest.raises(Forbidden):
        engine.merge_records(me(once), from_record=old, into_record=new)


def test_a_merge_and_its_description_happen_together_or_not_at_all(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """E19: the catalogue's part runs in the same transaction; when it fails nothing has moved."""
    old, new = a_record(unit), a_record(unit, "La même")
    an_item(unit, old)
    hold = placed(engine, a_patron(unit), old)

    def fails(_tx: Tx) -> None:
        raise BadInput("describe")

    with pytest.raises(BadInput):
        engine.merge_records(STAFF, from_record=old, into_record=new, describe=fails)
    assert seen(engine, hold).record_id == old
    said: list[int] = []
    engine.merge_records(
        STAFF, from_record=old, into_record=new, describe=lambda tx: said.append(id(tx))
    )
    assert len(said) == 1
    assert seen(engine, hold).record_id == new


def test_what_is_lent_and_what_is_ready_follow_too(unit: Unit, engine: EmbeddedCirculation) -> None:
    """E19: a captured copy stays captured; a loan names the record that is left."""
    old, new = a_record(unit), a_record(unit, "La même")
    ready, lent = an_item(unit, old), an_item(unit, old)
    alice, bruno = a_patron(unit, card="20590000077701"), a_patron(unit)
    loan = engine.lend(STAFF, LendRequest("hem", card="20590000077701", item_id=lent))
    hold = placed(engine, bruno, old)
    scanned(engine, "hem", ready)
    engine.merge_records(STAFF, from_record=old, into_record=new)
    after = seen(engine, hold)
    assert (after.state, after.item_id, after.record_id) == ("READY", ready, new)
    assert engine.loans_of(alice)[0].record_id == new
    assert loan.record_id == old
    assert_invariants(unit)


def test_parted_copies_take_along_only_what_was_captured_for_them(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """E19 the other way: two publications after all."""
    both = a_record(unit)
    stays, goes = an_item(unit, both), an_item(unit, both, "leers")
    first, second = a_patron(unit), a_patron(unit)
    near, far = placed(engine, first, both, "hem"), placed(engine, second, both, "leers")
    scanned(engine, "leers", goes)
    assert seen(engine, far).state == "READY"

    def described(tx: Tx) -> int:
        from navette.catalogue.tables import Record  # noqa: PLC0415 - only here
        from navette.storage.base import table  # noqa: PLC0415

        columns = [c.name for c in table(Record).c if c.name != "id"]
        names = ", ".join(columns)
        tx.driver.execute(
            f"INSERT INTO record ({names}) SELECT {names} FROM record WHERE id = {both}"
        )
        return int(tx.driver.execute("SELECT max(id) FROM record").fetchone()[0])

    assert engine.part_items(STAFF, item_ids=[goes], describe=described) == 1
    moved, left = seen(engine, far), seen(engine, near)
    assert moved.record_id != both
    assert (moved.state, moved.item_id) == ("READY", goes)
    assert (left.record_id, left.state, left.item_id) == (both, "TARGETED", stays)
    assert_invariants(unit)


def test_a_record_grouped_with_another_work_shares_its_queue(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """E19: holds go with the record they were placed on."""
    one, other = a_record(unit, "Poche"), a_record(unit, "Grand format")
    an_item(unit, one, status="ON_ORDER")
    an_item(unit, other)
    hold = placed(engine, a_patron(unit), one)
    work = value(unit, f"SELECT work_id FROM record WHERE id = {other}")
    assert engine.move_to_work(STAFF, record_id=one, into_work=work) == 1
    assert value(unit, f"SELECT work_id FROM hold WHERE id = {hold.id}") == work
    assert seen(engine, hold).state == "WAITING"
    assert engine.move_to_work(STAFF, record_id=one, into_work=work) == 0
