"""Passkeys of readers: added after a fresh sign-in, used at the door, taken away at any time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from navette.clock import local_date
from navette.errors import BadInput, NotFound, SignInRefused, TooManyAttempts
from navette.patrons.reading import PatronView
from navette.storage.outbox import put
from navette.storage.unit import Tx
from navette.wording import sentence_of
from navette_auth.cookies import keep_session
from navette_auth.next_paths import next_path
from navette_auth.opaque import digest
from navette_auth.passkeys import Passkeys, Subject, keys_of, remove_key
from navette_auth.throttle import PLACE, attempt, forgive, place_of
from navette_auth.throttle import Subject as Slowed
from navette_web.devices import device_words
from navette_web.errors import status_of
from navette_web.forms import body_of, form_of
from navette_web.proving import check_fresh, is_fresh
from navette_web.shell import go, house_of, now_of, page, signed_in, visitor_of
from navette_web.signin import caller_of, check_ours, shared_here, ways

HERE = "/compte/cles"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, keys),
        Route(f"{HERE}/options", options_to_add, methods=["POST"]),
        Route(HERE, add, methods=["POST"]),
        Route(f"{HERE}/retirer", remove, methods=["POST"]),
        Route("/connexion/cle/options", options_to_enter, methods=["POST"]),
        Route("/connexion/cle", enter, methods=["POST"]),
    ]


def keys(request: Request) -> Response:
    """Show the passkeys of this card."""
    signed_in(request)
    return _page(request)


def options_to_add(request: Request) -> Response:
    """Answer what the browser is asked to make."""
    person, _actor = signed_in(request)
    try:
        check_fresh(request)
        return as_json(possible_here(request).ask_to_add(_subject(person)))
    except (SignInRefused, BadInput) as refusal:
        return refused_json(refusal)


def add(request: Request) -> Response:
    """Keep a passkey; the session goes on under a new id and the person is told."""
    person, _actor = signed_in(request)
    label = device_words(request.headers.get("user-agent", ""))
    try:
        check_fresh(request)
        key = possible_here(request).add(
            _subject(person), body_of(request).decode("utf-8", "replace"), label
        )
    except (SignInRefused, BadInput) as refusal:
        return refused_json(refusal)
    now = now_of(request)
    session = ways(request).renew(
        caller_of(request), visitor_of(request), lambda tx: _told(tx, key, person, now)
    )
    answer = JSONResponse({"next": HERE}, 201, headers={"Cache-Control": "no-store"})
    keep_session(answer, house_of(request).settings, session, shared=shared_here(request))
    return answer


def remove(request: Request) -> Response:
    """Take a passkey away."""
    person, _actor = signed_in(request)
    key = form_of(request).number("cle")
    house_of(request).unit.write(lambda tx: remove_key(tx, _subject(person), key))
    return go(HERE)


def options_to_enter(request: Request) -> Response:
    """Answer what the browser is asked to sign; slowed by place, so that nobody fills a table."""
    check_ours(request)
    subjects = slowed_here(request)
    try:
        attempt(ways(request).unit, subjects, now_of(request))
        return as_json(possible_here(request).ask_to_enter())
    except TooManyAttempts as refusal:
        return refused_json(refusal)


def enter(request: Request) -> Response:
    """Sign in whoever's passkey answered."""
    check_ours(request)
    body = body_of(request).decode("utf-8", "replace")
    wanted = next_path(request.query_params.get("next"))
    try:
        patron = possible_here(request).prove(body, "patron")
        session = ways(request).with_passkey(caller_of(request), patron)
    except SignInRefused as refusal:
        return refused_json(refusal)
    ways(request).unit.write(lambda tx: forgive(tx, slowed_here(request)))
    answer = JSONResponse({"next": wanted}, headers={"Cache-Control": "no-store"})
    keep_session(answer, house_of(request).settings, session, shared=shared_here(request))
    return answer


def _page(request: Request) -> Response:
    person, _actor = signed_in(request)
    with house_of(request).unit.read() as reader:
        found = keys_of(reader, _subject(person))
    rows: list[dict[str, Any]] = [
        {"id": key.id, "words": key.label, "since": local_date(key.created_at),
         "used": local_date(key.last_used_at) if key.last_used_at else None}
        for key in found
    ]  # fmt: skip
    return page(
        request, "pages/passkeys.html", nav="more", keys=rows, fresh=is_fresh(request),
        possible=Passkeys.of(ways(request)).possible, has_password=person.has_password,
        next=HERE, sso=ways(request).provider is not None,
    )  # fmt: skip


def possible_here(request: Request) -> Passkeys:
    """Return the passkeys of this house; NotFound where no browser makes any."""
    passkeys = Passkeys.of(ways(request))
    if not passkeys.possible:
        raise NotFound
    return passkeys


def _subject(person: PatronView) -> Subject:
    return Subject("patron", person.id, person.card, person.name)


def _told(tx: Tx, key: int, person: PatronView, now: datetime) -> None:
    put(tx, "passkey_new", f"passkey_new:{key}", now=now, patron_id=person.id, payload={})


def slowed_here(request: Request) -> Sequence[Slowed]:
    """Return what an attempt counts against: the place."""
    return (Slowed(digest(f"passkey:{place_of(caller_of(request).client)}"), PLACE),)


def as_json(text: str) -> Response:
    """Answer JSON that is written already."""
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})


def refused_json(refusal: SignInRefused | BadInput | TooManyAttempts) -> Response:
    """Say a refusal to the script, with its status."""
    told = orjson.dumps({"code": refusal.code, "message": sentence_of(refusal)})
    answer = as_json(told.decode())
    answer.status_code = status_of(refusal)
    return answer
