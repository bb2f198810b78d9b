"""A person leaves (E23)."""

from __future__ import annotations

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.leaving import leave
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
