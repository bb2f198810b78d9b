"""The libraries: open now or not, the week's hours, closures that come, how to reach them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.clock import local_date, minutes_of
from navette.languages import _
from navette.network.calendar import Opening
from navette.network.network import LibraryInfo, Network
from navette.saying import hour_words, listed, weekday
from navette_web import french
from navette_web.shell import network_for, now_of, page, stops_for
from navette_web.stops import Choice, Stop

CLOSURE_AHEAD_DAYS = 60


def libraries(request: Request) -> Response:
    """Show every library with its hours."""
    network, stops, now = network_for(request), stops_for(request), now_of(request)
    return page(
        request,
        "pages/libraries.html",
        nav="more",
        libraries=[_place(lib, stops[lib.code], now) for lib in network.libraries],
        van_sentence=van_sentence(network),
    )


def _place(library: LibraryInfo, stop: Stop, now: datetime) -> dict[str, Any]:
    today = local_date(now)
    return {
        "code": library.code,
        "name": library.name,
        "stop": stop,
        "open": library.calendar.is_open_at(now),
        "open_words": open_words(library, now),
        "closures": _closures(library, today),
        "week": [
            (weekday(day), hours_in_words(library.calendar.week.get(day, ()))) for day in range(7)
        ],
        "address": library.address,
        "phone": library.phone,
        "accessibility": library.accessibility,
    }


def open_words(library: LibraryInfo, now: datetime) -> str:
    """Say "Ouvert jusqu’à 18 h" or "Ouvre demain à 14 h"."""
    calendar, today = library.calendar, local_date(now)
    if calendar.is_open_at(now):
        closes = next(o.closes for o in calendar.openings(today) if o.closes > minutes_of(now))
        return _("Ouvert jusqu’à {hour}").format(hour=hour_words(closes))
    opens = calendar.opens_at(now)
    if opens is None:
        return _("Fermé")
    day, hour = french.near_day(opens, today), french.hour_in_words(opens)
    return _("Ouvre {day} à {hour}").format(day=day, hour=hour)


def hours_in_words(openings: Sequence[Opening]) -> str:
    """Say "10 h à 12 h, 14 h à 18 h 30", or "fermé"."""
    if not openings:
        return _("fermé")
    said = _("{opens} à {closes}")
    return ", ".join(
        said.format(opens=hour_words(o.opens), closes=hour_words(o.closes)) for o in openings
    )


def _closures(library: LibraryInfo, today: date) -> list[str]:
    soon = today + timedelta(CLOSURE_AHEAD_DAYS)
    coming = library.calendar.shut_between(today, soon)
    return [_closure(c.first_day, c.last_day) for c in coming]


def _closure(first: date, last: date) -> str:
    said = _("Fermé {first}.") if first == last else _("Fermé du {first} au {last}.")
    return said.format(first=french.day_in_words(first), last=french.day_in_words(last))


def today_line(network: Network, stops: dict[str, Stop], now: datetime) -> list[Choice]:
    """Show the line with today's hours of each stop."""
    return [_today(library, stops[library.code], now) for library in network.libraries]


def _today(library: LibraryInfo, stop: Stop, now: datetime) -> Choice:
    calendar, today = library.calendar, local_date(now)
    if calendar.is_open_at(now):
        closes = next(o.closes for o in calendar.openings(today) if o.closes > minutes_of(now))
        return Choice(stop, _("ouvert"), _("jusqu’à {hour}").format(hour=hour_words(closes)))
    openings = [o for o in calendar.openings(today) if o.opens > minutes_of(now)]
    if openings:
        opens_at = _("dès {hour}").format(hour=hour_words(openings[0].opens))
        return Choice(stop, _("aujourd’hui"), opens_at)
    opens = calendar.opens_at(now)
    if opens is None:
        return Choice(stop, _("fermé"))
    this_week = local_date(opens) - today < timedelta(days=7)
    near = french.near_day(opens, today)
    day = near.split(" ", maxsplit=1)[0] if this_week else near
    hour = french.hour_in_words(opens)
    return Choice(stop, _("fermé"), _("ouvre {day} à {hour}").format(day=day, hour=hour))


def van_sentence(network: Network) -> str:
    """Say "La navette passe mardi et vendredi."."""
    days = [weekday(day) for day in sorted(network.timetable.rounds)]
    return _("La navette passe {days}.").format(days=listed(days)) if days else ""
