"""Promises: when a library would have it."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from navette.ils.views import PromiseView
from navette_graphql.context import Context
from navette_graphql.libraries import Library, library_node


@strawberry.type(description="When a pickup library would have it; never a guarantee.")
class Promise:
    """One sentence, and the dates behind it."""

    library: Library = strawberry.field(description="Where it would wait.")
    likely_at: datetime | None = strawberry.field(description="As likely before as after.")
    latest_on: date | None = strawberry.field(description="Nine times out of ten by then.")
    sentence: str = strawberry.field(description="What to show, in French.")
    reason: str = strawberry.field(description="here, elsewhere, all_out, far or never.")


def promise_node(context: Context, promise: PromiseView) -> Promise:
    """Return the promise of one pickup library."""
    return Promise(
        library=library_node(context.network.library(promise.library)),
        likely_at=promise.likely_at,
        latest_on=promise.latest_on,
        sentence=promise.sentence,
        reason=promise.reason,
    )
