"""The journal: who of the team looked at whom. It is read here, and changed nowhere."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.clock import PARIS
from navette.errors import BadInput, NotFound
from navette.patrons.reading import patron_by_card
from navette_auth.journal import KINDS, PAGE, Look, Wanted, looks
from navette_auth.team import everybody
from navette_web import french
from navette_web.coordination.words import LOOKS, ROLES
from navette_web.forms import id_in
from navette_web.shell import asked, house_of, manager_of, network_for, page

JOURNAL = "/coordination/journal"
FIELDS = ("qui", "lieu", "carte", "geste", "du", "au")


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [Route(JOURNAL, journal)]


def journal(request: Request) -> Response:
    """Show the lines that are asked for, newest first, fifty a page."""
    _me, library = manager_of(request)
    given = {name: asked(request, name)[:40] for name in FIELDS}
    house = house_of(request)
    with house.unit.read() as reader:
        patron = None
        stranger = False
        if given["carte"]:
            try:
                patron = patron_by_card(reader, given["carte"]).id
            except NotFound:
                stranger = True
        wanted = _wanted(request, given, patron)
        found = [] if stranger else looks(reader, wanted, PAGE + 1)
        team = everybody(reader)
    names = {one.code: one.short_name for one in network_for(request).libraries}
    return page(
        request,
        "coordination/journal.html",
        nav="journal",
        library=library,
        lines=[_line(one, names) for one in found[:PAGE]],
        older=_older(given, found),
        given=given,
        filtered=any(given.values()),
        stranger=stranger,
        team=[(one.id, one.name) for one in team],
        places=list(names.items()),
        kinds=[(kind, LOOKS[kind]) for kind in KINDS],
    )


def _wanted(request: Request, given: dict[str, str], patron: int | None) -> Wanted:
    return Wanted(
        staff_id=id_in(given["qui"]) if given["qui"] else None,
        library=given["lieu"],
        patron_id=patron,
        kind=given["geste"],
        since=_instant(given["du"]),
        until=_instant(given["au"], days=1),
        before=id_in(asked(request, "avant")),
    )


def _instant(text: str, days: int = 0) -> datetime | None:
    """Return the first instant of a day in Paris, or of the day after."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days)
    except (ValueError, OverflowError) as error:
        raise BadInput("du") from error
    return datetime.combine(day, time(), PARIS).astimezone(UTC)


def _older(given: dict[str, str], found: Sequence[Look]) -> str:
    if len(found) <= PAGE:
        return ""
    kept = {name: value for name, value in given.items() if value}
    return f"{JOURNAL}?{urlencode({**kept, 'avant': found[PAGE - 1].id})}"


def _line(one: Look, names: Mapping[str, str]) -> dict[str, Any]:
    person = f"{one.first_name} {one.last_name}" if one.card else ""
    return {
        "day": french.day_in_words(one.at),
        "hour": french.hour_in_words(one.at),
        "who": one.staff_name,
        "role": ROLES.get(one.role, one.role),
        "where": names.get(one.library, one.library),
        "person": person,
        "card": one.card or "",
        "patron": one.patron_id if one.card else None,
        "kind": LOOKS.get(one.kind, one.kind),
        "detail": one.detail if one.kind == "listed" else "",
    }
