"""The claims endpoint: the metropolis asks whether somebody is registered; no name leaves.

POST with the network's token and a subject or a card; GET with an access token of the sign-in
that was made for our API, about its own subject.
"""

from collections.abc import Mapping, Sequence
from hmac import compare_digest
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from navette.errors import Unavailable
from navette_auth.eligibility import of_card, of_patron, of_subject
from navette_web.forms import body_of, plain
from navette_web.shell import house_of, today_of

PATH = "/eligibilite"
LONGEST_BODY = 2_000
LONGEST_NAME = 255
UNAUTHORISED = {"WWW-Authenticate": "Bearer"}


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(PATH, own_claims, methods=["GET"]),
        Route(PATH, claims, methods=["POST"]),
    ]


def claims(request: Request) -> Response:
    """Answer about the subject or the card that the body names."""
    house = house_of(request)
    wanted = house.settings.eligibility_token
    if not wanted or not compare_digest(_bearer(request).encode(), wanted.encode()):
        return _json({"error": "invalid_token"}, 401, UNAUTHORISED)
    asked = _asked(body_of(request))
    with house.unit.read() as reader:
        if asked.get("sub"):
            told = of_subject(reader, house.settings.provider_url, asked["sub"], today_of(request))
        elif asked.get("card"):
            told = of_card(reader, asked["card"], today_of(request))
        else:
            return _json({"error": "invalid_request"}, 400)
    return _json(told)


def own_claims(request: Request) -> Response:
    """Answer about the person whose access token this is."""
    house, token = house_of(request), _bearer(request)
    try:
        visitor = house.sign_in.whose_access(token) if token else None
    except Unavailable:
        return _json({"error": "temporarily_unavailable"}, 503)
    if visitor is None or visitor.patron_id is None:
        return _json({"error": "invalid_token"}, 401, UNAUTHORISED)
    with house.unit.read() as reader:
        return _json(of_patron(reader, visitor.patron_id, today_of(request)))


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _asked(body: bytes) -> dict[str, str]:
    """Return the texts that a small JSON object names; nothing for anything else."""
    try:
        given: Any = orjson.loads(body) if len(body) <= LONGEST_BODY else None
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        return {}
    return {
        name: plain(value).strip()
        for name in ("sub", "card")
        if isinstance(value := given.get(name), str) and len(value) <= LONGEST_NAME
    }


def _json(
    told: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return JSONResponse(
        dict(told), status, headers={"Cache-Control": "no-store", **(headers or {})}
    )
