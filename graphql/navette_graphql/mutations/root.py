"""The mutation root: every change a client may ask for."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.mutations.cancel_hold import cancel_hold
from navette_graphql.mutations.change_pickup import change_pickup
from navette_graphql.mutations.hold_changed import HoldChangedResult
from navette_graphql.mutations.lend_item import LendItemResult, lend_item
from navette_graphql.mutations.mark_missing import MarkMissingResult, mark_missing
from navette_graphql.mutations.pass_my_turn import pass_my_turn
from navette_graphql.mutations.place_hold import PlaceHoldResult, place_hold
from navette_graphql.mutations.register_push import RegisterPushResult, register_push
from navette_graphql.mutations.renew_loan import RenewLoanResult, renew_loan
from navette_graphql.mutations.resume_hold import resume_hold
from navette_graphql.mutations.scan_item import ScanItemResult, scan_item
from navette_graphql.mutations.suspend_hold import suspend_hold
from navette_graphql.mutations.undo_scan import UndoScanResult, undo_scan


def _mutation(resolver: Any, union: Any, description: str) -> Any:
    return strawberry.mutation(resolver=resolver, graphql_type=union, description=description)


@strawberry.type(description="What can be changed. A refusal is data, never an error.")
class Mutation:
    """Each takes one input and returns its result or a refusal."""

    place_hold = _mutation(place_hold, PlaceHoldResult, "Reserve anywhere, pick up anywhere.")
    cancel_hold = _mutation(cancel_hold, HoldChangedResult, "Give up a place.")
    suspend_hold = _mutation(suspend_hold, HoldChangedResult, "Pause, and keep the rank.")
    resume_hold = _mutation(resume_hold, HoldChangedResult, "Take part in the queue again.")
    change_pickup = _mutation(change_pickup, HoldChangedResult, "Collect it elsewhere.")
    pass_my_turn = _mutation(pass_my_turn, HoldChangedResult, "Let the next person have it.")
    renew_loan = _mutation(renew_loan, RenewLoanResult, "Keep it longer, unless somebody waits.")
    register_push = _mutation(register_push, RegisterPushResult, "Be told on this device.")
    scan_item = _mutation(scan_item, ScanItemResult, "Route an item (staff).")
    undo_scan = _mutation(undo_scan, UndoScanResult, "Undo a scan (staff).")
    lend_item = _mutation(lend_item, LendItemResult, "Lend an item (staff).")
    mark_missing = _mutation(mark_missing, MarkMissingResult, "Not found (staff).")
