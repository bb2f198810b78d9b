"""The desk: one field, one instruction, the last scans, the day's figures."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.ils.views import Actor, DeskCounts, ScanResult
from navette.languages import _
from navette.network.network import LibraryInfo
from navette_auth.badges import looks_like_badge
from navette_web import french
from navette_web.desk.counter import Answered, Counter, Scanned
from navette_web.desk.locking import taken_over
from navette_web.desk.looking import looked_again, shown_to
from navette_web.desk.orders import logged
from navette_web.forms import Form, form_of
from navette_web.shell import agent_of, house_of, network_for, now_of, page, stops_for

LAST_SCANS = 6
OPEN_FOR = timedelta(seconds=20)
UNDOABLE_FOR = timedelta(minutes=10)


def desk(request: Request) -> Response:
    """Show the field, ready for a scan."""
    return _answer(request, Answered())


def scan(request: Request) -> Response:
    """Take one scan and show what to do; the whole zone is one block for htmx."""
    counter, form = _counter(request), form_of(request)
    scanned = Scanned(
        code=form.text("barcode"),
        card=_open_card(form, now_of(request)),
        item_id=form.number_or_none("item"),
        confirm=form.text("confirm") == "1",
        scan_id=form.text("scan_id"),
        wish=form.text("wish"),
    )
    if looks_like_badge(scanned.code):
        return taken_over(request, scanned.code)
    return _noted(request, counter.take(scanned))


def undo(request: Request) -> Response:
    """Undo the scan that the button named, or the last one of this desk."""
    counter, form = _counter(request), form_of(request)
    return _noted(request, counter.undo(form.text("scan"), _open_card(form, now_of(request))))


def _noted(request: Request, answered: Answered) -> Response:
    """Write whose card stands on the screen, then show it."""
    shown = {one.id for one in (answered.person, answered.borrower) if one is not None}
    looked_again(request, sorted(shown), "card")
    return _answer(request, answered)


def _counter(request: Request) -> Counter:
    actor, _library = agent_of(request)
    house = house_of(request)
    return Counter(house.circulation, house.unit, actor, stops_for(request))


def _open_card(form: Form, now: datetime) -> str:
    seen = form.text("seen")
    try:
        seen_at = datetime.fromisoformat(seen) if seen else None
    except ValueError:
        return ""
    fresh = seen_at is not None and seen_at.tzinfo is not None and still_open(seen_at, now)
    return form.text("card") if fresh else ""


def still_open(seen_at: datetime | None, now: datetime) -> bool:
    """Tell whether a card that was last used at `seen_at` is still open: 20 seconds."""
    return seen_at is not None and timedelta() <= now - seen_at <= OPEN_FOR


def _answer(request: Request, answered: Answered) -> Response:
    actor, library = agent_of(request)
    circulation = house_of(request).circulation
    scans = circulation.last_scans(library.code, LAST_SCANS)
    return page(
        request,
        "desk/scan.html",
        nav="scan",
        partial="desk/_zone.html",
        library=library,
        order=answered.order,
        open_person=shown_to(actor, answered.person) if answered.person else None,
        whole=actor.knows_readers,
        on_card=_on_card(request, answered),
        questions=answered.questions,
        slip=answered.slip,
        seen=now_of(request).isoformat(),
        scan_id=secrets.token_urlsafe(12),
        scans=[_logged(request, one) for one in scans],
        undoable=None if answered.lent else _undoable(scans, now_of(request)),
        lent=answered.lent,
        routed=answered.routed,
        counts=_counts(circulation.counts(library.code)),
        van=van_of(request, actor, library),
    )


def _undoable(scans: Sequence[ScanResult], now: datetime) -> ScanResult | None:
    """Return the newest scan that stands, while it can still be undone."""
    newest = next((one for one in scans if not one.undone), None)
    return newest if newest is not None and now - newest.at <= UNDOABLE_FOR else None


def _on_card(request: Request, answered: Answered) -> dict[str, Any]:
    if answered.person is None:
        return {}
    circulation = house_of(request).circulation
    holds = circulation.holds_of(answered.person.id)
    ready = [h for h in holds if h.state == "READY"]
    return {
        "loans": len(circulation.loans_of(answered.person.id)),
        "ready": [
            {"place": h.shelf_place, "title": h.title, "language": h.language} for h in ready
        ],
    }


def _logged(request: Request, result: ScanResult) -> dict[str, str]:
    return {
        "title": french.with_volume(result.item.title, result.item.volume_label, result.item.type),
        "language": result.item.language,
        "at": french.hour_in_words(result.at),
        "words": logged(result, stops_for(request)),
    }


def _counts(counts: DeskCounts) -> list[dict[str, Any]]:
    return [
        {"href": "/bureau/prelevements", "words": _("À prélever"), "count": counts.to_pull},
        {"href": "/bureau/transferts", "words": _("À recevoir"), "count": counts.to_receive},
        {
            "href": "/bureau/transferts",
            "words": _("À mettre dans les caisses"),
            "count": counts.to_send,
        },
        {"href": "/bureau/etagere", "words": _("Sur l’étagère"), "count": counts.on_shelf},
        {
            "href": "/bureau/etagere#retirer",
            "words": _("À retirer de l’étagère"),
            "count": counts.to_clear,
        },
        {
            "href": "/bureau/transferts",
            "words": _("Transferts en retard"),
            "count": counts.overdue_transits,
        },
    ]


def van_of(request: Request, actor: Actor, library: LibraryInfo) -> dict[str, Any] | None:
    """Say when the van next leaves, and how many crates go to each stop."""
    network, stops = network_for(request), stops_for(request)
    leaves = network.timetable.next_departure(library.code, now_of(request))
    if leaves is None:
        return None
    transits = house_of(request).circulation.transits(actor.library)
    boxed = [t.destination for t in transits if t.origin == library.code and t.state == "BOXED"]
    rows = [
        {
            "stop": stop,
            "what": _("{count} à charger").format(count=len(boxed))
            if code == library.code
            else boxed.count(code),
        }
        for code, stop in stops.items()
    ]
    when = f"{french.day_in_words(leaves)}, {french.hour_in_words(leaves)}"
    return {"when": when, "rows": rows}
