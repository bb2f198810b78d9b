"""What every page starts from: the house, who is there, the network, the frame around the page."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Match

from navette.clock import local_date
from navette.errors import Forbidden, NotFound, NotSignedIn
from navette.ils.roles import Right, may
from navette.ils.views import Actor
from navette.languages import N_, _, language_named, speak, spoken
from navette.network.network import LibraryInfo, Network
from navette.patrons.reading import PatronView, patron_of
from navette_auth.house import House
from navette_auth.sessions import Visitor, who
from navette_auth.staff import StaffMember
from navette_web.forms import id_in, plain
from navette_web.render import html, in_place, may_go_ahead, render, wants_fragment
from navette_web.stops import Stop, stops_of

BANNER = N_("Démonstration : personnes, horaires et collections fictifs")
SEE_OTHER = 303
LINKED = "associe"
WHOSE = "Navette-Person"  # the frame around an answer in place may still be of another
VAN = "/bureau/navette"
_ODD_IN_A_PATH = frozenset("?#\\")
OWN_PAGES = ("/bureau/compte", "/bureau/verrouiller")
OF_THE_FORM = ("person", "form")  # read before a change: the page after it reads again
# what a volunteer may open; everything that is not here needs somebody who knows the readers
OF_A_DESK = frozenset({
    "/bureau", "/bureau/scan", "/bureau/annuler", "/bureau/prelevements",
    "/bureau/prelevements/introuvable", "/bureau/etagere", "/bureau/transferts", "/bureau/usagers",
    "/bureau/retrait", "/bureau/retrait/remettre",
})  # fmt: skip


def house_of(request: Request) -> House:
    """Return the house that this application was put together with."""
    house: House = request.app.state.house
    return house


def now_of(request: Request) -> datetime:
    """Return the present instant, by the house's clock."""
    return house_of(request).clock.now()


def today_of(request: Request) -> date:
    """Return the present day in Paris."""
    return local_date(now_of(request))


def network_for(request: Request) -> Network:
    """Return the network, read again at most every five seconds."""
    return house_of(request).network()


def stops_for(request: Request) -> dict[str, Stop]:
    """Return the stops of the line by library code."""
    return stops_of(network_for(request).libraries)


def visitor_of(request: Request) -> Visitor:
    """Return who is there."""
    return who(request)


def person_for(request: Request) -> PatronView | None:
    """Return the patron who is signed in, or None."""
    patron_id = visitor_of(request).patron_id
    if patron_id is None:
        return None
    if not hasattr(request.state, "person"):
        with house_of(request).unit.read() as reader:
            request.state.person = patron_of(reader, patron_id)
        _speak_to(request)
    person: PatronView | None = request.state.person
    return person


def _speak_to(request: Request) -> None:
    """Speak the language kept with the card on a phone where none was chosen."""
    person: PatronView | None = request.state.person
    chosen = language_named(person.language) if person else None
    if chosen is not None and "langue" not in request.cookies:
        speak(chosen)


def home_of(request: Request, person: PatronView) -> LibraryInfo:
    """Return the library where somebody is registered."""
    return network_for(request).by_id(person.home_library_id)


def usual_of(request: Request, person: PatronView) -> LibraryInfo:
    """Return where somebody likes to collect: their choice, else where they are registered."""
    return network_for(request).by_id(person.usual_library_id or person.home_library_id)


def signed_in(request: Request) -> tuple[PatronView, Actor]:
    """Return the patron and the actor they are; NotSignedIn leads to the sign-in page."""
    person = person_for(request)
    if person is None:
        raise NotSignedIn
    return person, visitor_of(request).actor()


def agent_of(request: Request) -> tuple[Actor, LibraryInfo]:
    """Return the staff member as an actor, and their library; NotSignedIn, Forbidden.

    Who drives the van has the van's page and no other; a volunteer has the pages of a desk, and
    none that is not named here.
    """
    visitor = visitor_of(request)
    if visitor.staff is None:
        if visitor.patron_id is not None:
            raise Forbidden
        raise NotSignedIn
    if not _open_to(visitor.staff.role, request.url.path):
        raise Forbidden
    return visitor.actor(), network_for(request).library(visitor.staff.library)


def manager_of(request: Request, right: Right = Right.NETWORK) -> tuple[StaffMember, LibraryInfo]:
    """Return who looks after the network, or has another right; NotSignedIn, Forbidden."""
    _actor, library = agent_of(request)
    member = visitor_of(request).staff
    if member is None or not may(member.role, right):
        raise Forbidden
    return member, library


