"""Refusals and failures as pages: a status for programs, a sentence and a way on for people."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from navette import errors
from navette.languages import N_, _
from navette.wording import sentence_of
from navette_web.render import html, in_place, render, wants_fragment
from navette_web.shell import BANNER, SEE_OTHER, here_of, page

STATUSES: Mapping[type[errors.Refusal], int] = {
    errors.NotFound: 404,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.HoldLimitReached: 409,
    errors.DuplicateHold: 409,
    errors.NotReservable: 409,
    errors.VolumeRequired: 422,
    errors.PatronBlocked: 403,
    errors.CardExpired: 403,
    errors.WrongState: 409,
    errors.LoanLimitReached: 409,
    errors.ItemHeldForAnother: 409,
    errors.ItemOnLoan: 409,
    errors.RenewalRefused: 409,
    errors.AmbiguousBarcode: 409,
    errors.UnknownBarcode: 404,
    errors.PushHostRefused: 422,
    errors.TooManyAttempts: 429,
    errors.SignInRefused: 401,
    errors.LinkRefused: 409,
    errors.GuardianRefused: 409,
    errors.ConsentNeeded: 403,
    errors.PickupCodeRefused: 409,
    errors.BadInput: 422,
}
HEADINGS: Mapping[type[errors.Refusal], str] = {
    errors.NotFound: N_("Cette page n’existe pas, ou plus."),
    errors.Forbidden: N_("Cette page est réservée à l’équipe."),
    errors.DuplicateHold: N_("C’est déjà réservé."),
    errors.HoldLimitReached: N_("Encore une envie ? Bientôt."),
    errors.TooManyAttempts: N_("Faisons une pause."),
    errors.BadInput: N_("Vérifions ensemble."),
    errors.CardExpired: N_("Votre inscription se renouvelle."),
    errors.ConsentNeeded: N_("Demandons l’accord d’un parent."),
}
MY_HOLDS = (N_("Voir mes réservations"), "/reservations")
SEARCH = (N_("Chercher"), "/recherche")
HOME = (N_("Accueil"), "/")
WAYS: Mapping[type[errors.Refusal], tuple[tuple[str, str], ...]] = {
    errors.HoldLimitReached: (MY_HOLDS, SEARCH),
    errors.DuplicateHold: (MY_HOLDS, SEARCH),
    errors.WrongState: (MY_HOLDS,),
    errors.NotReservable: (SEARCH,),
    errors.CardExpired: ((N_("Horaires"), "/bibliotheques"), HOME),
    errors.PatronBlocked: ((N_("Mes prêts"), "/prets"), (N_("Horaires"), "/bibliotheques")),
    errors.ConsentNeeded: ((N_("Ma famille"), "/famille"), HOME),
    errors.GuardianRefused: ((N_("Ma famille"), "/famille"), HOME),
}
STAFF_PATHS = ("/bureau", "/coordination")
PROGRAM_PATHS = ("/push/", "/graphql")


def said(ways: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return ways on with their words in the language of the page."""
    return [(_(words), address) for words, address in ways]


def status_of(refusal: errors.Refusal) -> int:
    """Return the HTTP status of a refusal."""
    return next((STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES), 400)


def refused(request: Request, refusal: Exception) -> Response:
    """Answer a refusal: sign in first, a JSON code for a program, a page for people."""
    if not isinstance(refusal, errors.Refusal):
        raise refusal
    if request.url.path.startswith(PROGRAM_PATHS):
        told = {"code": refusal.code, "message": sentence_of(refusal)}
        return JSONResponse(told, status_of(refusal))
    if isinstance(refusal, errors.NotSignedIn):
        return to_sign_in(request)
    answer = refusal_page(request, refusal)
    if isinstance(refusal, errors.TooManyAttempts):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def refusal_page(request: Request, refusal: errors.Refusal) -> Response:
    """Say a refusal on a page of its own, with what can be done next."""
    kind = type(refusal)
    heading = _(HEADINGS.get(kind, N_("Pas cette fois.")))
    ways = said(WAYS.get(kind, (HOME, SEARCH)))
    return _refused(request, status_of(refusal), heading, sentence_of(refusal), ways)


