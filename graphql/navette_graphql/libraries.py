"""Libraries: the stops of the line."""

from __future__ import annotations

from typing import Final

import strawberry

from navette.network.network import LibraryInfo
from navette_graphql.ids import global_id
from navette_graphql.loaders import Once
from navette_graphql.nodes import Node


@strawberry.type(description="A library of the network.")
class Library(Node):
    """Known everywhere by its code."""

    code: str = strawberry.field(description="hem, lannoy, leers, lys, toufflers.")
    name: str = strawberry.field(description="Its full name.")
    short_name: str = strawberry.field(description="Its name on the line.")
    town: str = strawberry.field(description="The town it belongs to.")
    shape: str = strawberry.field(description="The shape of its stop; never colour alone.")
    colour: str = strawberry.field(description="The colour of its stop.")
    address: str = strawberry.field(description="Where it is.")
    phone: str = strawberry.field(description="Its telephone number.")


def _node(library: LibraryInfo) -> Library:
    return Library(
        id=global_id("Library", library.id),
        code=library.code,
        name=library.name,
        short_name=library.short_name,
        town=library.town,
        shape=library.shape,
        colour=library.colour,
        address=library.address,
        phone=library.phone,
    )


# A library is read again every five seconds, and named on every line of an answer.
library_node: Final[Once[LibraryInfo, Library]] = Once(_node, most=100)