def _open_to(role: str, path: str) -> bool:
    if path.startswith(OWN_PAGES):
        return True
    if not may(role, Right.DESK):
        return path.startswith(VAN)
    return may(role, Right.READERS) or path in OF_A_DESK or path.startswith(VAN)


def page(
    request: Request,
    template: str,
    *,
    nav: str = "",
    partial: str = "",
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """Answer a page in its frame; to htmx, its partial alone when it has one."""
    visitor = visitor_of(request)
    fragment, place = wants_fragment(request), in_place(request)
    frame = {
        "demo": network_for(request).demonstration,
        "demo_banner": _(BANNER),
        "person": person_for(request),
        "agent": visitor.staff,
        "to_link": visitor.to_link and visitor.staff is None,
        "library": None,
        "nav": nav,
        "here": here_of(request),
        "told": None,
        "fragment": fragment,
        "in_place": place,
        "moved": place and _moved(request),
    }
    if values.get("told") is None:
        values["told"] = _just_linked(request, visitor)
    chosen = partial if partial and fragment else template
    personal = visitor.session_id is not None
    ahead = not personal and may_go_ahead(request)
    return html(render(chosen, frame | values), status, personal=personal, ahead=ahead)


def _moved(request: Request) -> bool:
    """Tell whether this page is another one than that on which htmx shows it."""
    current = urlsplit(request.headers.get("HX-Current-URL", ""))
    return (current.path, current.query) != (request.url.path, request.url.query)


def _just_linked(request: Request, visitor: Visitor) -> dict[str, Any] | None:
    """Say on the page that one goes on to that the card is linked now, and how to undo it."""
    if LINKED not in request.query_params or None in {visitor.identity_id, visitor.patron_id}:
        return None
    undo = {
        "action": "/compte/identites", "words": _("Défaire"),
        "values": {"identity": visitor.identity_id},
    }  # fmt: skip
    return {"words": _("Votre carte est associée. Tout s’ouvre maintenant ensemble."), "undo": undo}


def here_of(request: Request) -> str:
    """Return the path and query of this page, to come back to."""
    path: str = request.scope["path"]
    if _ODD_IN_A_PATH.isdisjoint(path):  # as nearly always: an address need not be built for it
        query = request.scope["query_string"].decode()
    else:
        path, query = request.url.path, request.url.query
    return f"{path}?{query}" if query else path


def go(path: str, **query: object) -> RedirectResponse:
    """Send the browser on after a change, so that reloading never repeats it."""
    given = {name: value for name, value in query.items() if value not in {None, ""}}
    return RedirectResponse(f"{path}?{urlencode(given)}" if given else path, SEE_OTHER)


def then(request: Request, path: str, *, shown: str = "", **query: Any) -> Response:
    """Answer a change by the page it leads to: at once in place, by a redirect without script.

    In place the address becomes `shown`, the path alone by default: what was done is said once.
    """
    led = go(path, **query)
    if not in_place(request):
        return led
    state = request.scope.get("state", {})
    scope: dict[str, Any] = {
        **request.scope,
        "method": "GET", "path": path, "raw_path": path.encode(), "path_params": {},
        "query_string": urlsplit(led.headers["Location"]).query.encode(),
        "state": {name: kept for name, kept in state.items() if name not in OF_THE_FORM},
    }  # fmt: skip
    answer = _page_at(request, scope)
    answer.headers["HX-Replace-Url"] = shown or path
    answer.headers[WHOSE] = str(visitor_of(request).patron_id or "")
    answer.headers["Content-Language"] = spoken().html
    return answer


def _page_at(request: Request, scope: dict[str, Any]) -> Response:
    """Ask our own page for its answer, as the redirect would have done one trip later."""
    for route in request.app.routes:
        matched, found = route.matches(scope)
        if matched is Match.FULL:
            answer: Response = route.endpoint(Request(scope | found))
            return answer
    raise NotFound


def number_of(request: Request, name: str) -> int | None:
    """Return an id of the query or the path, or None."""
    return id_in(str(request.path_params.get(name) or request.query_params.get(name, "")))


def asked(request: Request, name: str) -> str:
    """Return a text of the query, trimmed, as every database can hold it; "" when absent."""
    return plain(request.query_params.get(name, "")).strip()
