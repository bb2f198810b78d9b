"""undoScan: as before, for ten minutes, at the same desk."""

from __future__ import annotations

from typing import Any

import strawberry

from navette_graphql.context import Info
from navette_graphql.mutations.answering import answered
from navette_graphql.mutations.scan_item import ItemScanned, scanned
from navette_graphql.refusals import or_refusal


@strawberry.input(description="Which scan to undo.")
class UndoScanInput:
    """The scan's own name."""

    scan_id: strawberry.ID = strawberry.field(description="From ItemScanned.")


UndoScanResult = or_refusal("UndoScanResult", ItemScanned)


def undo_scan(info: Info, input: UndoScanInput) -> Any:  # noqa: A002 - the contract's name
    """Undo a scan (T18, staff)."""
    context = info.context

    def act() -> ItemScanned:
        context.allow("desk")
        undone = context.house.circulation.undo_scan(context.staff(), str(input.scan_id))
        return scanned(context, undone)

    return answered(act)
