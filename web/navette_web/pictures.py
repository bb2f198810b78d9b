"""The picture of a cover at an address of ours: the provider's when there is one, else drawn."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.catalogue.jackets import Jackets
from navette.catalogue.reading import RecordView
from navette_web.cards import drawn_cover
from navette_web.record import record_asked
from navette_web.render import environment
from navette_web.shell import house_of

WEEK = "public, max-age=604800"


def jackets_of(request: Request) -> Jackets | None:
    """Return the pictures that this house may show, or None when it has no provider."""
    kept: Jackets | None = house_of(request).extras.get("jackets")
    return kept


def picture(request: Request) -> Response:
    """Answer the picture of a record's cover."""
    record = record_asked(request)
    jackets = jackets_of(request)
    found = jackets.of(record.isbn) if jackets else None
    if found is None:
        return Response(drawn(record), media_type="image/svg+xml", headers={"Cache-Control": WEEK})
    return Response(found.content, media_type=found.media_type, headers={"Cache-Control": WEEK})


def drawn(record: RecordView) -> str:
    """Draw the cover as a picture of its own."""
    macros: Any = environment().get_template("parts/_record.html").module
    svg = str(macros.cover(drawn_cover(record)))
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
