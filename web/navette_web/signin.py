"""The doors: with a card, through the metropolitan library, for the team; and the way out."""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from navette.errors import (
    Forbidden,
    Refusal,
    SignInRefused,
    TooManyAttempts,
    Unavailable,
)
from navette.languages import N_, _
from navette.wording import sentence_of
from navette_auth.cookies import (
    drop_session,
    end_visit,
    flow_cookie_name,
    is_shared,
    keep_flow,
    keep_known,
    keep_session,
    keep_shared,
    known_value,
    machine_of,
    session_value,
)
from navette_auth.flows import SignIn
from navette_auth.next_paths import next_path
from navette_auth.opening import Caller
from navette_auth.origin import foreign
from navette_auth.passkeys import Passkeys
from navette_web.errors import status_of
from navette_web.forms import Form, body_of, form_of
from navette_web.shell import SEE_OTHER, go, house_of, network_for, page, visitor_of
from navette_web.words import number_in_words

NOT_ANSWERING = N_(
    "La bibliothèque numérique ne répond pas pour l’instant."
    " Vos réservations restent là : entrez avec votre carte."
)
LONGEST_LOGOUT = 30_000
UNAVAILABLE = 503


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route("/connexion", sign_in),
        Route("/connexion/carte", enter_with_card, methods=["POST"]),
        Route("/connexion/sso", leave),
        Route("/connexion/sso/retour", come_back),
        Route("/connexion/sso/retour", farewell, methods=["POST"]),
        Route("/connexion/sso/deconnexion", farewell, methods=["POST"]),
        Route("/deconnexion", sign_out, methods=["POST"]),
    ]


def sign_in(request: Request) -> Response:
    """Show the doors; whoever is in already goes on."""
    visitor = visitor_of(request)
    if visitor.patron_id is not None:
        return go(wanted_path(request))
    if visitor.to_link:
        return go("/compte/lier", next=wanted_path(request))
    return doors(request, wanted_path(request))


def enter_with_card(request: Request) -> Response:
    """Sign a patron in."""
    form = form_of(request)
    check_ours(request)
    wanted = next_path(form.text("next"))
    try:
        session = ways(request).with_card(
            caller_of(request), form.text("card"), form.text("password")
        )
    except (SignInRefused, TooManyAttempts) as refusal:
        return with_status(doors(request, wanted, sentence_of(refusal), form.text("card")), refusal)
    return known_here(request, entered(request, wanted, session))


def leave(request: Request) -> Response:
    """Go to the metropolitan library to sign in there."""
    settings = house_of(request).settings
    try:
        left = ways(request).leave(
            wanted_path(request), request.cookies.get(flow_cookie_name(settings)),
            afresh=shared_here(request) or bool(request.query_params.get("frais")),
        )  # fmt: skip
    except (SignInRefused, Unavailable) as problem:
        return _outside_failed(request, problem)
    answer = RedirectResponse(left.address, SEE_OTHER)
    keep_flow(answer, settings, left.browser)
    if shared_here(request) and not is_shared(request, settings):
        keep_shared(answer, settings)
    return _private(answer)


def come_back(request: Request) -> Response:
    """Take the metropolitan library's answer: signed in, and on to the card or to the page."""
    settings = house_of(request).settings
    browser = request.cookies.get(flow_cookie_name(settings))
    try:
        arrival = ways(request).come_back(caller_of(request), request.query_params, browser)
    except (SignInRefused, Unavailable) as problem:
        return _outside_failed(request, problem)
    if arrival.has_card:
        return entered(request, arrival.next_path, arrival.session)
    return entered(
        request, f"/compte/lier?{urlencode({'next': arrival.next_path})}", arrival.session
    )


