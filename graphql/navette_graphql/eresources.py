"""E-resources: what the metropolitan digital library offers with the same card, and its titles."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from navette.clock import local_date
from navette.eresources.access import Reader, WhyNot, why_not
from navette.eresources.offers import Offer, offers_of
from navette.eresources.titles import Title, title_of, titles
from navette.errors import BadInput, NotFound
from navette.patrons.reading import name_key, patron_of
from navette_graphql.context import Context, Info
from navette_graphql.ids import cursor, cursor_keys, global_id
from navette_graphql.nodes import Node
from navette_graphql.paging import Connection, checked, page

OFFER, TITLE = "offer", "title"


@strawberry.type(description="An offer of the metropolitan digital library, or one of its titles.")
class EResource(Node):
    """It opens at its provider, on the provider's own session."""

    code: str = strawberry.field(description="Its short name; a title's identifier is its id.")
    name: str = strawberry.field(description="Its name.")
    kind: str = strawberry.field(description="press, film, e-books, courses, e-book, audiobook...")
    description: str = strawberry.field(description="What it offers.")
    url: str = strawberry.field(description="Where it opens; nobody's data is in it.")
    audience: str = strawberry.field(description="adult, young, child, professional or all.")
    needs_card: bool = strawberry.field(description="Whether a valid card is needed.")
    min_age: int = strawberry.field(description="From which age; 0 for any.")
    opening: str = strawberry.field(description="here, or tab for a new one.")
    sends: list[str] = strawberry.field(
        description="What leaves us with a person who opens it from the pages; often nothing."
    )
    opens: bool = strawberry.field(description="Whether it opens for who asks.")
    why_not: str = strawberry.field(
        description="'', sign_in, expired, adults, too_young, young or professionals."
    )
    authors: list[str] = strawberry.field(description="Of a title; empty for an offer.")
    language: str = strawberry.field(description="Of a title.")


@dataclass(frozen=True)
class _Row:
    """An offer or a title, with the cursor where it stands."""

    place: str
    node: EResource


def e_resources(
    info: Info,
    first: int | None = 20,
    after: str | None = strawberry.UNSET,
    query: str | None = strawberry.UNSET,
) -> Connection[EResource]:
    """List the offers in the order of the network, then the titles of the feeds."""
    count, words = checked(first), (query or "")[:100]
    context = info.context
    kind, key = _place(after)
    rows = [] if kind == TITLE else _offers(context, words, key)
    rows = rows[: count + 1]
    if len(rows) <= count:
        with context.house.unit.read() as reader:
            found = titles(
                reader, words, first=count + 1 - len(rows), after=key if kind == TITLE else 0
            )
        rows += [_Row(cursor(TITLE, one.id), _title(one)) for one in found]
    return page(rows, count, after, lambda row: row.node, lambda row: row.place)


def offer_node(context: Context, position: int) -> Node:
    """Return the node of an offer by its place; NotFound."""
    for offer in offers_of(context.network, context.house.settings):
        if offer.position == position:
            return _offer(offer, _reader(context), context)
    raise NotFound


def title_node(context: Context, row: int) -> Node:
    """Return the node of a title; NotFound once it is not offered any more."""
    with context.house.unit.read() as reader:
        found = title_of(reader, row)
    if found is None:
        raise NotFound
    return _title(found)


def _place(after: str | None) -> tuple[str, int]:
    keys = cursor_keys(after)
    if not keys:
        return OFFER, 0
    if len(keys) == 2 and keys[0] in {OFFER, TITLE} and keys[1].isdecimal():  # noqa: PLR2004 - kind and number
        return keys[0], int(keys[1])
    raise BadInput("after", "not a cursor")


def _offers(context: Context, words: str, after: int) -> list[_Row]:
    reader, wanted = _reader(context), name_key(words).split()
    return [
        _Row(cursor(OFFER, offer.position), _offer(offer, reader, context))
        for offer in offers_of(context.network, context.house.settings)
        if offer.position > after and _has(offer, wanted)
    ]


def _has(offer: Offer, wanted: list[str]) -> bool:
    said = name_key(offer.name, offer.kind, offer.description)
    return all(word in said for word in wanted)


def _reader(context: Context) -> Reader | None:
    patron_id = context.visitor.patron_id
    if patron_id is None:
        return None
    with context.house.unit.read() as reader:
        person = patron_of(reader, patron_id)
    return Reader(person.valid_until, person.birth_year, person.category)


def _offer(offer: Offer, reader: Reader | None, context: Context) -> EResource:
    reason: WhyNot | None = why_not(offer, reader, local_date(context.house.clock.now()))
    return EResource(
        id=global_id("EResource", offer.position),
        code=offer.code,
        name=offer.name,
        kind=offer.kind,
        description=offer.description,
        url=offer.address({}),
        audience=offer.audience,
        needs_card=offer.needs_card,
        min_age=offer.min_age,
        opening=offer.opening,
        sends=list(offer.sends),
        opens=reason is None,
        why_not=reason or "",
        authors=[],
        language="",
    )


def _title(one: Title) -> EResource:
    return EResource(
        id=global_id("EResourceTitle", one.id),
        code=f"title-{one.id}",
        name=one.title,
        kind=one.kind,
        description=one.summary,
        url=one.href,
        audience="all",
        needs_card=False,
        min_age=0,
        opening="here",
        sends=[],
        opens=True,
        why_not="",
        authors=list(one.authors),
        language=one.language,
    )
