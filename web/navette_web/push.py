"""Alerts on a phone: our public key, the subscription told, the subscription taken back."""

import hmac
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from navette.errors import BadInput
from navette.notifications.noting import seen
from navette.notifications.vapid import public_key_of
from navette_web.forms import body_of, id_in, plain
from navette_web.notices import vault_of
from navette_web.shell import house_of, now_of, signed_in, visitor_of

NO_STORE = {"Cache-Control": "no-store"}
LONGEST_BODY = 8192
MOST_HOLDS = 100


def key(request: Request) -> Response:
    """Give the key that `pushManager.subscribe` takes."""
    public = public_key_of(house_of(request).settings.vapid_private_key)
    return JSONResponse({"publicKey": public}, headers=NO_STORE)


def subscribe(request: Request) -> Response:
    """Keep a `PushSubscription.toJSON()`: 201, told again or not."""
    person, _actor = signed_in(request)
    given = _read(request)
    keys = given.get("keys")
    if not isinstance(keys, dict):
        raise BadInput("keys")
    made = house_of(request).subscriptions.register(
        person.id,
        endpoint=_text(given, "endpoint"),
        p256dh=_text(keys, "p256dh"),
        auth=_text(keys, "auth"),
        device=request.headers.get("User-Agent", "")[:200],
        session_id=visitor_of(request).session_id,
    )
    return JSONResponse({"id": made}, 201, headers=NO_STORE)


def unsubscribe(request: Request) -> Response:
    """Forget a subscription of the person."""
    person, _actor = signed_in(request)
    house_of(request).subscriptions.unregister(person.id, _text(_read(request), "endpoint"))
    return Response(status_code=204, headers=NO_STORE)


def seen_there(request: Request) -> Response:
    """Hear from a browser that it displayed a notification: evidence that it was announced.

    The token came with the notification and is signed by us; nobody has to be signed in.
    """
    named, _, mark = _text(_read(request), "vu").partition(".")
    ids = [int(one) for one in named.split("-") if id_in(one) is not None]
    known = any(
        hmac.compare_digest(mark, ours) for ours in vault_of(request).marks(f"seen {named}")
    )
    if not known or not ids or len(ids) > MOST_HOLDS:
        raise BadInput("vu")
    now = now_of(request)
    house_of(request).unit.write(lambda tx: seen(tx, ids, now))
    return Response(status_code=204, headers=NO_STORE)


def _read(request: Request) -> dict[str, Any]:
    body = body_of(request)
    if len(body) > LONGEST_BODY:
        raise BadInput("body")
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput("body") from error
    if not isinstance(given, dict):
        raise BadInput("body")
    return given


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or plain(value) != value:
        raise BadInput(name)
    return value
