"""Digital now: offers that open at their provider with the account one is signed in with."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from navette.eresources.offers import offers_of
from navette.eresources.titles import Title, also_digital, titles
from navette.languages import _
from navette_auth.identities import identity_of
from navette_web.offers import Known, shown
from navette_web.shell import (
    asked,
    home_of,
    house_of,
    network_for,
    number_of,
    page,
    person_for,
    today_of,
    visitor_of,
)

TITLES = 24


def digital(request: Request) -> Response:
    """Show what can be read, seen or heard at once: offers first, then titles of the feeds."""
    known, today = known_of(request), today_of(request)
    words, after = asked(request, "q")[:100], number_of(request, "apres") or 0
    with house_of(request).unit.read() as reader:
        found = titles(reader, words, first=TITLES + 1, after=after)
    offers = offers_of(network_for(request), house_of(request).settings)
    return page(
        request,
        "pages/digital.html",
        nav="more",
        offers=[] if words or after else [shown(one, known, today) for one in offers],
        titles=[_title(one) for one in found[:TITLES]],
        expired=known.person is not None and known.person.valid_until < today,
        query=words,
        browsing=bool(words or after),
        more=_more(words, found),
    )


def known_of(request: Request) -> Known:
    """Return who looks, with what may leave us."""
    person = person_for(request)
    if person is None:
        return Known()
    return Known(person, home_of(request, person).code, _login_hint(request))


def _login_hint(request: Request) -> str:
    """Return what the sign-in knows this person by, when this session came from there."""
    identity = visitor_of(request).identity_id
    if identity is None:
        return ""
    house = house_of(request)
    with house.unit.read() as reader:
        known = identity_of(reader, identity)
    claim = house.settings.oidc_login_hint
    return known.subject if claim == "sub" else str(known.claims.get(claim, ""))


def _title(one: Title) -> dict[str, Any]:
    return {
        "title": one.title,
        "authors": ", ".join(one.authors[:3]),
        "audio": one.kind == "audiobook",
        "summary": one.summary[:220],
        "href": one.href,
        "free": one.state in {"", "available"},
        "language": one.language,
    }


def _more(words: str, found: Any) -> str:
    if len(found) <= TITLES:
        return ""
    given = {"q": words} if words else {}
    return f"/numerique?{urlencode({**given, 'apres': found[TITLES - 1].id})}"


def digital_twin(request: Request, title: str, authors: Sequence[str]) -> dict[str, str] | None:
    """Return where the same book opens in digital form, or None."""
    with house_of(request).unit.read() as reader:
        found = also_digital(reader, title, authors)
    if found is None:
        return None
    words = _("livre audio numérique") if found.kind == "audiobook" else _("livre numérique")
    return {"href": found.href, "words": words}
