"""The van: the round as a line of stops, what to drop and to take, one field to load."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.errors import AmbiguousBarcode, BadInput, NotFound, Refusal
from navette.ils.van_views import VanDone, VanItemView, VanRunView, VanStopView
from navette.languages import N_, _
from navette_web import french
from navette_web.desk.orders import Order, marked, refusal_order
from navette_web.forms import form_of
from navette_web.shell import agent_of, asked, go, house_of, now_of, page, stops_for, today_of
from navette_web.stops import Stop

HERE = "/bureau/navette"
AGES = range(2000, 3000)  # beyond them an hour has no place in UTC
Question = tuple[str, Mapping[str, object]]
DONE = {
    "charge": (
        N_("{count} document à bord."),
        N_("{count} documents à bord."),
        N_("Annuler le chargement"),
    ),
    "depose": (
        N_("{count} document déposé ici. Il attend encore son scan au bureau."),
        N_("{count} documents déposés ici. Chacun attend encore son scan au bureau."),
        N_("Annuler le dépôt"),
    ),
    "annule": (
        N_("{count} document de nouveau comme avant."),
        N_("{count} documents de nouveau comme avant."),
        "",
    ),
}


def van(request: Request) -> Response:
    """Show the next round, or that of the day that is asked for."""
    return _show(request, asked(request, "arret"))


def manifest(request: Request) -> Response:
    """Show the whole round on one sheet, for paper."""
    _actor, library = agent_of(request)
    run = _run(request)
    rows = [_stop(request, stop) for stop in run.stops] if run else []
    return page(
        request, "desk/manifest.html", nav="van", library=library, run=_round(request, run),
        stops=rows,
    )  # fmt: skip


def scan(request: Request) -> Response:
    """Load one item; a refusal is an instruction too."""
    actor, _library = agent_of(request)
    form, circulation = form_of(request), house_of(request).circulation
    stop, code = form.text("arret"), form.text("barcode")
    try:
        done = circulation.load_van(actor, stop, barcode=code, item_id=form.number_or_none("item"))
    except AmbiguousBarcode as refusal:
        stops = stops_for(request)
        which: Sequence[Question] = [
            (f"{one.title} ({stops[one.library].name})", {"arret": stop, "item": one.item_id})
            for one in refusal.candidates
        ]
        return _show(request, stop, refusal_order(refusal), which)
    except Refusal as refusal:
        return _show(request, stop, refusal_order(refusal))
    return _show(
        request, stop, _loaded(done), told=_told(request, "charge", done.count, stop, done.at)
    )


def load(request: Request) -> Response:
    """Load everything that waits at the stop."""
    actor, _library = agent_of(request)
    stop = form_of(request).text("arret")
    return _did(
        "charge", stop, house_of(request).circulation.load_van(actor, stop, everything=True)
    )


def put_down(request: Request) -> Response:
    """Say that the crate of the stop was left there."""
    actor, _library = agent_of(request)
    stop = form_of(request).text("arret")
    return _did("depose", stop, house_of(request).circulation.put_down(actor, stop))


def undo(request: Request) -> Response:
    """Undo the act that the button named."""
    actor, _library = agent_of(request)
    form = form_of(request)
    stop, at = form.text("arret"), _instant(form.text("at"))
    if at is None:
        raise BadInput("at")
    try:
        done = house_of(request).circulation.undo_van(actor, stop, at)
    except Refusal as refusal:
        return _show(request, stop, refusal_order(refusal))
    return _did("annule", stop, done)


def _did(what: str, stop: str, done: VanDone) -> Response:
    return go(HERE, arret=stop, fait=what, n=str(done.count), at=done.at.isoformat())


def _run(request: Request) -> VanRunView | None:
    day = _day(asked(request, "jour"))
    try:
        return house_of(request).circulation.van_run(day)
    except NotFound:
        return None


def _show(
    request: Request,
    wanted: str,
    order: Order | None = None,
    questions: Sequence[Question] = (),
    told: Mapping[str, Any] | None = None,
) -> Response:
    actor, library = agent_of(request)
    run = _run(request)
    stops = list(run.stops) if run else []
    chosen = _chosen(stops, wanted, now_of(request))
    return page(
        request,
        "desk/van.html",
        nav="van",
        library=library,
        run=_round(request, run),
        stops=[_stop(request, stop) for stop in stops],
        chosen=_stop(request, chosen) if chosen else None,
        confirming=bool(asked(request, "confirmer")),
        order=order,
        questions=questions,
        told=told or _told_before(request, chosen.library if chosen else ""),
        coordinator=actor.role == "coordinator",
    )


def _chosen(stops: Sequence[VanStopView], wanted: str, now: datetime) -> VanStopView | None:
    """Return the stop that was tapped, else the one where the van is or comes next."""
    tapped = next((stop for stop in stops if stop.library == wanted), None)
    coming = next((stop for stop in stops if stop.leaves >= now and not stop.closed), None)
    return tapped or coming or (stops[0] if stops else None)


def _round(request: Request, run: VanRunView | None) -> dict[str, Any] | None:
    if run is None:
        return None
    day = french.near_day(run.day, today_of(request))
    return {
        "when": day[:1].upper() + day[1:],
        "day": run.day.isoformat(),
        "driven": run.state == "planned",
        "cancelled": run.state == "cancelled",
        "altered": run.state == "cancelled" or any(stop.closed for stop in run.stops),
        "reason": run.reason,
        "on_board": run.on_board,
        "capacity": run.capacity,
        "full": bool(run.capacity) and run.on_board >= run.capacity,
    }


def _stop(request: Request, stop: VanStopView) -> dict[str, Any]:
    stops = stops_for(request)
    hours = (french.hour_in_words(stop.arrives), french.hour_in_words(stop.leaves))
    return {
        "stop": stops[stop.library],
        "hours": " – ".join(dict.fromkeys(hours)),
        "closed": stop.closed,
        "drop": [_item(one, stops[one.origin]) for one in stop.drop],
        "take": [_item(one, stops[one.destination]) for one in stop.take],
    }


def _item(one: VanItemView, other: Stop) -> dict[str, Any]:
    item = one.item
    return {
        "title": french.with_volume(item.title, item.volume_label, item.type),
        "language": item.language,
        "barcode": item.barcode,
        "other": other,
        "late": one.late,
    }


def _loaded(done: VanDone) -> Order:
    title = marked(done.item) if done.item else ""
    if not done.count:
        return Order(_("Déjà à bord"), title, "calm", sound="go")
    return Order(_("À bord"), title, "go", sound="go")


def _told(
    request: Request, what: str, count: int, stop: str, at: datetime
) -> dict[str, Any] | None:
    if what not in DONE or stop not in stops_for(request):
        return None
    if not count:
        return {"words": _("Il n’y avait plus rien à faire ici."), "undo": None}
    one, many, undo_words = DONE[what]
    values = {"arret": stop, "at": at.isoformat()}
    undoing = {
        "action": f"{HERE}/annuler",
        "words": _(undo_words) if undo_words else "",
        "values": values,
    }
    said = french.counted_in(count, _(one), _(many))
    return {"words": said, "undo": undoing if undo_words else None}


def _told_before(request: Request, stop: str) -> dict[str, Any] | None:
    """Say what was done just before the browser was sent here."""
    at, count = _instant(asked(request, "at")), asked(request, "n")
    if at is None or not count.isdecimal() or len(count) > len("9999"):
        return None
    return _told(request, asked(request, "fait"), int(count), stop, at)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    known = found.tzinfo is not None and found.year in AGES
    return found if known else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