def _refused(
    request: Request, status: int, heading: str, sentence: str, ways: Iterable[tuple[str, str]]
) -> Response:
    """Say it on a page, or where the verb stands whose answer it is: the page stays as it was."""
    told: dict[str, Any] = {"heading": heading, "sentence": sentence, "ways": ways}
    if in_place(request):
        return _beside_the_verb(status, told)
    return page(request, "pages/refused.html", status=status, **told)


def _beside_the_verb(status: int, told: Mapping[str, Any]) -> Response:
    answer = html(render("parts/_refused.html", told), status)
    answer.headers["HX-Retarget"] = "closest [data-thing], #contenu"
    answer.headers["HX-Reswap"] = "beforeend"
    return answer


def to_sign_in(request: Request) -> Response:
    """Send somebody who is not signed in to the right door, and back here afterwards."""
    staff = request.url.path.startswith(STAFF_PATHS)
    door = "/connexion/personnel" if staff else "/connexion"
    address = f"{door}?{urlencode({'next': _come_back(request)})}"
    if wants_fragment(request):
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, SEE_OTHER)


def _come_back(request: Request) -> str:
    if request.method == "GET":
        current = urlsplit(request.headers.get("HX-Current-URL", ""))
        return current.path if wants_fragment(request) and current.path else here_of(request)
    return "/bureau" if request.url.path.startswith(STAFF_PATHS) else "/reservations"


def missing(request: Request, _error: Exception) -> Response:
    """Answer an address that leads nowhere."""
    return refusal_page(request, errors.NotFound())


def other_status(request: Request, error: Exception) -> Response:
    """Answer any other status of the framework, in a plain sentence."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    if status == HTTPStatus.NOT_FOUND:
        return missing(request, error)
    headers = error.headers if isinstance(error, HTTPException) else None
    sentence = sentence_of(errors.BadInput(""))
    answer = _refused(request, status, _("Pas comme cela."), sentence, said((HOME,)))
    answer.headers.update(headers or {})
    return answer


def unavailable(request: Request, _error: Exception) -> Response:
    """Say that a service outside does not answer; nothing is lost."""
    heading = _("Un service ne répond pas pour l’instant.")
    sentence = _("Rien n’est perdu. Réessayez dans un instant.")
    return _refused(request, 503, heading, sentence, said((HOME,)))


def failed(request: Request, _error: Exception) -> Response:
    """Say that we failed, without asking anything of a house that may be on fire."""
    heading = _("Un souci de notre côté.")
    sentence = _("Rien n’est perdu. Réessayez dans un instant, ou appelez votre bibliothèque.")
    phones = (_("Téléphones et horaires"), "/bibliotheques")
    if in_place(request):
        return _beside_the_verb(500, {"heading": heading, "sentence": sentence, "ways": [phones]})
    return bare_page(500, heading, sentence, ((_("Réessayer"), "/"), phones))


def too_fast(seconds: int) -> Response:
    """Say that somebody asks faster than the house answers; nothing is read for it."""
    refusal = errors.TooManyAttempts(seconds)
    heading = _(HEADINGS[errors.TooManyAttempts])
    answer = bare_page(status_of(refusal), heading, sentence_of(refusal), ((_("Accueil"), "/"),))
    answer.headers["Retry-After"] = str(seconds)
    return answer


def bare_page(
    status: int, heading: str, sentence: str, ways: Iterable[tuple[str, str]]
) -> Response:
    """Answer a page that asks nothing of the house: no person, no network."""
    values: dict[str, Any] = {
        "demo": False, "demo_banner": _(BANNER), "person": None, "agent": None, "to_link": False,
        "nav": "", "here": "/", "told": None, "heading": heading, "sentence": sentence,
        "ways": tuple(ways), "in_place": False, "moved": False,
    }  # fmt: skip
    return html(render("pages/refused.html", values), status)


Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


def exception_handlers() -> dict[Any, Handler]:
    """Return what the application does with each error."""
    return {
        errors.Refusal: refused,
        errors.Unavailable: unavailable,
        errors.Busy: unavailable,
        HTTPException: other_status,
        500: failed,
    }
