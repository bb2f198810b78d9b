"""Cookies: the session's, the sign-in flow's and the known browser's, set the same way."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from navette.settings import Settings
from navette_auth.known_devices import KEPT
from navette_auth.opaque import fresh, plausible
from navette_auth.sessions import OWN_PHONE, cookie_name
from navette_auth.sign_in_flows import LIFE

FLOW = "-sign-in"
KNOWN = "-known"


def flow_cookie_name(settings: Settings) -> str:
    """Return the name of the cookie that binds a sign-in under way to its browser."""
    return cookie_name(settings) + FLOW


def session_value(request: Request, settings: Settings) -> str | None:
    """Return the value of the session cookie that came with the request."""
    return request.cookies.get(cookie_name(settings))


def keep_session(response: Response, settings: Settings, value: str) -> None:
    """Give the browser its session; the database decides when it really ends."""
    _set(response, settings, cookie_name(settings), value, int(OWN_PHONE.absolute.total_seconds()))


def keep_flow(response: Response, settings: Settings, value: str) -> None:
    """Give the browser the value that its sign-in is bound to."""
    _set(response, settings, flow_cookie_name(settings), value, int(LIFE.total_seconds()))


def known_value(request: Request, settings: Settings) -> str:
    """Return the value by which this browser is known, a fresh one at its first visit."""
    kept: str | None = getattr(request.state, "known_browser", None)
    if kept is None:
        given = request.cookies.get(cookie_name(settings) + KNOWN)
        kept = given if given is not None and plausible(given) else fresh()
        request.state.known_browser = kept
    return kept


def keep_known(response: Response, settings: Settings, value: str) -> None:
    """Let the browser be known where a card's password was right; it opens nothing by itself."""
    _set(response, settings, cookie_name(settings) + KNOWN, value, int(KEPT.total_seconds()))


def drop_session(response: Response, settings: Settings) -> None:
    """Take the session cookie back."""
    _set(response, settings, cookie_name(settings), "", 0)


def _set(response: Response, settings: Settings, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=settings.secure, httponly=True,
        samesite="lax",
    )  # fmt: skip
