"""A machine for everybody: a desk says so once, and whoever signs in there is soon forgotten."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette_auth.cookies import drop_session, drop_shared, is_shared, keep_shared, name_machine
from navette_auth.sessions import end_session
from navette_web.forms import form_of
from navette_web.shell import agent_of, go, house_of, now_of, page, visitor_of

HERE = "/bureau/poste"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [Route(HERE, ask), Route(HERE, choose, methods=["POST"])]


def ask(request: Request) -> Response:
    """Say what this machine is."""
    _actor, library = agent_of(request)
    shared = is_shared(request, house_of(request).settings)
    return page(request, "desk/machine.html", nav="own", library=library, shared=shared)


def choose(request: Request) -> Response:
    """Give the machine to the readers (the team is signed out), or take it back."""
    agent_of(request)
    house, session, now = house_of(request), visitor_of(request).session_id, now_of(request)
    if form_of(request).text("pour") != "lecteurs":
        answer = go(HERE)
        drop_shared(answer, house.settings)
        return answer
    if session is not None:
        house.unit.write(lambda tx: end_session(tx, session, now))
    answer = go("/")
    drop_session(answer, house.settings)
    keep_shared(answer, house.settings, name_machine(house.sign_in.vault))
    return answer
