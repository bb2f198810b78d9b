"""The lists of a desk: to pull, the hold shelf and what to clear from it, the crates."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.clock import local_date
from navette.ils.views import ItemView, TransitView
from navette.languages import N_, _
from navette_web import french
from navette_web.desk.orders import titled
from navette_web.desk.scan import van_of
from navette_web.desk.telling import crate_words
from navette_web.forms import form_of
from navette_web.holdcards import named
from navette_web.shell import (
    agent_of,
    go,
    house_of,
    now_of,
    number_of,
    page,
    stops_for,
    today_of,
)

NOTES = {"in_crate": N_("dans la caisse"), "to_send": N_("à expédier")}


def pull_list(request: Request) -> Response:
    """Show what to fetch from the shelves, in shelf order."""
    _actor, library = agent_of(request)
    stops, today = stops_for(request), today_of(request)
    lines = house_of(request).circulation.pull_list(library.code)
    rows = [
        {
            "item": line.item,
            "title": titled(line.item),
            "language": line.item.language,
            "place": place_of(line.item),
            "stop": stops[line.pickup],
            "since": french.near_day(line.targeted_at, today),
            "late": line.until is not None and line.until < now_of(request),
            "note": _(NOTES[line.note]) if line.note in NOTES else "",
        }
        for line in lines
    ]
    return page(
        request, "desk/pull.html", nav="pull", library=library, rows=rows,
        told=_told(request, library.code),
    )  # fmt: skip


def _told(request: Request, library: str) -> dict[str, Any] | None:
    """Say that an item is looked for elsewhere, and offer ten minutes to take it back."""
    item_id = number_of(request, "introuvable")
    if item_id is None:
        return None
    scans = house_of(request).circulation.last_scans(library)
    last = next((s for s in scans if s.item.id == item_id and s.item.status == "MISSING"), None)
    undo = None
    if last is not None and not last.undone:
        undo = {
            "action": "/bureau/annuler",
            "words": _("Il est là"),
            "values": {"scan": last.scan_id},
        }
    return {"words": _("C’est noté : nous cherchons ailleurs."), "undo": undo}


def place_of(item: ItemView) -> str:
    """Say where a copy stands: section, then call number."""
    return " · ".join(filter(None, (item.section, item.call_number)))


def not_found(request: Request) -> Response:
    """Declare an item missing: the next copy is chosen at once."""
    actor, library = agent_of(request)
    item_id = form_of(request).number("item")
    house_of(request).circulation.mark_missing(actor, library.code, item_id=item_id)
    back = form_of(request).text("retour")
    ours = back if back in {"/bureau/etagere", "/bureau/transferts"} else "/bureau/prelevements"
    return go(ours, introuvable=item_id)


def shelf(request: Request) -> Response:
    """Show the hold shelf by place, and what to take off it."""
    _actor, library = agent_of(request)
    circulation, today = house_of(request).circulation, today_of(request)
    rows = [
        {
            "place": hold.shelf_place,
            "title": named(hold),
            "language": hold.language,
            "barcode": hold.barcode,
            "until": french.day_in_words(hold.pickup_deadline) if hold.pickup_deadline else "",
            "last_day": hold.pickup_deadline is not None
            and local_date(hold.pickup_deadline) <= today,
            "item_id": hold.item_id,
        }
        for hold in circulation.shelf(library.code)
    ]
    clear = [
        {
            "title": titled(item),
            "language": item.language,
            "barcode": item.barcode,
            "place": place_of(item),
        }
        for item in circulation.to_clear(library.code)
    ]
    return page(request, "desk/shelf.html", nav="shelf", library=library, rows=rows, clear=clear)


def transits(request: Request) -> Response:
    """Show what leaves from here and what comes here."""
    actor, library = agent_of(request)
    rows = house_of(request).circulation.transits(library.code)
    leaving = [t for t in rows if t.origin == library.code]
    coming = [t for t in rows if t.destination == library.code and t.origin != library.code]
    return page(
        request,
        "desk/transits.html",
        nav="transits",
        library=library,
        groups=[
            (_("Départs"), _("Rien ne part d’ici."), _travelling(request, leaving)),
            (_("Arrivées"), _("Rien n’est en route vers ici."), _travelling(request, coming)),
        ],
        van=van_of(request, actor, library),
        told=crate_words(request),
    )


def _travelling(request: Request, transits: Sequence[TransitView]) -> list[dict[str, Any]]:
    stops, today = stops_for(request), today_of(request)
    return [
        {
            "title": titled(one.item),
            "language": one.item.language,
            "barcode": one.item.barcode,
            "item_id": one.item.id,
            "origin": stops[one.origin],
            "destination": stops[one.destination],
            "cause": _("réservé") if one.cause == "hold" else _("rentre chez lui"),
            "state": _("dans la navette") if one.state == "ON_VAN" else _("dans la caisse"),
            "since": french.near_day(one.boxed_at, today),
            "overdue": one.overdue,
        }
        for one in transits
    ]
