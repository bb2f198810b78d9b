"""Calendars: the hours of the week, days with hours of their own, closures with their question."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import BadInput
from navette.languages import _
from navette.network.calendar import Opening
from navette.network.network import LibraryInfo
from navette.saying import plural, weekday
from navette_web import french
from navette_web.coordination.overview import coordinator_of
from navette_web.forms import form_of
from navette_web.shell import (
    asked,
    go,
    house_of,
    network_for,
    page,
    stops_for,
    today_of,
)

HERE = "/coordination/calendriers"
DAYS = 7
COUNTS = ("retraits", "retours", "copies", "questions")


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, calendars),
        Route(HERE + "/semaine", week, methods=["POST"]),
        Route(HERE + "/jour", special, methods=["POST"]),
        Route(HERE + "/fermer", close, methods=["POST"]),
        Route(HERE + "/rouvrir", reopen, methods=["POST"]),
    ]


def calendars(request: Request) -> Response:
    """Show the calendar of one library, with every way to change it."""
    _actor, own = coordinator_of(request)
    forget(request)
    network, stops = network_for(request), stops_for(request)
    code = asked(request, "biblio") if asked(request, "biblio") in stops else own.code
    shown, today = network.library(code), today_of(request)
    closures = [
        {
            "id": one.id,
            "first": french.full_date(one.first_day),
            "last": french.full_date(one.last_day),
            "reason": one.reason,
            "asked": one.asked,
            "answered": one.answered,
        }
        for one in house_of(request).circulation.closures(code)
    ]
    special = [
        {"day": french.full_date(day), "iso": day.isoformat(), "hours": _hours(openings)}
        for day, openings in sorted(shown.calendar.special.items())
        if day >= today
    ]
    return page(
        request,
        "coordination/calendars.html",
        nav="coordination",
        library=own,
        shown=shown,
        stops=stops,
        week=[(n, weekday(n), _hours(shown.calendar.week.get(n, ()))) for n in range(DAYS)],
        special=special,
        closures=closures,
        today=today.isoformat(),
        told=_told(request),
    )


def week(request: Request) -> Response:
    """Keep the hours of one weekday."""
    actor, _library = coordinator_of(request)
    form, shown = form_of(request), _shown(request)
    number = form.text("jour")
    if number not in {str(n) for n in range(DAYS)}:
        raise BadInput("jour")
    circulation = house_of(request).circulation
    circulation.set_hours(actor, shown.code, int(number), form.text("heures"))
    return _back(request, shown, fait="1")


def special(request: Request) -> Response:
    """Give one day hours of its own, or take them back."""
    actor, _library = coordinator_of(request)
    form, shown = form_of(request), _shown(request)
    circulation = house_of(request).circulation
    circulation.set_special_hours(actor, shown.code, _day(request, "jour"), form.text("heures"))
    return _back(request, shown, fait="1")


def close(request: Request) -> Response:
    """Enter a closure; say what it repaired and how many people are asked."""
    actor, _library = coordinator_of(request)
    form, shown = form_of(request), _shown(request)
    proposed = form.text("proposee")
    if proposed and proposed not in stops_for(request):
        raise BadInput("proposee")
    done = house_of(request).circulation.close_library(
        actor, shown.code, _day(request, "du"), _day(request, "au"), form.text("raison"), proposed
    )
    return _back(
        request, shown, retraits=str(done.deadlines), retours=str(done.due_dates),
        copies=str(done.released), questions=str(done.asked),
    )  # fmt: skip


def reopen(request: Request) -> Response:
    """Take a closure back."""
    actor, _library = coordinator_of(request)
    shown = _shown(request)
    house_of(request).circulation.reopen_library(actor, form_of(request).number("fermeture"))
    return _back(request, shown, fait="1")


def forget(request: Request) -> None:
    """Read the network again: the page shows what was just changed."""
    house_of(request).extras.pop("network_read", None)


def _back(request: Request, shown: LibraryInfo, **said: str) -> Response:
    forget(request)
    return go(HERE, biblio=shown.code, **said)


def _shown(request: Request) -> LibraryInfo:
    code = form_of(request).text("biblio")
    if code not in stops_for(request):
        raise BadInput("biblio")
    return network_for(request).library(code)


def _day(request: Request, name: str) -> date:
    day = form_of(request).day(name)
    if day is None:
        raise BadInput(name)
    return day


def _hours(openings: Sequence[Opening]) -> str:
    return ", ".join(f"{_clock(o.opens)}-{_clock(o.closes)}" for o in openings)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _told(request: Request) -> Mapping[str, Any] | None:
    if asked(request, "fait"):
        return {"words": _("C’est noté. Les dates annoncées suivent."), "undo": None}
    counts = [asked(request, name) for name in COUNTS]
    if not all(c.isdecimal() and len(c) <= len("99999") for c in counts):
        return None
    retraits, retours, copies, questions = (int(c) for c in counts)
    words = ", ".join((
        plural(retraits, _("retrait prolongé"), _("retraits prolongés")),
        plural(retours, _("retour reporté"), _("retours reportés")),
        plural(copies, _("document demandé ailleurs"), _("documents demandés ailleurs")),
        plural(questions, _("lecteur interrogé"), _("lecteurs interrogés")),
    ))  # fmt: skip
    return {"words": _("Fermeture notée\u00a0: {words}.").format(words=words), "undo": None}
