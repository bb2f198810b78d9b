"""The coordinator's front page: calendars, rules, the van, amnesty, holds without hope."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import Forbidden
from navette.ils.roles import Right, may
from navette.ils.views import Actor
from navette.languages import _
from navette.network.network import LibraryInfo
from navette.notifications import budget
from navette.saying import month as month_name
from navette.saying import plural
from navette_web import french
from navette_web.desk.looking import looked
from navette_web.forms import form_of
from navette_web.shell import agent_of, asked, go, house_of, now_of, page, stops_for, today_of

HERE = "/coordination"
SOON = timedelta(days=60)


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, overview),
        Route(HERE + "/amnistie", amnesty, methods=["POST"]),
        Route(HERE + "/sans-espoir", without_hope),
        Route(HERE + "/sans-espoir", give_up, methods=["POST"]),
    ]


def coordinator_of(request: Request) -> tuple[Actor, LibraryInfo]:
    """Return who looks after the network; NotSignedIn, Forbidden."""
    actor, library = agent_of(request)
    if not may(actor.role, Right.NETWORK):
        raise Forbidden
    return actor, library


def overview(request: Request) -> Response:
    """Show what can be looked after, and how things stand."""
    _actor, library = coordinator_of(request)
    circulation = house_of(request).circulation
    stops = stops_for(request)
    closures = [
        {
            "stop": stop,
            "from": french.full_date(one.first_day),
            "to": french.full_date(one.last_day),
            "reason": one.reason,
            "asked": one.asked,
            "answered": one.answered,
        }
        for code, stop in stops.items()
        for one in circulation.closures(code)
        if one.first_day <= today_of(request) + SOON
    ]
    ended = asked(request, "amnistie")
    told = None
    if ended.isdecimal() and len(ended) <= len("99999"):
        words = plural(int(ended), _("pause levée"), _("pauses levées"))
        told = {"words": _("C’est l’amnistie\u00a0: {words}.").format(words=words), "undo": None}
    return page(
        request, "coordination/overview.html", nav="coordination", library=library,
        closures=closures, without_hope=len(circulation.without_hope()), told=told,
        confirming=bool(asked(request, "confirmer")), today=today_of(request).isoformat(),
        sms=_sms(request),
    )  # fmt: skip


def _sms(request: Request) -> dict[str, Any]:
    """Say how many SMS left this month of how many, and the months before."""
    house, now = house_of(request), now_of(request)
    settings = house.settings
    with house.unit.read() as reader:
        months = budget.counted_by_month(reader)
        sent = budget.sent_in(reader, now)
    cap = settings.sms_cap
    this = budget.month_of(now)
    return {
        "provider": bool(settings.sms_url) or not settings.production,
        "sent": sent,
        "cap": cap,
        "full": sent >= cap,
        "before": [
            (f"{month_name(int(when[5:]))} {when[:4]}", count)
            for when, count in months
            if when != this
        ],
    }


def amnesty(request: Request) -> Response:
    """End every pause for lateness; until that day nothing late counts."""
    actor, _library = coordinator_of(request)
    ended = house_of(request).circulation.amnesty(actor, form_of(request).day("jusqu_au"))
    return go(HERE, amnistie=str(ended))


def without_hope(request: Request) -> Response:
    """Show the holds that no copy can fill."""
    _actor, library = coordinator_of(request)
    stops, now = stops_for(request), now_of(request)
    found = house_of(request).circulation.without_hope()
    looked(request, {hold.patron_id for hold in found}, "listed", "without hope")
    rows = [
        {
            "id": hold.id,
            "title": french.with_volume(hold.title, hold.volume_label, hold.type),
            "record_id": hold.record_id,
            "who": hold.patron_name,
            "patron_id": hold.patron_id,
            "stop": stops[hold.pickup],
            "since": french.full_date(hold.placed_at),
            "days": (now - hold.placed_at).days,
        }
        for hold in found
    ]
    told = {"words": _("C’est dit au lecteur."), "undo": None} if asked(request, "fait") else None
    return page(
        request, "coordination/without_hope.html", nav="coordination", library=library, rows=rows,
        told=told,
    )  # fmt: skip


def give_up(request: Request) -> Response:
    """End one of them, and tell its reader."""
    actor, _library = coordinator_of(request)
    house_of(request).circulation.give_up(actor, form_of(request).number("reservation"))
    return go(HERE + "/sans-espoir", fait="1")
