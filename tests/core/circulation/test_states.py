"""The table of a hold's life, walked pair by pair (CIRCULATION section 2)."""

from __future__ import annotations

import itertools

import pytest

from navette.circulation.states import (
    ACTIVE,
    BOUND,
    TRANSITIONS,
    HoldState,
    Trigger,
    next_state,
    state_before,
)
from navette.errors import WrongState

S, T = HoldState, Trigger
# The lines of section 2, written again by hand: (trigger, from) -> to.
LINES: dict[tuple[Trigger, str], HoldState] = {
    (T.TARGET, "WAITING"): S.TARGETED,  # T2
    (T.UNTARGET, "TARGETED"): S.WAITING,  # T3
    **{(T.BOX, f): S.IN_TRANSIT for f in ("WAITING", "TARGETED")},  # T4
    **{
        (T.SHELVE, f): S.READY for f in ("WAITING", "TARGETED", "IN_TRANSIT", "PROCESSING")
    },  # T5, T6, T7
    **{(T.RECEIVE, f): S.PROCESSING for f in ("WAITING", "TARGETED", "IN_TRANSIT")},  # T5, T6
    **{(T.LOSE, f): S.WAITING for f in ("IN_TRANSIT", "PROCESSING", "READY")},  # T8
    **{(T.RELEASE, f): S.WAITING for f in ("IN_TRANSIT", "PROCESSING", "READY")},  # T8b
    **{(T.MISROUTE, f): S.IN_TRANSIT for f in ("IN_TRANSIT", "PROCESSING", "READY")},  # T8c
    **{(T.FULFIL, str(f)): S.FULFILLED for f in ACTIVE},  # T9, T9b
    (T.EXPIRE, "READY"): S.EXPIRED,  # T10
    **{(T.PASS_TURN, f): S.WAITING for f in ("IN_TRANSIT", "PROCESSING", "READY")},  # T11
    **{(T.SUSPEND, f): S.WAITING for f in ("WAITING", "TARGETED")},  # T12
    (T.RESUME, "WAITING"): S.WAITING,  # T12
    **{(T.UNFILLED, f): S.CANCELLED for f in ("WAITING", "TARGETED")},  # T13
    **{(T.CANCEL, str(f)): S.CANCELLED for f in ACTIVE},  # T14
    (T.CHANGE_PICKUP, "WAITING"): S.WAITING,  # T15, E12
    (T.CHANGE_PICKUP, "TARGETED"): S.WAITING,
    (T.CHANGE_PICKUP, "IN_TRANSIT"): S.IN_TRANSIT,
    (T.CHANGE_PICKUP, "PROCESSING"): S.TARGETED,  # E13
    (T.CHANGE_PICKUP, "READY"): S.TARGETED,
    (T.KEEP_HERE, "IN_TRANSIT"): S.TARGETED,
    (T.CHANGE_BACK, "TARGETED"): S.READY,
    (T.CHANGE_BACK_UNVERIFIED, "TARGETED"): S.PROCESSING,
    **{(T.OVERRIDE, f): S.WAITING for f in ("IN_TRANSIT", "PROCESSING", "READY")},  # T16
    **{(T.RESTORE, f): S.WAITING for f in ("CANCELLED", "EXPIRED")},  # T17
    **{(T.RESTORE_READY, f): S.READY for f in ("CANCELLED", "EXPIRED")},
}


@pytest.mark.parametrize(("state", "trigger"), list(itertools.product(HoldState, Trigger)))
def test_every_pair_of_state_and_event_has_its_line_or_is_refused_by_name(
    state: HoldState, trigger: Trigger
) -> None:
    """Section 2: T1 to T18; anything else is refused with state and event, never ignored."""
    expected = LINES.get((trigger, str(state)))
    if expected is not None:
        assert next_state(state, trigger) is expected
        return
    with pytest.raises(WrongState) as refused:
        next_state(state, trigger)
    assert (refused.value.state, refused.value.event) == (str(state), str(trigger))


def test_every_state_stands_in_the_table() -> None:
    assert set(TRANSITIONS) == set(HoldState)
    assert ACTIVE > BOUND


def test_the_ends_lead_nowhere_but_to_a_restoration() -> None:
    """Section 2: FULFILLED, CANCELLED and EXPIRED are ends; T17 is the only way back."""
    assert TRANSITIONS[S.FULFILLED] == {}
    for end in (S.CANCELLED, S.EXPIRED):
        assert set(TRANSITIONS[end]) == {T.RESTORE, T.RESTORE_READY}


def test_undoing_a_scan_goes_back_only_where_a_scan_came_from() -> None:
    """T18: the state before the scan."""
    assert state_before("READY", "IN_TRANSIT") is S.IN_TRANSIT
    assert state_before("IN_TRANSIT", "WAITING") is S.WAITING
    assert state_before("WAITING", "TARGETED") is S.TARGETED
    assert state_before("READY", "READY") is S.READY
    with pytest.raises(WrongState):
        state_before("CANCELLED", "READY")
    with pytest.raises(WrongState):
        state_before("READY", "FULFILLED")
