"""Continue in the installed app: the code is made where one is signed in, typed where one is not."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.clock import minutes_of
from navette.errors import SignInRefused, TooManyAttempts
from navette.saying import hour_words
from navette.wording import sentence_of
from navette_auth.carrying import Carrying
from navette_auth.next_paths import next_path
from navette_web.forms import form_of
from navette_web.shell import page, signed_in, visitor_of
from navette_web.signin import caller_of, check_ours, doors, entered, ways, with_status

HERE = "/compte/continuer"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, ask),
        Route(HERE, make, methods=["POST"]),
        Route("/connexion/continuer", go_on, methods=["POST"]),
    ]


def ask(request: Request) -> Response:
    """Say how the session goes on in the app, and offer the code."""
    signed_in(request)
    return page(request, "pages/carry.html", nav="more", code="", until="")


def make(request: Request) -> Response:
    """Make the code and show it this once."""
    signed_in(request)
    made = Carrying(ways(request)).make(visitor_of(request))
    until = hour_words(minutes_of(made.until))
    return page(request, "pages/carry.html", nav="more", code=made.text, until=until)


def go_on(request: Request) -> Response:
    """Go on here with the session of another screen."""
    form = form_of(request)
    check_ours(request)
    wanted = next_path(form.text("next"))
    try:
        session = Carrying(ways(request)).go_on(caller_of(request), form.text("code"))
    except (SignInRefused, TooManyAttempts) as refusal:
        return with_status(doors(request, wanted, sentence_of(refusal), carried=True), refusal)
    return entered(request, wanted, session)
