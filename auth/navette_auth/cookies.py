"""Cookies: the session's, the sign-in flow's and the known browser's, set the same way."""

from __future__ import annotations

from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response

from navette.settings import Settings
from navette_auth.known_devices import KEPT
from navette_auth.opaque import fresh, plausible
from navette_auth.sessions import OWN_PHONE, cookie_name
from navette_auth.sign_in_flows import LIFE
from navette_auth.vault import Vault

FLOW = "-sign-in"
KNOWN = "-known"
SHARED = "-shared"
VISIT, ALWAYS = "visit", "always"


def flow_cookie_name(settings: Settings) -> str:
    """Return the name of the cookie that binds a sign-in under way to its browser."""
    return cookie_name(settings) + FLOW


def session_value(request: Request, settings: Settings) -> str | None:
    """Return the value of the session cookie that came with the request."""
    return request.cookies.get(cookie_name(settings))


def keep_session(
    response: Response, settings: Settings, value: str, *, shared: bool = False
) -> None:
    """Give the browser its session; the database decides when it really ends.

    A shared machine forgets it when its browser is closed.
    """
    seconds = None if shared else int(OWN_PHONE.absolute.total_seconds())
    _set(response, settings, cookie_name(settings), value, seconds)


def is_shared(request: Request, settings: Settings) -> bool:
    """Return whether somebody, or the desk, said that this machine is shared."""
    return cookie_name(settings) + SHARED in request.cookies


def keep_shared(response: Response, settings: Settings, machine: str = "") -> None:
    """Remember that this machine is shared: for this visit, or for good when a desk says so.

    `machine` is the name that `name_machine` made: attempts there count against it alone, so that
    nobody behind the library's address can slow the computers of the reading room.
    """
    value, seconds = (machine, int(KEPT.total_seconds())) if machine else (VISIT, None)
    _set(response, settings, cookie_name(settings) + SHARED, value, seconds)


def name_machine(vault: Vault) -> str:
    """Return a name for a machine that a desk gives to the readers, which nobody can make up."""
    name = fresh()
    return ".".join((ALWAYS, name, vault.mark(f"machine:{name}")))


def machine_of(request: Request, settings: Settings, vault: Vault) -> str:
    """Return which of the readers' machines asks; '' for any other, or for a name of no desk's."""
    given = request.cookies.get(cookie_name(settings) + SHARED, "")
    kind, _, rest = given.partition(".")
    name, _, mark = rest.partition(".")
    known = vault.marks(f"machine:{name}")
    if kind != ALWAYS or not any(compare_digest(mark.encode(), one.encode()) for one in known):
        return ""
    return f"machine:{name}"


def end_visit(request: Request, response: Response, settings: Settings) -> None:
    """Forget, after a visit, that this machine was shared; unless a desk said so for good."""
    if request.cookies.get(cookie_name(settings) + SHARED) == VISIT:
        drop_shared(response, settings)


def drop_shared(response: Response, settings: Settings) -> None:
    """Forget that this machine is shared."""
    _set(response, settings, cookie_name(settings) + SHARED, "", 0)


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


def _set(
    response: Response, settings: Settings, name: str, value: str, seconds: int | None
) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=settings.secure, httponly=True,
        samesite="lax",
    )  # fmt: skip
