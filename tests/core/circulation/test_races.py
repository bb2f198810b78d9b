"""Many at once, with real threads: one wins, the others get a clear answer (I6, E7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from at_once import at_once
from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned
from factories import a_patron, a_record, an_item
from navette.errors import DuplicateHold, HoldLimitReached, WrongState
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import HoldView
from navette.storage.unit import Unit


def test_two_race_for_the_last_copy(unit: Unit, engine: EmbeddedCirculation) -> None:
    """E7a: both get a rank, one is TARGETED."""
    record = a_record(unit)
    an_item(unit, record)
    one, two = a_patron(unit), a_patron(unit)
    holds = at_once(
        lambda: placed(engine, one, record), lambda: placed(engine, two, record, "leers")
    )
    assert all(isinstance(h, HoldView) for h in holds), holds
    views = [engine.hold(STAFF, h.id) for h in holds]
    assert sorted(v.state for v in views) == ["TARGETED", "WAITING"]
    assert sorted(v.rank or 0 for v in views) == [1, 2]
    assert_invariants(unit)


def test_the_same_request_twice_at_once_is_one_hold(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """E7e."""
    record, patron = a_record(unit), a_patron(unit)
    an_item(unit, record)
    acts = [lambda: placed(engine, patron, record, idempotency_key="k")] * 4
    holds = at_once(*acts)
    assert len({h.id for h in holds}) == 1
    assert len(engine.holds_of(patron)) == 1


def test_the_same_title_twice_at_once_without_a_key_is_one_hold_and_a_refusal(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """I3."""
    record, patron = a_record(unit), a_patron(unit)
    an_item(unit, record)
    results = at_once(*[lambda: placed(engine, patron, record)] * 3)
    assert sum(isinstance(r, HoldView) for r in results) == 1
    assert sum(isinstance(r, DuplicateHold) for r in results) == 2
    assert {r.hold_id for r in results if isinstance(r, DuplicateHold)} == {
        r.id for r in results if isinstance(r, HoldView)
    }


def test_the_limit_holds_against_many_titles_at_once(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """Section 9: five a card, on eight different works at the same instant."""
    patron = a_patron(unit)
    records = [a_record(unit, f"Titre {n}") for n in range(8)]
    for record in records:
        an_item(unit, record)
    results = at_once(*[lambda r=r: placed(engine, patron, r) for r in records])
    assert sum(isinstance(r, HoldView) for r in results) == 5, results
    assert sum(isinstance(r, HoldLimitReached) for r in results) == 3


def test_sixteen_writers_on_one_record(unit: Unit, engine: EmbeddedCirculation) -> None:
    """I6: everybody gets a place, three copies are bound once each, in the order of commit."""
    record = a_record(unit)
    for home in ("hem", "leers", "lys"):
        an_item(unit, record, home)
    patrons = [a_patron(unit) for _ in range(16)]
    homes = ("hem", "lannoy", "leers", "lys", "toufflers")
    acts = [lambda p=p, i=i: placed(engine, p, record, homes[i % 5]) for i, p in enumerate(patrons)]
    holds = at_once(*acts)
    assert all(isinstance(h, HoldView) for h in holds), holds
    views = [engine.hold(STAFF, h.id) for h in holds]
    assert sum(v.state == "TARGETED" for v in views) == 3
    assert sorted(v.rank or 0 for v in views) == list(range(1, 17))
    assert_invariants(unit)


def test_cancelling_and_scanning_at_once_leaves_one_truth(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """E7d, I6: cancelled by two phones while a desk scans the copy."""
    record = a_record(unit)
    item, patron = an_item(unit, record), a_patron(unit)
    hold = placed(engine, patron, record)
    results = at_once(
        lambda: engine.cancel_hold(me(patron), hold.id),
        lambda: engine.cancel_hold(me(patron), hold.id),
        lambda: scanned(engine, "hem", item),
    )
    assert sum(isinstance(r, HoldView) for r in results) == 1, results
    assert sum(isinstance(r, WrongState) for r in results) == 1, results
    assert engine.hold(me(patron), hold.id).state == "CANCELLED"
    assert_invariants(unit)


def test_changes_and_placements_of_many_titles_do_not_lock_each_other_out(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """I6: one order of locks; works are never globally blocking."""
    records = [a_record(unit, f"Titre {n}") for n in range(4)]
    items = [an_item(unit, r) for r in records]
    patrons = [a_patron(unit) for _ in range(4)]
    held = [placed(engine, p, r) for p, r in zip(patrons, records, strict=True)]
    acts: list[Callable[[], Any]] = []
    for n in range(4):
        me_, mine, following = me(patrons[n]), held[n].id, records[(n + 1) % 4]
        acts += [
            partial(engine.change_pickup, me_, mine, "leers"),
            partial(placed, engine, patrons[n], following),
            partial(scanned, engine, "hem", items[(n + 2) % 4]),
        ]
    results = at_once(*acts)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert_invariants(unit)
