"""The life of a hold as one table: state -> {trigger: next}; statuses of items and transits.

CIRCULATION section 2 numbers the lines T1 to T18. Nothing but `transitions.py` assigns a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from navette.errors import WrongState


class HoldState(StrEnum):
    """Where a hold stands."""

    WAITING = "WAITING"
    TARGETED = "TARGETED"
    IN_TRANSIT = "IN_TRANSIT"
    PROCESSING = "PROCESSING"
    READY = "READY"
    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class ItemStatus(StrEnum):
    """Where an item physically is, in one word."""

    AVAILABLE = "AVAILABLE"
    ON_LOAN = "ON_LOAN"
    IN_TRANSIT = "IN_TRANSIT"
    ON_HOLD_SHELF = "ON_HOLD_SHELF"
    PROCESSING = "PROCESSING"
    TO_RESHELVE = "TO_RESHELVE"
    ON_ORDER = "ON_ORDER"
    NOT_FOR_LOAN = "NOT_FOR_LOAN"
    MISSING = "MISSING"
    LOST = "LOST"
    DAMAGED = "DAMAGED"
    WITHDRAWN = "WITHDRAWN"


class TransitState(StrEnum):
    """How far a journey is."""

    BOXED = "BOXED"
    ON_VAN = "ON_VAN"
    RECEIVED = "RECEIVED"
    CANCELLED = "CANCELLED"
    MISSING = "MISSING"


class Trigger(StrEnum):
    """What happens to a hold, one word a kind of event."""

    PLACE = "place"  # T1: a new hold, from no state
    TARGET = "target"  # T2
    UNTARGET = "untarget"  # T3
    BOX = "box"  # T4: scanned elsewhere than its pickup
    SHELVE = "shelve"  # T5, T6, T7: scanned at its pickup by a person
    RECEIVE = "receive"  # T5, T6: scanned at its pickup by a machine
    LOSE = "lose"  # T8: its item is missing or damaged
    RELEASE = "release"  # T8b: arrives, no longer eligible
    MISROUTE = "misroute"  # T8c: its item is scanned at another library
    FULFIL = "fulfil"  # T9, T9b
    EXPIRE = "expire"  # T10
    PASS_TURN = "pass_my_turn"  # noqa: S105 - T11, no secret
    SUSPEND = "suspend"  # T12
    RESUME = "resume"  # T12
    UNFILLED = "unfilled"  # T13
    CANCEL = "cancel"  # T14
    CHANGE_PICKUP = "change_pickup"  # T15 (E12, E13)
    KEEP_HERE = "keep_here"  # T15 (E12): the new pickup is where it is boxed
    CHANGE_BACK = "change_back"  # T15 (E13): back on the shelf it never left
    CHANGE_BACK_UNVERIFIED = "change_back_unverified"  # T15 (E13) of a hold in PROCESSING
    OVERRIDE = "override"  # T16
    RESTORE = "restore"  # T17
    RESTORE_READY = "restore_ready"  # T17 while its copy still lies on that hold shelf
    UNDO = "undo"  # T18: the state before the scan, see `UNDOABLE`


class EndReason(StrEnum):
    """Why a hold was cancelled."""

    BY_PATRON = "by_patron"
    BY_STAFF = "by_staff"
    UNFILLED_EXPIRED = "unfilled_expired"
    NO_COPY_LEFT = "no_copy_left"
    PATRON_CLOSED = "patron_closed"
    RECORD_DELETED = "record_deleted"
    DUPLICATE = "duplicate"


_S, _T = HoldState, Trigger
_ANY_ACTIVE = {_T.FULFIL: _S.FULFILLED, _T.CANCEL: _S.CANCELLED}
_OFF_COURSE = {  # from the states in which a copy was captured, back to the same rank
    _T.LOSE: _S.WAITING,
    _T.MISROUTE: _S.IN_TRANSIT,
    _T.PASS_TURN: _S.WAITING,
    _T.OVERRIDE: _S.WAITING,
}
_UNCAPTURED = {
    _T.BOX: _S.IN_TRANSIT,
    _T.SHELVE: _S.READY,
    _T.RECEIVE: _S.PROCESSING,
    _T.SUSPEND: _S.WAITING,
    _T.UNFILLED: _S.CANCELLED,
    _T.CHANGE_PICKUP: _S.WAITING,
}
_ENDED = {_T.RESTORE: _S.WAITING, _T.RESTORE_READY: _S.READY}

TRANSITIONS: Mapping[HoldState, Mapping[Trigger, HoldState]] = {
    _S.WAITING: {
        **_ANY_ACTIVE,
        **_UNCAPTURED,
        _T.TARGET: _S.TARGETED,
        _T.RESUME: _S.WAITING,
    },
    _S.TARGETED: {
        **_ANY_ACTIVE,
        **_UNCAPTURED,
        _T.UNTARGET: _S.WAITING,
        _T.CHANGE_BACK: _S.READY,
        _T.CHANGE_BACK_UNVERIFIED: _S.PROCESSING,
    },
    _S.IN_TRANSIT: {
        **_ANY_ACTIVE,
        **_OFF_COURSE,
        _T.SHELVE: _S.READY,
        _T.RECEIVE: _S.PROCESSING,
        _T.RELEASE: _S.WAITING,
        _T.CHANGE_PICKUP: _S.IN_TRANSIT,
        _T.KEEP_HERE: _S.TARGETED,
    },
    _S.PROCESSING: {
        **_ANY_ACTIVE,
        **_OFF_COURSE,
        _T.SHELVE: _S.READY,
        _T.RELEASE: _S.WAITING,
        _T.CHANGE_PICKUP: _S.TARGETED,
    },
    _S.READY: {
        **_ANY_ACTIVE,
        **_OFF_COURSE,
        _T.EXPIRE: _S.EXPIRED,
        _T.RELEASE: _S.WAITING,
        _T.CHANGE_PICKUP: _S.TARGETED,
    },
    _S.FULFILLED: {},
    _S.CANCELLED: _ENDED,
    _S.EXPIRED: _ENDED,
}

ACTIVE = frozenset({_S.WAITING, _S.TARGETED, _S.IN_TRANSIT, _S.PROCESSING, _S.READY})
BOUND = ACTIVE - {_S.WAITING}
UNFULFILLED = frozenset({_S.CANCELLED, _S.EXPIRED})
CAPTURED = frozenset({_S.IN_TRANSIT, _S.PROCESSING, _S.READY})
OPEN_TRANSIT = frozenset({TransitState.BOXED, TransitState.ON_VAN})

# What a scan at a desk, or what it set off, may have done to a hold.
_BY_SCAN = (
    _T.TARGET, _T.UNTARGET, _T.BOX, _T.SHELVE, _T.RECEIVE, _T.RELEASE, _T.MISROUTE, _T.EXPIRE,
    _T.FULFIL, _T.LOSE,
)  # fmt: skip
UNDOABLE = frozenset(
    (after, before)
    for before, events in TRANSITIONS.items()
    for trigger, after in events.items()
    if trigger in _BY_SCAN
)


def next_state(state: str, trigger: Trigger) -> HoldState:
    """Return the state that follows; raises WrongState for whatever is not in the table."""
    following = TRANSITIONS[HoldState(state)].get(trigger)
    if following is None:
        raise WrongState(state=str(state), event=str(trigger))
    return following


def state_before(state: str, before: str) -> HoldState:
    """Return `before`, the state that undoing a scan goes back to (T18); raises WrongState."""
    if state != before and (HoldState(state), HoldState(before)) not in UNDOABLE:
        raise WrongState(state=str(state), event=str(Trigger.UNDO))
    return HoldState(before)
