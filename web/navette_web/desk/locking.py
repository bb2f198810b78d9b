"""A desk left alone locks; a colleague's badge, scanned in the one field, takes it over."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import SignInRefused, TooManyAttempts
from navette.ils.roles import Right, may
from navette.wording import sentence_of
from navette_auth.next_paths import next_path
from navette_auth.passkeys import Passkeys
from navette_auth.taking_over import lock, take_over
from navette_web.forms import form_of
from navette_web.render import wants_fragment
from navette_web.shell import VAN, go, page, visitor_of
from navette_web.signin import (
    caller_of,
    check_ours,
    entered,
    known_here,
    wanted_path,
    ways,
    with_status,
)

DESK, DOOR, OWN_PAGE = "/bureau", "/connexion/personnel", "/bureau/compte"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route("/connexion/personnel", sign_in_staff),
        Route("/connexion/personnel", enter_as_staff, methods=["POST"]),
        Route("/connexion/badge", enter_with_badge, methods=["POST"]),
        Route("/bureau/verrouiller", lock_here, methods=["POST"]),
    ]


def enter_with_badge(request: Request) -> Response:
    """Take a locked desk over."""
    check_ours(request)
    form = form_of(request)
    return taken_over(request, form.text("badge"), next_path(form.text("next"), DESK))


def taken_over(request: Request, badge: str, wanted: str = DESK) -> Response:
    """Let the holder of the badge go on where the desk stands."""
    try:
        session, member = take_over(ways(request), caller_of(request), visitor_of(request), badge)
    except (SignInRefused, TooManyAttempts) as refusal:
        return with_status(door(request, wanted, sentence_of(refusal)), refusal)
    answer = entered(request, at_work(wanted, member.role), session)
    if wants_fragment(request):  # the whole frame changes: another name stands in it
        answer.status_code = 200
        answer.headers["HX-Redirect"] = answer.headers["location"]
        del answer.headers["location"]
    return answer


def lock_here(request: Request) -> Response:
    """Lock this desk now."""
    lock(ways(request), visitor_of(request))
    return go(DOOR, next=DESK)


def door(request: Request, wanted: str, message: str = "", login: str = "") -> Response:
    """Show the door of the team: who was here when it is locked, else login and password."""
    visitor = visitor_of(request)
    return page(
        request,
        "pages/sign_in_staff.html",
        next=wanted,
        message=message,
        login=login,
        locked=visitor.waiting if visitor.waits_for == "lock" else None,
        passkeys=Passkeys.of(ways(request)).possible,
    )


def sign_in_staff(request: Request) -> Response:
    """Show the door of the team; whoever is in goes on, whoever lacks a second factor sets it up."""
    wanted, visitor = wanted_path(request, DESK), visitor_of(request)
    if visitor.staff is not None:
        return go(at_work(wanted, visitor.staff.role))
    if visitor.waits_for == "factor":
        return go(OWN_PAGE, next=wanted)
    return door(request, wanted)


def enter_as_staff(request: Request) -> Response:
    """Sign a member of the team in."""
    form = form_of(request)
    check_ours(request)
    wanted, login = next_path(form.text("next"), DESK), form.text("login")
    try:
        session, member = ways(request).as_staff(
            caller_of(request), login, form.text("password"), form.text("code")
        )
    except (SignInRefused, TooManyAttempts) as refusal:
        return with_status(door(request, wanted, sentence_of(refusal), login), refusal)
    return known_here(request, entered(request, at_work(wanted, member.role), session))


def at_work(wanted: str, role: str) -> str:
    """Send a driver who asked for no page in particular to the round."""
    return VAN if wanted == DESK and not may(role, Right.DESK) else wanted
