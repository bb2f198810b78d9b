"""Loans: what is in a patron's hands, and until when."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from navette.ils.views import LoanView
from navette_graphql.context import Context, Info
from navette_graphql.ids import global_id
from navette_graphql.items import ItemReference, item_reference
from navette_graphql.nodes import Node
from navette_graphql.records import Record, record_by_id


@strawberry.type(description="An item in somebody's hands.")
class Loan(Node):
    """Until it is returned, anywhere."""

    view: strawberry.Private[LoanView]
    item: ItemReference | None = strawberry.field(description="The copy; null when masked.")
    volume_label: str = strawberry.field(
        description="Which volume or issue; empty if none, or when masked."
    )
    lent_at: datetime = strawberry.field(description="Since when.")
    due_on: date = strawberry.field(description="The last day, never a closed one.")
    renewals: int = strawberry.field(description="How often it was renewed.")
    returned_at: datetime | None = strawberry.field(description="When it came back.")
    late: bool = strawberry.field(description="Whether the last day has passed.")
    renewable: bool = strawberry.field(description="Whether it can be renewed now.")
    claimed_at: datetime | None = strawberry.field(
        description="Since when its borrower says to have returned it."
    )

    @strawberry.field(description="What is lent; null when a young person masks titles from you.")
    def record(self, info: Info) -> Record | None:
        """Return the record, read once for a whole page of loans; null when it is masked."""
        if self.view.hidden:
            return None
        return record_by_id(info.context, self.view.record_id)


def loan_node(_context: Context, loan: LoanView) -> Loan:
    """Return the node of a loan."""
    return Loan(
        id=global_id("Loan", loan.id),
        view=loan,
        item=item_reference(loan.item_id or None, loan.barcode),
        volume_label=loan.volume_label,
        lent_at=loan.lent_at,
        due_on=loan.due_on,
        renewals=loan.renewals,
        returned_at=loan.returned_at,
        late=loan.late,
        renewable=loan.renewable,
        claimed_at=loan.claimed_at,
    )
