"""Packing: brotli or gzip as the browser reads; streams, small and packed answers untouched."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from navette_server.packing import Packing

pytest.importorskip("brotli")
LONG = "Une phrase. " * 200


async def answer(request: Request) -> Response:
    match request.path_params["what"]:
        case "long":
            return PlainTextResponse(LONG)
        case "short":
            return PlainTextResponse("court")
        case "picture":
            return Response(b"x" * 2000, media_type="image/png")
        case "packed":
            return Response(b"x" * 2000, media_type="text/css", headers={"Content-Encoding": "x"})
        case _:
            return StreamingResponse(iter(["a" * 900, "b" * 900]), media_type="text/event-stream")


@pytest.fixture
def client() -> TestClient:
    return TestClient(Packing(Starlette(routes=[Route("/{what}", answer)])))


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None)],
)
def test_an_answer_is_packed_as_the_browser_reads(
    client: TestClient, accepted: str, packed: str | None
) -> None:
    got = client.get("/long", headers={"Accept-Encoding": accepted})
    assert got.headers.get("content-encoding") == packed
    assert got.text == LONG
    assert "Accept-Encoding" in got.headers["vary"]


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
@pytest.mark.parametrize(("what", "size"), [("short", 5), ("picture", 2000), ("stream", 1800)])
def test_what_gains_nothing_goes_as_it_is(
    client: TestClient, what: str, size: int, accepted: str
) -> None:
    got = client.get(f"/{what}", headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in got.headers
    assert len(got.content) == size


def test_what_is_packed_already_is_not_packed_again(client: TestClient) -> None:
    with client.stream("GET", "/packed", headers={"Accept-Encoding": "br"}) as got:
        assert got.headers["content-encoding"] == "x"
        assert len(b"".join(got.iter_raw())) == 2000
