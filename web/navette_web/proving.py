"""Showing again who one is, before something that lasts is made: a passkey, a key for a program.

A session that was left open, carried over from another screen or taken over by a badge is not
enough: whoever sits there shows the password (and code) first.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import SignInRefused, TooManyAttempts
from navette.wording import sentence_of
from navette_auth.linking import FRESH
from navette_auth.next_paths import next_path
from navette_web.forms import form_of
from navette_web.shell import (
    agent_of,
    house_of,
    network_for,
    now_of,
    page,
    signed_in,
    visitor_of,
)
from navette_web.signin import caller_of, entered, wanted_path, ways, with_status

MINE, TEAMS = "/compte/confirmer", "/bureau/compte/confirmer"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(MINE, ask),
        Route(MINE, prove, methods=["POST"]),
        Route(TEAMS, ask_member),
        Route(TEAMS, prove_member, methods=["POST"]),
    ]


def is_fresh(request: Request) -> bool:
    """Return whether the person showed who they are within the last half hour."""
    visitor = visitor_of(request)
    return visitor.since is not None and now_of(request) - visitor.since <= FRESH


def check_fresh(request: Request) -> None:
    """Raise SignInRefused unless the person showed who they are within the last half hour."""
    if not is_fresh(request):
        raise SignInRefused("prove")


def ask(request: Request) -> Response:
    """Ask a reader for the password of the card, or for another sign-in at the other library."""
    return _page(request, wanted_path(request, "/compte"))


def prove(request: Request) -> Response:
    """Sign in afresh with the password of one's own card."""
    person, _actor = signed_in(request)
    form = form_of(request)
    wanted = next_path(form.text("next"), "/compte")
    try:
        session = ways(request).prove_again(
            caller_of(request), visitor_of(request), person.card, form.text("password")
        )
    except (SignInRefused, TooManyAttempts) as refusal:
        return with_status(_page(request, wanted, sentence_of(refusal)), refusal)
    return entered(request, wanted, session)


def ask_member(request: Request) -> Response:
    """Ask somebody of the team for their password, and their code when they have one."""
    return _team_page(request, wanted_path(request, "/bureau/compte"))


def prove_member(request: Request) -> Response:
    """Sign in afresh at the same desk, as the person whose session it is."""
    agent_of(request)
    form, visitor = form_of(request), visitor_of(request)
    wanted = next_path(form.text("next"), "/bureau/compte")
    try:
        session = ways(request).prove_member_again(
            caller_of(request), visitor, form.text("password"), form.text("code")
        )
    except (SignInRefused, TooManyAttempts) as refusal:
        return with_status(_team_page(request, wanted, sentence_of(refusal)), refusal)
    return entered(request, wanted, session)


def _page(request: Request, wanted: str, message: str = "") -> Response:
    person, _actor = signed_in(request)
    return page(
        request, "pages/prove.html", nav="more", next=wanted, message=message,
        has_password=person.has_password, sso=house_of(request).sign_in.provider is not None,
    )  # fmt: skip


def _team_page(request: Request, wanted: str, message: str = "") -> Response:
    actor, _library = agent_of(request)
    return page(
        request, "desk/prove.html", nav="own", next=wanted, message=message,
        library=network_for(request).library(actor.library),
    )  # fmt: skip
