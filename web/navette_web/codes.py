"""What a code opens: a password chosen anew, a code sent to the contact on file, a linking undone."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import BadInput, SignInRefused, TooManyAttempts
from navette.wording import sentence_of
from navette_auth.code_ways import CodeWays
from navette_web.forms import form_of
from navette_web.shell import asked, go, page
from navette_web.signin import caller_of, check_ours, entered, known_here, ways, with_status


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route("/connexion/code", ask_password),
        Route("/connexion/code", choose_password, methods=["POST"]),
        Route("/connexion/oubli", ask_code),
        Route("/connexion/oubli", send_code, methods=["POST"]),
        Route("/compte/defaire", ask_undo),
        Route("/compte/defaire", undo, methods=["POST"]),
    ]


def ask_password(request: Request) -> Response:
    """Ask for the card, its code and a new password."""
    return _password_page(request, sent=bool(asked(request, "envoye")))


def choose_password(request: Request) -> Response:
    """Set the password that was chosen, and sign in with it."""
    form = form_of(request)
    check_ours(request)
    card, code = form.text("card"), form.text("code")
    try:
        session = CodeWays(ways(request)).choose_password(
            caller_of(request), card, code, form.text("password")
        )
    except (SignInRefused, BadInput, TooManyAttempts) as refusal:
        answer = _password_page(request, message=sentence_of(refusal), card=card, code=code)
        return with_status(answer, refusal)
    return known_here(request, entered(request, "/compte", session))


def ask_code(request: Request) -> Response:
    """Ask whose code is to be sent."""
    return page(request, "pages/forgotten.html", message="", card="")


def send_code(request: Request) -> Response:
    """Send a code to the contact on file; the answer is the same for every card."""
    form = form_of(request)
    check_ours(request)
    try:
        CodeWays(ways(request)).forgot(caller_of(request), form.text("card"))
    except TooManyAttempts as refusal:
        message = sentence_of(refusal)
        answer = page(request, "pages/forgotten.html", message=message, card=form.text("card"))
        return with_status(answer, refusal)
    return go("/connexion/code", envoye="1")


def ask_undo(request: Request) -> Response:
    """Ask before undoing: mailboxes open links that nobody clicked."""
    key = asked(request, "cle")
    return _undo_page(request, "asked" if CodeWays(ways(request)).may_undo(key) else "over", key)


def undo(request: Request) -> Response:
    """Undo a linking for the contacts that were told of it."""
    done = CodeWays(ways(request)).undo(form_of(request).text("cle"))
    return _undo_page(request, "done" if done else "over")


def _password_page(
    request: Request, message: str = "", card: str = "", code: str = "", *, sent: bool = False
) -> Response:
    return page(
        request, "pages/code.html", message=message, card=card, code=code, sent=sent
    )  # fmt: skip


def _undo_page(request: Request, state: str, key: str = "") -> Response:
    status = HTTPStatus.GONE if state == "over" else HTTPStatus.OK
    answer = page(request, "pages/undo.html", status=status, state=state, key=key)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
