"""The interface of things that can be asked for again by their id."""

from __future__ import annotations

import strawberry


@strawberry.interface(description="A thing with a life of its own.")
class Node:
    """Relay's node."""

    id: strawberry.ID = strawberry.field(description="Its global id.")