def farewell(request: Request) -> Response:
    """Hear from the provider that somebody signed out there (back-channel logout).

    OpenID Connect posts to an address of its own, CAS to the one its ticket came to.
    """
    body = body_of(request)
    given = parse_qs(body.decode("ascii", "replace")) if len(body) <= LONGEST_LOGOUT else {}
    try:
        told = given.get("logout_token") or given.get("logoutRequest") or [""]
        ways(request).farewell(told[0])
    except Refusal:
        return _private(JSONResponse({"error": "invalid_request"}, 400))
    except Unavailable:
        return _private(JSONResponse({"error": "temporarily_unavailable"}, UNAVAILABLE))
    return _private(Response(status_code=200))


def sign_out(request: Request) -> Response:
    """End the session here, then at the metropolitan library when it began there."""
    address = ways(request).sign_out(visitor_of(request))
    answer = RedirectResponse(address or "/", SEE_OTHER)
    drop_session(answer, house_of(request).settings)
    end_visit(request, answer, house_of(request).settings)
    return _private(answer)


def ways(request: Request) -> SignIn:
    """Return the ways in and out of this house."""
    return house_of(request).sign_in


def caller_of(request: Request) -> Caller:
    """Return where the request comes from and the session it carries."""
    settings = house_of(request).settings
    address = request.client.host if request.client else ""
    client = machine_of(request, settings, ways(request).vault) or address
    session, shared = session_value(request, settings), shared_here(request)
    known = "" if shared else known_value(request, settings)
    return Caller(client, request.headers.get("user-agent", ""), session, known, shared)


def shared_here(request: Request) -> bool:
    """Return whether this machine is shared: said here, at this visit, or by the desk for good."""
    if is_shared(request, house_of(request).settings) or request.query_params.get("partage"):
        return True
    form: Form | None = getattr(request.state, "form", None)
    return form is not None and bool(form.text("partage"))


def wanted_path(request: Request, default: str = "/") -> str:
    """Return the page of ours that was asked for before signing in."""
    return next_path(request.query_params.get("next"), default)


def check_ours(request: Request) -> None:
    """Refuse a sign-in form of another site: it would sign somebody in as somebody else."""
    if foreign(request.headers, house_of(request).settings.base_url):
        raise Forbidden


def entered(request: Request, wanted: str, session: str) -> Response:
    """Give the browser its new session and send it on."""
    answer, settings = go(wanted), house_of(request).settings
    keep_session(answer, settings, session, shared=shared_here(request))
    return _private(answer)


def known_here(request: Request, answer: Response) -> Response:
    """Let this browser be known: a card's password was right here; a shared one never is."""
    settings = house_of(request).settings
    if shared_here(request):
        if not is_shared(request, settings):
            keep_shared(answer, settings)
        return answer
    keep_known(answer, settings, known_value(request, settings))
    return answer


def doors(
    request: Request, wanted: str, message: str = "", card: str = "", status: int = 200,
    *, carried: bool = False,
) -> Response:  # fmt: skip
    """Show the doors of readers, with what went wrong at one of them."""
    return page(
        request,
        "pages/sign_in.html",
        status=status,
        next=wanted,
        message=message,
        card=card,
        carried=carried,
        sso=ways(request).provider is not None,
        shared=is_shared(request, house_of(request).settings),
        passkeys=Passkeys.of(ways(request)).possible,
        how_many=number_in_words(len(network_for(request).libraries)),
        here="/connexion",  # never the address of an answer: a code stands in it
    )


def with_status(answer: Response, refusal: Refusal) -> Response:
    """Give a page that says a refusal the status of the refusal."""
    answer.status_code = status_of(refusal)
    if isinstance(refusal, TooManyAttempts):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _outside_failed(request: Request, problem: SignInRefused | Unavailable) -> Response:
    """Say that the other library did not answer as it should; the card remains."""
    if isinstance(problem, Unavailable):
        return doors(request, wanted_path(request), _(NOT_ANSWERING), status=UNAVAILABLE)
    return doors(request, wanted_path(request), sentence_of(problem), status=status_of(problem))


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
