"""Where does this item go? One decision for every scan (CIRCULATION section 4). Pure.

`route` takes everything as plain values and returns one frozen decision; `scanning` carries it
out. Scanning twice gives the same instruction, and the second decision changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

from navette.circulation.situation import (
    Bound,
    Cause,
    Decision,
    Instruction,
    Journey,
    Queued,
    Release,
    Situation,
    TransitAct,
)
from navette.circulation.states import HoldState, ItemStatus

MOST_OVERTAKEN = 2
ASIDE = frozenset({ItemStatus.DAMAGED, ItemStatus.LOST, ItemStatus.WITHDRAWN})


def route(s: Situation) -> Decision:
    """Return the one decision for this scan: steps 0 to 5 of section 4."""
    if s.transit is None:
        return _settled(s)
    if s.transit.destination == s.here:
        if _too_soon(s, s.transit):
            return Decision(Instruction.CONFIRM, s.here, arrives=False, hold_id=_id(s.bound))
        return replace(_settled(_off_the_road(s)), transit=TransitAct.RECEIVE)
    return _elsewhere(s, s.transit)


def _too_soon(s: Situation, transit: Journey) -> bool:
    recent = s.moment - transit.boxed_at < s.min_transit
    return recent and transit.origin != s.here and not s.confirm


def _elsewhere(s: Situation, transit: Journey) -> Decision:
    """Take step 0 for an item that should be going somewhere else."""
    still_boxed = transit.origin == s.here and not transit.on_van
    if _goes_on(s, transit):
        same = Decision(Instruction.CRATE, transit.destination, hold_id=_id(s.bound))
        return same if still_boxed else replace(same, transit=TransitAct.REBOX)
    settled = _settled(_off_the_road(s))
    if still_boxed and not transit.for_hold:
        by_hand = _settled(replace(_off_the_road(s), by_machine=False))
        if by_hand.opens == "home" and by_hand.destination == transit.destination:
            return Decision(Instruction.CRATE, transit.destination)
    return replace(settled, transit=TransitAct.CANCEL)


def _goes_on(s: Situation, transit: Journey) -> bool:
    """Return whether the journey still has its purpose.

    At the pickup library of its hold it has none left (T6), nor towards a pickup library that
    was changed on the way (E12): step 3 sends it to the right one.
    """
    if transit.cause == "other":
        return not s.alert
    hold = s.bound
    return (
        transit.for_hold
        and hold is not None
        and hold.state is HoldState.IN_TRANSIT
        and hold.valid
        and hold.pickup == transit.destination
    )


def _off_the_road(s: Situation) -> Situation:
    return replace(s, transit=None)


def _settled(s: Situation) -> Decision:
    """Take steps 1 to 5: the item is here, no transit stands in the way."""
    decision = _set_aside(s) or _for_a_hold(s) or _home(s)
    return replace(decision, returned=s.on_loan)


def _set_aside(s: Situation) -> Decision | None:
    """Take step 2: what nobody may take home as it is."""
    if s.status is ItemStatus.ON_ORDER:
        status: ItemStatus | None = ItemStatus.PROCESSING
        cause = Cause.PREPARING
    elif s.status in ASIDE:
        status, cause = None, Cause.ALERT
    elif s.alert:
        already = s.status is ItemStatus.PROCESSING and s.processing_cause == Cause.ALERT
        kept = s.status is ItemStatus.NOT_FOR_LOAN or (already and not s.on_loan)
        status, cause = (None if kept else ItemStatus.PROCESSING), Cause.ALERT
    else:
        return None
    return Decision(
        Instruction.SET_ASIDE,
        release=Release.SET_ASIDE if s.bound else None,
        status=status,
        processing_cause=cause if status else None,
    )


def _for_a_hold(s: Situation) -> Decision | None:
    """Take steps 3 and 4: the hold it is bound to, else the next one that it can fill."""
    if s.not_for_loan or s.status is ItemStatus.NOT_FOR_LOAN:
        return None
    bound, release = s.bound, _release(s)
    if bound is not None and release is None:
        kept = _capture(s, bound)
        passes = kept and bound.state is HoldState.TARGETED and s.window
        return replace(kept, overtaken=_overtaken(s, bound)) if kept and passes else kept
    following = _next(s)
    if following is None:
        return None
    found = _capture(s, following)
    return replace(found, release=release, overtaken=_overtaken(s, following)) if found else None


def _release(s: Situation) -> Release | None:
    """Return why the bound hold does not keep this item, or None when it does."""
    hold = s.bound
    if hold is None:
        return None
    if s.not_for_loan or s.status is ItemStatus.NOT_FOR_LOAN:
        return Release.NOT_ELIGIBLE
    if hold.state is HoldState.READY and hold.overdue:
        return Release.DEADLINE
    # A block on the card counts on arrival (T8b), not for what already waits on the shelf
    arriving = hold.state is HoldState.IN_TRANSIT and hold.pickup == s.here
    needs_right = arriving or hold.state is HoldState.TARGETED
    if not hold.valid or (needs_right and not hold.eligible):
        return Release.NOT_ELIGIBLE
    if hold.state is HoldState.TARGETED and _older_waits(s, hold):
        return Release.OVERTAKEN
    return None


def _older_waits(s: Situation, hold: Bound) -> bool:
    older = [q for q in s.queue if q.state is HoldState.WAITING and q.rank < hold.rank]
    return any(not _may_pass(s, hold, q) for q in older)


def _may_pass(s: Situation, hold: Bound | Queued, older: Queued) -> bool:
    """Return whether a hold collected here may overtake an older one (section 5).

    While that one has waited less than the window, in the same class, and at most twice. Without a
    window nobody passes, whatever the clocks say: a scan that is replayed, or made while a clock
    was put back, may be earlier than the hold.
    """
    return (
        bool(s.window)
        and hold.pickup == s.here != older.pickup
        and older.rank[0] == hold.rank[0]
        and s.moment - older.rank[1] < s.window
        and older.overtaken < MOST_OVERTAKEN
    )


def _overtaken(s: Situation, hold: Bound | Queued) -> tuple[int, ...]:
    """Return the older holds that could have had this copy and let the hold pass."""
    waiting = (q for q in s.queue if q.state is HoldState.WAITING and q.id != hold.id)
    return tuple(q.id for q in waiting if s.window and q.rank < hold.rank)


def _next(s: Situation) -> Queued | None:
    """Return the best hold of the queue; one targeted on another copy only if it is for here.

    In the local window the first that is collected here may pass those before it.
    """
    able = [h for h in s.queue if h.state is HoldState.WAITING or h.pickup == s.here]
    here = next((n for n, h in enumerate(able) if h.pickup == s.here), None)
    if here is not None and all(_may_pass(s, able[here], older) for older in able[:here]):
        return able[here]
    return able[0] if able else None


def _capture(s: Situation, hold: Bound | Queued) -> Decision | None:
    """Give the item to the hold: on the shelf here, else into the crate."""
    ours = isinstance(hold, Bound)
    if hold.pickup != s.here:
        if s.by_machine and hold.state in {HoldState.WAITING, HoldState.TARGETED}:
            return _wait_for_a_person(s, hold if ours else None)
        # A captured hold follows its copy at once, even from a machine: it is here, not there
        return Decision(
            Instruction.CRATE,
            hold.pickup,
            hold_id=hold.id,
            hold_state=HoldState.IN_TRANSIT,
            opens="hold",
            status=ItemStatus.IN_TRANSIT,
        )
    if s.by_machine:
        return _received_by_machine(s, hold)
    shelf = Decision(Instruction.HOLD_SHELF, s.here, hold_id=hold.id)
    if ours and hold.state is HoldState.READY and s.status is ItemStatus.ON_HOLD_SHELF:
        return shelf
    return replace(shelf, hold_state=HoldState.READY, status=ItemStatus.ON_HOLD_SHELF)


def _received_by_machine(s: Situation, hold: Bound | Queued) -> Decision:
    verify = Decision(Instruction.VERIFY, s.here, hold_id=hold.id)
    if hold.state in {HoldState.PROCESSING, HoldState.READY}:
        return verify
    return replace(
        verify,
        hold_state=HoldState.PROCESSING,
        status=ItemStatus.PROCESSING,
        processing_cause=Cause.MACHINE,
    )


def _wait_for_a_person(s: Situation, kept: Bound | Queued | None) -> Decision:
    """Leave the item unverified: a machine puts nothing into a crate."""
    known = s.status is ItemStatus.PROCESSING and s.processing_cause == Cause.MACHINE
    return Decision(
        Instruction.VERIFY,
        s.here,
        hold_id=_id(kept),
        status=None if known else ItemStatus.PROCESSING,
        processing_cause=None if known else Cause.MACHINE,
    )


def _home(s: Situation) -> Decision:
    """Take step 5: nobody waits for it."""
    release = _release(s)
    fixed = s.status is ItemStatus.NOT_FOR_LOAN
    if s.by_machine and not fixed and not s.not_for_loan:
        return replace(_wait_for_a_person(s, None), release=release)
    if s.home != s.here and not s.floats:
        status = None if fixed else ItemStatus.IN_TRANSIT
        return Decision(Instruction.CRATE, s.home, release=release, opens="home", status=status)
    return Decision(
        Instruction.RESHELVE, s.here, release=release, status=None if fixed else _on_the_shelf(s)
    )


def _on_the_shelf(s: Situation) -> ItemStatus | None:
    at_rest = {ItemStatus.AVAILABLE, ItemStatus.TO_RESHELVE}
    if s.status in at_rest and not s.on_loan:
        return None
    if s.not_for_loan:
        return ItemStatus.NOT_FOR_LOAN
    return ItemStatus.TO_RESHELVE if s.reshelve_later else ItemStatus.AVAILABLE


def _id(hold: Bound | Queued | None) -> int | None:
    return hold.id if hold else None
