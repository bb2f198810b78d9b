"""The reader's language: chosen on a page, kept in a cookie and with the card, French otherwise."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from navette.errors import BadInput
from navette.languages import LANGUAGES, Language, language_named, speak
from navette.patrons.choosing import choose_language
from navette.settings import Settings
from navette_auth.next_paths import next_path
from navette_web.forms import form_of
from navette_web.looks import COOKIE as LOOK
from navette_web.looks import look_named, see
from navette_web.shell import SEE_OTHER, house_of, visitor_of

COOKIE = "langue"
A_YEAR = 365 * 24 * 3600


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [Route("/langue", choose, methods=["POST"])]


class Speaking:
    """Speaks, for the length of a request, the language that its browser chose; looks as it chose."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Wrap the application; the settings say what a browser that chose nothing hears."""
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak, then let the application answer."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            cookies = cookie_parser(headers.get("cookie", ""))
            language = self._wanted(headers, cookies.get(COOKIE, ""))
            if language is not None:
                speak(language)
            see(look_named(cookies.get(LOOK, "")))
        await self._app(scope, receive, send)

    def _wanted(self, headers: Headers, chosen: str) -> Language | None:
        language = language_named(chosen, pseudo=not self._settings.production)
        if language is None and self._settings.browser_language:
            language = accepted(headers.get("accept-language", ""))
        return language or LANGUAGES["fr"]


def accepted(header: str) -> Language | None:
    """Return the language of ours that a browser likes best, or None."""
    liked: list[tuple[float, int, Language]] = []
    for at, part in enumerate(header.split(",")[:20]):
        name, _sep, weight = part.strip().partition(";q=")
        language = LANGUAGES.get(name.strip().lower().split("-")[0])
        try:
            share = float(weight) if weight else 1.0
        except ValueError:
            continue
        if language is not None and share > 0:
            liked.append((-share, at, language))
    return min(liked)[2] if liked else None


def choose(request: Request) -> Response:
    """Keep the language that was chosen, here and with the card, and go back to the page."""
    form = form_of(request)
    settings = house_of(request).settings
    language = language_named(form.text("langue"), pseudo=not settings.production)
    if language is None:
        raise BadInput("langue")
    patron_id = visitor_of(request).patron_id
    if patron_id is not None and language.code in LANGUAGES:
        house_of(request).unit.write(lambda tx: choose_language(tx, patron_id, language.code))
    answer = RedirectResponse(next_path(form.text("next")), SEE_OTHER)
    answer.set_cookie(
        COOKIE,
        language.code,
        max_age=A_YEAR,
        secure=settings.base_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
