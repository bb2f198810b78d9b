"""E-resources: what the metropolitan digital library offers with the same card."""

from __future__ import annotations

import strawberry

from navette.eresources.offers import Offer, offers_of
from navette_graphql.context import Info
from navette_graphql.ids import cursor, cursor_keys, global_id
from navette_graphql.nodes import Node
from navette_graphql.paging import Connection, checked, page


@strawberry.type(description="An offer of the metropolitan digital library.")
class EResource(Node):
    """It opens at its provider, on the provider's own session."""

    code: str = strawberry.field(description="Its short name.")
    name: str = strawberry.field(description="Its name.")
    kind: str = strawberry.field(description="press, film, e-books, courses...")
    description: str = strawberry.field(description="What it offers.")
    url: str = strawberry.field(description="Where it opens.")
    audience: str = strawberry.field(description="adult, young, child or all.")
    needs_card: bool = strawberry.field(description="Whether a valid card is needed.")


def e_resources(
    info: Info, first: int | None = 20, after: str | None = strawberry.UNSET
) -> Connection[EResource]:
    """List the offers, in the order of the network."""
    count = checked(first)
    offers = offers_of(info.context.network, info.context.house.settings)
    keys = cursor_keys(after)
    start = int(keys[0]) if keys and keys[0].isdigit() else 0
    rows = [offer for offer in offers if offer.position > start][: count + 1]
    return page(rows, count, after, _node, lambda offer: cursor(offer.position))


def _node(offer: Offer) -> EResource:
    return EResource(
        id=global_id("EResource", offer.position),
        code=offer.code,
        name=offer.name,
        kind=offer.kind,
        description=offer.description,
        url=offer.url,
        audience=offer.audience,
        needs_card=offer.needs_card,
    )
