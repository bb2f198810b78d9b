"""The mutation root: every change a client may ask for."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.mutations.answer_closure import AnswerClosureResult, answer_closure
from navette_graphql.mutations.cancel_hold import cancel_hold
from navette_graphql.mutations.change_pickup import change_pickup
from navette_graphql.mutations.claim_returned import (
    ClaimReturnedResult,
    RenewAllLoansResult,
    claim_returned,
    renew_all_loans,
    withdraw_claim,
)
from navette_graphql.mutations.hold_changed import HoldChangedResult
from navette_graphql.mutations.keep_past_loans import KeepPastLoansResult, keep_past_loans
from navette_graphql.mutations.lend_item import LendItemResult, lend_item
from navette_graphql.mutations.mark_missing import MarkMissingResult, mark_missing
from navette_graphql.mutations.pass_my_turn import pass_my_turn
from navette_graphql.mutations.place_hold import PlaceHoldResult, place_hold
from navette_graphql.mutations.place_series import PlaceSeriesResult, place_series
from navette_graphql.mutations.register_push import RegisterPushResult, register_push
from navette_graphql.mutations.renew_loan import RenewLoanResult, renew_loan
from navette_graphql.mutations.restore_hold import restore_hold
from navette_graphql.mutations.resume_hold import resume_hold
from navette_graphql.mutations.scan_item import ScanItemResult, scan_item
from navette_graphql.mutations.set_pickup_pace import SetPickupPaceResult, set_pickup_pace
from navette_graphql.mutations.suspend_hold import suspend_hold
from navette_graphql.mutations.undo_scan import UndoScanResult, undo_scan


def _mutation(resolver: Any, union: Any, description: str) -> Any:
    return strawberry.mutation(resolver=resolver, graphql_type=union, description=description)


@strawberry.type(description="What can be changed. A refusal is data, never an error.")
class Mutation:
    """Each takes one input and returns its result or a refusal."""

    place_hold = _mutation(place_hold, PlaceHoldResult, "Reserve anywhere, pick up anywhere.")
    place_series = _mutation(place_series, PlaceSeriesResult, "Reserve a series in order.")
    set_pickup_pace = _mutation(
        set_pickup_pace, SetPickupPaceResult, "No more than some at once; all together."
    )
    cancel_hold = _mutation(cancel_hold, HoldChangedResult, "Give up a place.")
    restore_hold = _mutation(restore_hold, HoldChangedResult, "Bring back what was cancelled.")
    suspend_hold = _mutation(suspend_hold, HoldChangedResult, "Pause, and keep the rank.")
    resume_hold = _mutation(resume_hold, HoldChangedResult, "Take part in the queue again.")
    change_pickup = _mutation(change_pickup, HoldChangedResult, "Collect it elsewhere.")
    pass_my_turn = _mutation(pass_my_turn, HoldChangedResult, "Let the next person have it.")
    answer_closure = _mutation(
        answer_closure, AnswerClosureResult, "Collect elsewhere while a library is closed."
    )
    renew_loan = _mutation(renew_loan, RenewLoanResult, "Keep it longer, unless somebody waits.")
    renew_all_loans = _mutation(
        renew_all_loans, RenewAllLoansResult, "Keep everything longer that can be."
    )
    claim_returned = _mutation(claim_returned, ClaimReturnedResult, "It is back already.")
    withdraw_claim = _mutation(withdraw_claim, ClaimReturnedResult, "It was at home after all.")
    keep_past_loans = _mutation(
        keep_past_loans, KeepPastLoansResult, "Begin the list of past loans, or erase it."
    )
    register_push = _mutation(register_push, RegisterPushResult, "Be told on this device.")
    scan_item = _mutation(scan_item, ScanItemResult, "Route an item (staff).")
    undo_scan = _mutation(undo_scan, UndoScanResult, "Undo a scan (staff).")
    lend_item = _mutation(lend_item, LendItemResult, "Lend an item (staff).")
    mark_missing = _mutation(mark_missing, MarkMissingResult, "Not found (staff).")
