"""A person leaves (E23); two descriptions become one (E19)."""

from __future__ import annotations

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.leaving import leave, merge
from navette.errors import NotFound
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.storage.unit import Unit


def test_the_holds_of_a_person_who_leaves_end_and_their_copies_serve_others(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock
) -> None:
    """E23: cancelled after bound items are released."""
    shelf, other = a_record(unit), a_record(unit, "Autre")
    item = an_item(unit, shelf)
    an_item(unit, other)
    leaver, stays = a_patron(unit), a_patron(unit)
    ready, targeted = placed(engine, leaver, shelf), placed(engine, leaver, other)
    scanned(engine, "hem", item)
    next_one = placed(engine, stays, other)
    assert unit.write(lambda tx: leave(tx, network, clock.now(), leaver)) == 2
    for hold in (ready, targeted):
        assert seen(engine, hold).end_reason == "patron_closed"
    assert seen(engine, next_one).state == "TARGETED"
    assert [i.id for i in engine.to_clear("hem")] == [item]
    assert_invariants(unit)


def test_holds_follow_a_record_that_is_merged(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock
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
    moved = unit.write(lambda tx: merge(tx, network, clock.now(), from_record=old, into_record=new))
    assert moved == 1
    gone, kept, other = (seen(engine, h) for h in (early, advanced, follows))
    assert (gone.state, gone.end_reason) == ("CANCELLED", "duplicate")
    assert (kept.state, kept.item_id, kept.placed_at) == ("TARGETED", item, early.placed_at)
    assert (other.record_id, other.rank) == (new, 2)
    assert_invariants(unit)
    with pytest.raises(NotFound):
        unit.write(lambda tx: merge(tx, network, clock.now(), from_record=old, into_record=999))
