"""How often promises are kept: what counts, what does not, by library and situation (7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.circulation.reserving import me, placed, scanned
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.kept import Made, figures, outcome
from navette.ils.embedded import EmbeddedCirculation
from navette.storage.unit import Unit
from networks import a_plain_network

NETWORK = a_plain_network()
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATEST = date(2026, 11, 27)
LATER = date(2026, 12, 10)


def made(ready_after: float | None = None, **given: Any) -> Made:
    ready = None if ready_after is None else TUESDAY + timedelta(days=ready_after)
    values: dict[str, Any] = {
        "hold_id": 1, "title": "Le Mage", "situation": "here", "library_id": 1,
        "placed_at": TUESDAY, "likely_at": TUESDAY + timedelta(hours=4), "latest_on": LATEST,
        "state": "READY" if ready else "WAITING", "end_reason": None, "ended_at": None,
        "ready_at": ready, "wished_at": None,
    }  # fmt: skip
    return Made(**(values | given))


@pytest.mark.parametrize(
    ("promise", "kept"),
    [
        (made(0.2), True),
        (made(3.4), True),  # on the latest day itself
        (made(4), False),
        (made(), False),  # the day has passed
        (made(state="FULFILLED", ended_at=TUESDAY + timedelta(days=1)), True),
        (made(4, state="CANCELLED", ended_at=TUESDAY + timedelta(days=6)), False),
        (made(state="CANCELLED", ended_at=TUESDAY + timedelta(days=9)), False),
        (
            made(
                state="CANCELLED", end_reason="no_copy_left", ended_at=TUESDAY + timedelta(days=1)
            ),
            False,
        ),
    ],
)
def test_a_promise_is_kept_by_the_latest_day_or_broken(promise: Made, *, kept: bool) -> None:
    found = outcome(promise, LATER)
    assert found is not None
    assert found.kept is kept


@pytest.mark.parametrize(
    "promise",
    [
        made(state="CANCELLED", end_reason="by_patron", ended_at=TUESDAY + timedelta(days=1)),
        made(4, wished_at=TUESDAY + timedelta(days=1)),
        made(wished_at=TUESDAY + timedelta(days=1)),
    ],
)
def test_what_its_patron_changed_before_the_day_is_not_judged(promise: Made) -> None:
    assert outcome(promise, LATER) is None


def test_before_the_latest_day_nothing_is_judged_but_what_is_ready() -> None:
    assert outcome(made(), LATEST) is None
    assert outcome(made(0.5), LATEST) is not None


def test_a_turn_passed_after_it_was_ready_takes_nothing_back() -> None:
    found = outcome(made(1, wished_at=TUESDAY + timedelta(days=2)), LATER)
    assert found is not None
    assert found.kept


def test_figures_are_summed_by_library_and_situation() -> None:
    all_made = [
        made(0.5), made(5), made(1, library_id=3, situation="elsewhere"),
        made(1, library_id=3, situation="all_out", latest_on=date(2026, 12, 2)),
    ]  # fmt: skip
    judged = [found for one in all_made if (found := outcome(one, LATER))]
    found = {(f.library, f.situation): f for f in figures(judged, NETWORK)}
    assert (found["", "all"].kept, found["", "all"].promises) == (3, 4)
    assert (found["hem", "here"].kept, found["hem", "here"].promises) == (1, 2)
    assert found["leers", "all"].promises == 2
    assert found["leers", "all_out"].width_open_days > found["leers", "elsewhere"].width_open_days
    assert ("leers", "here") not in found
    assert next(f.library for f in figures(judged, NETWORK)) == ""


def test_promises_are_stored_when_made_and_judged_from_the_history(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """The promise made is stored with the hold, and the situation it was made for."""
    record, other = a_record(unit), a_record(unit, "Un autre")
    item, there = an_item(unit, record, "hem"), an_item(unit, other, "leers")
    placed(engine, a_patron(unit), record, "hem")
    late = placed(engine, a_patron(unit), other, "lys")
    given_up = placed(engine, a_patron(unit), other, "toufflers")
    assert engine.promises_kept() == []
    scanned(engine, "hem", item)
    engine.cancel_hold(me(given_up.patron_id), given_up.id)
    clock.advance(days=30)
    scanned(engine, "leers", there)
    clock.advance(days=1)
    scanned(engine, "lys", there)
    found = {(f.library, f.situation): (f.kept, f.promises) for f in engine.promises_kept()}
    assert found["", "all"] == (1, 2)
    assert found["hem", "here"] == (1, 1)
    assert found["lys", "elsewhere"] == (0, 1)
    missed = engine.promises_broken()
    assert [(one.hold_id, one.library, one.ready_at) for one in missed] == [
        (late.id, "lys", clock.now())
    ]
    assert engine.promises_broken(first=0) == []
    clock.advance(days=100)
    assert engine.promises_kept() == []


def test_a_promise_made_anew_for_another_library_is_judged_there(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """T15: the promise is made anew."""
    record = a_record(unit)
    item = an_item(unit, record, "leers")
    hold = placed(engine, a_patron(unit), record, "hem")
    engine.change_pickup(me(hold.patron_id), hold.id, "leers")
    scanned(engine, "leers", item)
    clock.advance(days=3)
    found = {(f.library, f.situation) for f in engine.promises_kept()}
    assert ("leers", "here") in found
    assert not [library for library, _ in found if library == "hem"]
