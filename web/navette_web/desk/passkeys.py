"""Passkeys of the team: a way in that is both factors, and two seconds to take a desk over."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from navette.errors import BadInput, NotSignedIn, SignInRefused, TooManyAttempts
from navette_auth.cookies import keep_session
from navette_auth.next_paths import next_path
from navette_auth.passkeys import remove_key
from navette_auth.throttle import attempt, forgive
from navette_web.desk.locking import DESK, at_work
from navette_web.desk.own import OWN, me_of, subject_of
from navette_web.devices import device_words
from navette_web.forms import body_of, form_of
from navette_web.passkeys import as_json, possible_here, refused_json, slowed_here
from navette_web.proving import check_fresh
from navette_web.shell import go, house_of, now_of
from navette_web.signin import caller_of, check_ours, ways

KEYS, DOOR = f"{OWN}/cles", "/connexion/personnel/cle"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(KEYS, add, methods=["POST"]),
        Route(f"{KEYS}/options", options_to_add, methods=["POST"]),
        Route(f"{KEYS}/retirer", remove, methods=["POST"]),
        Route(DOOR, enter, methods=["POST"]),
        Route(f"{DOOR}/options", options_to_enter, methods=["POST"]),
    ]


def options_to_add(request: Request) -> Response:
    """Answer what the browser is asked to make, soon after a sign-in."""
    member, _visitor = me_of(request)
    try:
        check_fresh(request)
        return as_json(possible_here(request).ask_to_add(subject_of(member)))
    except (SignInRefused, BadInput) as refusal:
        return refused_json(refusal)


def add(request: Request) -> Response:
    """Keep a passkey; the session goes on under a new id, and opens if it waited for a factor."""
    member, visitor = me_of(request)
    try:
        check_fresh(request)
        possible_here(request).add(
            subject_of(member),
            body_of(request).decode("utf-8", "replace"),
            device_words(request.headers.get("user-agent", "")),
        )
    except (SignInRefused, BadInput) as refusal:
        return refused_json(refusal)
    session = ways(request).reopen_for_team(caller_of(request), visitor, member)
    wanted = at_work(DESK, member.role) if visitor.waiting else OWN
    return _entered(request, wanted, session, 201)


def remove(request: Request) -> Response:
    """Take a passkey away."""
    member, visitor = me_of(request)
    if visitor.waiting:
        raise NotSignedIn
    key = form_of(request).number("cle")
    house_of(request).unit.write(lambda tx: remove_key(tx, subject_of(member), key))
    return go(OWN)


def options_to_enter(request: Request) -> Response:
    """Answer what the browser is asked to sign; slowed by place."""
    check_ours(request)
    try:
        attempt(ways(request).unit, slowed_here(request), now_of(request))
        return as_json(possible_here(request).ask_to_enter())
    except TooManyAttempts as refusal:
        return refused_json(refusal)


def enter(request: Request) -> Response:
    """Open a desk, or take over a locked one, for whose passkey answered."""
    check_ours(request)
    wanted = next_path(request.query_params.get("next"), DESK)
    try:
        staff = possible_here(request).prove(body_of(request).decode("utf-8", "replace"), "staff")
        session, member = ways(request).with_team_passkey(caller_of(request), staff)
    except SignInRefused as refusal:
        return refused_json(refusal)
    ways(request).unit.write(lambda tx: forgive(tx, slowed_here(request)))
    return _entered(request, at_work(wanted, member.role), session)


def _entered(request: Request, wanted: str, session: str, status: int = 200) -> Response:
    answer = JSONResponse({"next": wanted}, status, headers={"Cache-Control": "no-store"})
    keep_session(answer, house_of(request).settings, session)
    return answer
