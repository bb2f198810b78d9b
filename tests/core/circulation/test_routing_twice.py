"""Whatever the situation, the second scan says the same and changes nothing (section 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from navette.circulation.routing import route
from navette.circulation.situation import (
    Bound,
    Decision,
    Instruction,
    Journey,
    Queued,
    Rank,
    Situation,
    TransitAct,
)
from navette.circulation.states import HoldState, ItemStatus

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LIBRARIES = st.integers(1, 3)
H = HoldState


def _rank(n: int) -> Rank:
    return (0, NOW - timedelta(days=30 - n), n)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Situations that keep the invariants I1, I2 and I4."""
    here, home = draw(LIBRARIES), draw(LIBRARIES)
    ranks = draw(st.lists(st.integers(1, 20), unique=True, max_size=4))
    queue = [
        Queued(n, draw(st.sampled_from([H.WAITING, H.TARGETED])), draw(LIBRARIES), _rank(n))
        for n in sorted(ranks)
    ]
    shape = draw(st.sampled_from(["rest", "loan", "box", "target", "travel", "arrived", "ready"]))
    base = Situation(
        here=here, home=home, status=draw(st.sampled_from(sorted(set(ItemStatus) - _SHAPED))),
        moment=NOW, queue=queue, alert=draw(st.booleans()) and draw(st.booleans()),
        floats=draw(st.booleans()), reshelve_later=draw(st.booleans()),
        by_machine=draw(st.booleans()), confirm=draw(st.booleans()),
        not_for_loan=draw(st.booleans()) and draw(st.booleans()),
    )  # fmt: skip
    return _shaped(draw, base, shape)


_SHAPED = {ItemStatus.ON_LOAN, ItemStatus.ON_ORDER}


def _shaped(draw: st.DrawFn, base: Situation, shape: str) -> Situation:
    if shape == "rest":
        return base
    if shape == "loan":
        return replace(base, status=ItemStatus.ON_LOAN, on_loan=True)
    journey = Journey(
        origin=draw(LIBRARIES), destination=draw(LIBRARIES),
        boxed_at=NOW - timedelta(minutes=draw(st.sampled_from([1, 60]))),
        on_van=draw(st.booleans()),
    )  # fmt: skip
    if shape == "box":
        return replace(base, status=ItemStatus.IN_TRANSIT, transit=journey)
    state = {"target": H.TARGETED, "travel": H.IN_TRANSIT, "arrived": H.PROCESSING}.get(
        shape, H.READY
    )
    status = {"travel": ItemStatus.IN_TRANSIT, "arrived": ItemStatus.PROCESSING}.get(
        shape, ItemStatus.AVAILABLE if shape == "target" else ItemStatus.ON_HOLD_SHELF
    )
    hold = Bound(
        50, state, draw(LIBRARIES), _rank(draw(st.integers(21, 25))),
        valid=draw(st.booleans()), eligible=draw(st.booleans()), overdue=shape == "ready" and draw(st.booleans()),
    )  # fmt: skip
    transit = replace(journey, for_hold=True, cause="hold") if shape == "travel" else None
    return replace(base, status=status, bound=hold, transit=transit)


def carried_out(s: Situation, d: Decision) -> Situation:
    """The situation that the next scan at the same desk finds."""
    transit = s.transit
    if d.transit in {TransitAct.RECEIVE, TransitAct.CANCEL}:
        transit = None
    elif d.transit is TransitAct.REBOX and transit is not None:
        transit = replace(transit, origin=s.here, on_van=False, boxed_at=s.moment)
    if d.opens:
        assert d.destination is not None
        assert transit is None, "I2"
        transit = Journey(
            s.here, d.destination, s.moment, for_hold=d.opens == "hold", cause=d.opens
        )
    bound = None if d.release else s.bound
    queue = s.queue
    if d.hold_state is not None and d.hold_id is not None:
        taken = bound if bound and bound.id == d.hold_id else None
        if taken is None:
            assert bound is None, "I1"
            queued = next(q for q in s.queue if q.id == d.hold_id)
            queue = [q for q in s.queue if q.id != d.hold_id]
            taken = Bound(queued.id, d.hold_state, queued.pickup, queued.rank)
        bound = replace(taken, state=d.hold_state)
    return replace(
        s,
        status=d.status or (s.status if not s.on_loan else ItemStatus.AVAILABLE),
        processing_cause=d.processing_cause if d.status else s.processing_cause,
        on_loan=False,
        transit=transit,
        bound=bound,
        queue=queue,
    )


@settings(max_examples=1500, deadline=None)
@given(situations())
def test_the_second_scan_gives_the_same_instruction_and_changes_nothing(s: Situation) -> None:
    first = route(s)
    second = route(carried_out(s, first))
    assert (second.instruction, second.destination) == (first.instruction, first.destination)
    assert not second.changes
    if first.instruction is not Instruction.VERIFY:
        assert second.hold_id == first.hold_id


@settings(max_examples=500, deadline=None)
@given(situations())
def test_a_captured_hold_and_the_item_agree_i4(s: Situation) -> None:
    d = route(s)
    after = carried_out(s, d)
    if d.hold_state is HoldState.READY:
        assert (after.status, d.destination) == (ItemStatus.ON_HOLD_SHELF, s.here)
        assert after.transit is None
    if d.hold_state is HoldState.IN_TRANSIT:
        assert after.transit is not None
        assert after.transit.for_hold
    if d.hold_state is HoldState.PROCESSING:
        assert after.status is ItemStatus.PROCESSING
