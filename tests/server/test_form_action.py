"""A form may lead to the sign-in's own pages, wherever discovery says that they stand."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from navette.errors import Unavailable
from navette.settings import Settings
from navette_server.headers import SecurityHeaders
from navette_server.looking_ahead import look_ahead
from waiting import until


async def _nothing(*_: object) -> None:
    """Answer nothing."""


def _policy(headers: SecurityHeaders) -> str:
    return dict(headers._headers())[b"content-security-policy"].decode()


def test_the_policy_follows_what_discovery_says() -> None:
    known = ["https://sso.example.org"]
    headers = SecurityHeaders(_nothing, Settings(), lambda: known)
    assert "form-action 'self' https://sso.example.org;" in _policy(headers)
    known.append("https://adieu.example.org")
    assert "form-action 'self' https://sso.example.org https://adieu.example.org;" in _policy(
        headers
    )


def test_a_provider_that_is_away_is_asked_again_and_nothing_waits() -> None:
    asked: list[int] = []
    ended = SimpleNamespace(is_set=lambda: False, wait=lambda seconds: asked.append(int(seconds)))
    answers: Iterator[Exception | None] = iter(
        [Unavailable("sso", "discovery"), Unavailable("sso", "discovery"), None]
    )

    known: list[bool] = []

    def answer() -> None:
        error = next(answers)
        if error is not None:
            raise error
        known.append(True)

    look_ahead(SimpleNamespace(look_ahead=answer), ended)  # type: ignore[arg-type]
    until(lambda: known, 5, "the third answer")
    assert asked == [2, 4]


def test_without_a_provider_nobody_is_asked() -> None:
    before = threading.active_count()
    look_ahead(None, threading.Event())
    assert threading.active_count() == before


def test_what_a_handler_said_itself_is_left_as_it_is() -> None:
    sent: list[Any] = []

    async def answering(_scope: Any, _receive: Any, send: Any) -> None:
        own = ((b"Referrer-Policy", b"no-referrer"), (b"content-type", b"text/html"))
        await send({"type": "http.response.start", "status": 200, "headers": own})

    async def keep(message: Any) -> None:
        sent.append(message)

    asyncio.run(SecurityHeaders(answering, Settings())({"type": "http"}, _nothing, keep))
    given = [(name.lower(), value) for name, value in sent[0]["headers"]]
    assert dict(given)[b"referrer-policy"] == b"no-referrer"
    assert dict(given)[b"x-frame-options"] == b"DENY"
    assert len({name for name, _value in given}) == len(given)
