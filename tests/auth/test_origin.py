"""A change with our cookie comes from our own pages, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from navette.settings import Settings
from navette_auth.origin import OriginMiddleware, foreign

BASE = "http://127.0.0.1:8000"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
OURS = [{}, {"origin": BASE}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}]
THEIRS = [
    {"origin": "null"},
    {"origin": "http://127.0.0.1:8001"},
    {"origin": "https://127.0.0.1:8000"},
    {"origin": "http://127.0.0.1:8000.evil.example"},
    {"origin": ""},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "Cross-Site", "origin": BASE},
    {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
]


@pytest.fixture
def client() -> Iterator[TestClient]:
    def answer(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("done")

    app = Starlette(
        routes=[Route("/", answer, methods=METHODS)],
        middleware=[Middleware(OriginMiddleware, settings=Settings(base_url=BASE))],
    )
    with TestClient(app, base_url=BASE) as opened:
        yield opened


@pytest.mark.parametrize("headers", THEIRS, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_change_asked_by_another_site_with_our_cookie_is_refused(
    client: TestClient, method: str, headers: dict[str, str]
) -> None:
    answer = client.request(method, "/", headers=headers | {"cookie": "a=b; navette=x"})
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_our_own_pages_and_programs_pass(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/", headers=headers | {"cookie": "navette=x"}).status_code == 200


@pytest.mark.parametrize("headers", THEIRS, ids=str)
def test_looking_is_always_allowed(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/", headers=headers | {"cookie": "navette=x"}).status_code == 200


@pytest.mark.parametrize("cookie", ["", "other=1", "xnavette=1", "navette-sign-in=1"])
def test_without_our_cookie_nothing_was_borrowed(client: TestClient, cookie: str) -> None:
    headers = {"origin": "https://evil.example", "cookie": cookie}
    assert client.post("/", headers=headers).status_code == 200


def test_the_port_that_goes_without_saying_may_be_written_in_the_setting() -> None:
    assert not foreign({"origin": "https://navette.example.org"}, "https://navette.example.org:443")
    assert not foreign({"origin": "https://navette.example.org"}, "https://Navette.Example.org")
    assert not foreign({"origin": "http://[::1]:8000"}, "http://[::1]:8000")
    assert foreign({"origin": "https://navette.example.org:444"}, "https://navette.example.org")
