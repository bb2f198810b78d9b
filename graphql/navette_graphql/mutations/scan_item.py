"""scanItem: one scan, exactly one instruction."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

import strawberry

from navette.ils.views import ScanRequest, ScanResult
from navette_graphql.context import Context, Info
from navette_graphql.holds import HoldState
from navette_graphql.ids import global_id, row_id
from navette_graphql.items import Item, item_node
from navette_graphql.libraries import Library, library_node
from navette_graphql.mutations.answering import answered
from navette_graphql.refusals import or_refusal


@strawberry.input(description="What was scanned, and where.")
class ScanItemInput:
    """Either a barcode or an item's id."""

    barcode: str | None = strawberry.field(
        default=strawberry.UNSET, description="As it was scanned."
    )
    item_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The item, where a barcode was ambiguous."
    )
    library: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The code of the desk's library; the token's own unless told.",
    )
    confirm: bool | None = strawberry.field(default=False, description="Answers CONFIRM.")
    by_machine: bool | None = strawberry.field(default=False, description="A book drop, no person.")
    scan_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Makes the scan safe to repeat, and names it for undoScan.",
    )
    scanned_at: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="When, if the line was down."
    )


@strawberry.enum(description="What the desk does now.")
class ScanInstruction(Enum):
    """Exactly one a scan."""

    HOLD_SHELF = "HOLD_SHELF"
    CRATE = "CRATE"
    RESHELVE = "RESHELVE"
    SET_ASIDE = "SET_ASIDE"
    VERIFY = "VERIFY"
    CONFIRM = "CONFIRM"


@strawberry.type(description="The hold that a scan concerned.")
class ScannedHold:
    """No patron is named at the desk."""

    id: strawberry.ID = strawberry.field(description="The hold.")
    state: HoldState = strawberry.field(description="Where it is now.")


@strawberry.type(description="What the scan means.")
class ItemScanned:
    """One instruction and one slip."""

    scan_id: strawberry.ID = strawberry.field(description="For undoScan.")
    instruction: ScanInstruction = strawberry.field(description="What to do.")
    destination: Library | None = strawberry.field(description="Where it goes.")
    returned: bool = strawberry.field(description="Whether this ended a loan.")
    item: Item = strawberry.field(description="The item as it is now.")
    hold: ScannedHold | None = strawberry.field(description="The hold it serves.")
    message: str = strawberry.field(description="What the desk reads, in French.")
    slip: str = strawberry.field(description="What to print.")
    undone: bool = strawberry.field(description="Whether this is an undone scan.")


ScanItemResult = or_refusal("ScanItemResult", ItemScanned)


def scanned(context: Context, result: ScanResult) -> ItemScanned:
    """Return the answer of a scan."""
    hold = None
    if result.hold_id is not None and result.hold_state is not None:
        hold = ScannedHold(id=global_id("Hold", result.hold_id), state=HoldState(result.hold_state))
    to = result.destination
    return ItemScanned(
        scan_id=strawberry.ID(result.scan_id),
        instruction=ScanInstruction(result.instruction),
        destination=library_node(context.network.library(to)) if to else None,
        returned=result.returned,
        item=item_node(context, result.item),
        hold=hold,
        message=result.message,
        slip=result.slip,
        undone=result.undone,
    )


def scan_item(info: Info, input: ScanItemInput) -> Any:  # noqa: A002 - the contract's name
    """Route an item (staff)."""
    context = info.context

    def act() -> Any:
        context.allow("desk")
        actor = context.staff()
        request = ScanRequest(
            library=input.library or actor.library,
            barcode=input.barcode or "",
            item_id=row_id(input.item_id, "Item") if input.item_id else None,
            confirm=bool(input.confirm),
            by_machine=bool(input.by_machine),
            scan_id=input.scan_id or None,
            scanned_at=input.scanned_at or None,
        )
        return scanned(context, context.house.circulation.scan(actor, request))

    return answered(act)
