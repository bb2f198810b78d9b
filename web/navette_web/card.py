"""The card: white, large, readable by the desk's laser; kept on the phone only by choice."""

from collections import Counter
from datetime import datetime
from typing import Any

from barcode import CODABAR, Code39, Code128
from barcode.writer import SVGWriter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from navette.errors import NotFound
from navette.languages import _
from navette.patrons.reading import PatronView, children_of
from navette_web.render import html, render
from navette_web.shell import (
    home_of,
    house_of,
    network_for,
    now_of,
    number_of,
    page,
    signed_in,
    stops_for,
    today_of,
)
from navette_web.squares import square
from navette_web.words import number_in_words

BAR_HEIGHT = 60
QUIET_BARS = 10


def card(request: Request) -> Response:
    """Show the card, or that of a child."""
    person, _actor = signed_in(request)
    with house_of(request).unit.read() as reader:
        children = children_of(reader, person.id, today_of(request))
    wanted = number_of(request, "enfant")
    shown = person if wanted is None else next((c for c in children if c.id == wanted), None)
    if shown is None:
        raise NotFound
    return page(
        request,
        "pages/card.html",
        nav="card",
        card=card_face(request, shown),
        child_shown=wanted is not None,
        children=[] if wanted is not None else children,
        stops=list(stops_for(request).values()),
        how_many=number_in_words(len(network_for(request).libraries)),
    )


def card_copy(request: Request) -> Response:
    """Give the card alone, for the phone to keep: number, name, bars, validity."""
    person, _actor = signed_in(request)
    with house_of(request).unit.read() as reader:
        children = children_of(reader, person.id, today_of(request))
    people = [summary_of(request, one, named=one.id != person.id) for one in (person, *children)]
    values = {
        "card": card_face(request, person),
        "people": [one for one in people if one["ready"] or one["due"]],
        "at": now_of(request),
    }
    return html(render("pages/card_copy.html", values))


def summary_of(request: Request, person: PatronView, *, named: bool) -> dict[str, Any]:
    """Say without a title what waits for somebody, where and until when, and what is due when."""
    circulation, network = house_of(request).circulation, network_for(request)
    ready: Counter[tuple[str, datetime | None]] = Counter()
    for hold in circulation.holds_of(person.id):
        if hold.state == "READY":
            ready[network.library(hold.pickup).short_name, hold.pickup_deadline] += 1
    due = Counter(loan.due_on for loan in circulation.loans_of(person.id))
    return {
        "name": person.first_name if named else "",
        "ready": [
            {"count": count, "library": library, "until": until}
            for (library, until), count in ready.items()
        ],
        "due": [{"count": count, "day": day} for day, count in sorted(due.items())],
    }


def card_face(request: Request, person: PatronView) -> dict[str, Any]:
    """Gather what stands on a card."""
    return {
        "number": person.card,
        "name": person.name,
        "library": home_of(request, person).short_name,
        "valid_until": person.valid_until,
        "expired": person.valid_until < today_of(request),
        "barcode": bars(person.card, str(network_for(request).facts.get("card_symbology", ""))),
    }


def modules_of(number: str, symbology: str) -> str:
    """Return bars as ones and gaps as noughts, in the symbology that the desks' lasers read."""
    if symbology == "code39":
        drawn = Code39(number, writer=SVGWriter(), add_checksum=False)
    elif symbology == "codabar":
        drawn = CODABAR(f"A{number}B", writer=SVGWriter())
    else:
        drawn = Code128(number, writer=SVGWriter())
    modules: str = drawn.build()[0]
    return modules


def bars(number: str, symbology: str = "code128") -> Markup:
    """Draw the barcode as one path, stretched to the card's width, quiet zones included."""
    if symbology == "qr":
        return square(number, _("Code de la carte"))
    modules = modules_of(number, symbology)
    path, at = [], 0
    while at < len(modules):
        end = at
        while end < len(modules) and modules[end] == modules[at]:
            end += 1
        if modules[at] == "1":
            path.append(f"M{at + QUIET_BARS} 0h{end - at}v{BAR_HEIGHT}h-{end - at}z")
        at = end
    width = len(modules) + 2 * QUIET_BARS
    return Markup(
        '<svg class="barcode" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img"'
        ' aria-label="{}" shape-rendering="crispEdges">'
        '<rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="{}"/></svg>'
    ).format(width, BAR_HEIGHT, _("Code-barres de la carte"), "".join(path))
