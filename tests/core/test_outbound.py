"""The one way out: every failure is the same, nothing private is called."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from navette import outbound
from navette.errors import Unavailable
from navette.outbound import Outbound, public_address

Handler = Callable[[httpx2.Request], httpx2.Response]


def _client(handler: Handler, **given: Any) -> Outbound:
    return Outbound(transport=httpx2.MockTransport(handler), **given)


def _get(client: Outbound, address: str = "https://a.example/", **given: Any) -> outbound.Answer:
    return client.call("GET", address, service="s", operation="o", **given)


@pytest.mark.parametrize("status", [200, 204, 301, 400, 404])
def test_what_is_said_is_an_answer_and_nothing_is_followed(status: int) -> None:
    asked = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(status, headers={"Location": "https://b.example/"}, content=b"[1]")

    answer = _get(_client(handle))
    assert (answer.status, answer.json()) == (status, [1])
    assert answer.headers["location"] == "https://b.example/"
    assert len(asked) == 1


def test_a_failing_server_is_unavailable_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unavailable) as error:
        _get(_client(lambda _: httpx2.Response(503)), "https://a.example/x?secret=1")
    assert error.value.status == 503
    assert "s: o: status 503" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("raised", "timed_out"),
    [
        (httpx2.ReadTimeout("slow"), True),
        (httpx2.ConnectTimeout("slow"), True),
        (httpx2.ConnectError("refused"), False),
        (httpx2.RemoteProtocolError("nonsense"), False),
    ],
)
def test_every_failure_of_the_network_is_the_same_error(
    raised: Exception, *, timed_out: bool
) -> None:
    def handle(_request: httpx2.Request) -> httpx2.Response:
        raise raised

    with pytest.raises(Unavailable) as error:
        _get(_client(handle))
    assert error.value.timed_out is timed_out


def test_an_answer_without_end_is_cut() -> None:
    client = _client(lambda _: httpx2.Response(200, content=b"x" * 1001))
    assert len(_get(client, most=1001).body) == 1001
    with pytest.raises(Unavailable, match="more than 1000 bytes"):
        _get(client, most=1000)


def test_an_answer_that_drips_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", -1.0)
    with pytest.raises(Unavailable) as error:
        _get(_client(lambda _: httpx2.Response(200, content=b"x")))
    assert error.value.timed_out


def test_an_encoding_that_was_not_asked_for_is_refused() -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["accept-encoding"] == "identity"
        stream = httpx2.ByteStream(b"x")
        return httpx2.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

    with pytest.raises(Unavailable, match="encoding"):
        _get(_client(handle))


@pytest.mark.parametrize(
    "address", ["http://a.example/", "ftp://a.example/", "//a", "x", "http://"]
)
def test_only_https_is_called(address: str) -> None:
    def handle(_request: httpx2.Request) -> httpx2.Response:
        raise AssertionError

    with pytest.raises(Unavailable, match="not https"):
        _get(_client(handle), address)


def test_a_service_that_fails_three_times_is_left_alone_and_others_are_not() -> None:
    asked: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(500 if request.url.host == "a.example" else 200)

    client = _client(handle)
    for _ in range(5):
        with pytest.raises(Unavailable):
            _get(client)
    assert len(asked) == 3
    other = client.call("GET", "https://b.example/", service="other", operation="o")
    assert other.status == 200


def test_a_slow_service_holds_four_of_our_threads_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbound, "WAIT_SECONDS", 0.05)
    inside, release = threading.Semaphore(0), threading.Event()

    def handle(_request: httpx2.Request) -> httpx2.Response:
        inside.release()
        release.wait(10)
        return httpx2.Response(200)

    client = _client(handle)
    threads = [threading.Thread(target=lambda: _get(client)) for _ in range(4)]
    for thread in threads:
        thread.start()
        inside.acquire(timeout=10)
    with pytest.raises(Unavailable, match="too many calls at once"):
        _get(client)
    release.set()
    for thread in threads:
        thread.join()
    assert _get(client).status == 200


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1",
     "::ffff:127.0.0.1", "fd00::1", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
def test_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(PermissionError, match="private"):
        public_address(host, 443)
    with pytest.raises(Unavailable, match="private"):
        _get(Outbound(), f"https://[{host}]/" if ":" in host else f"https://{host}/")


def test_a_public_address_is_the_one_that_is_called() -> None:
    assert public_address("9.9.9.9", 443) == "9.9.9.9"


def test_a_private_address_is_called_when_it_is_named_with_its_port(loopback: int) -> None:
    client = Outbound(allowed=[f"127.0.0.1:{loopback}"])
    assert _get(client, f"http://127.0.0.1:{loopback}/").body == b"here"
    with pytest.raises(Unavailable):
        _get(client, f"http://127.0.0.1:{loopback + 1}/")
    client.close()


@pytest.fixture
def loopback() -> Iterator[int]:
    class Here(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"here")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Here)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()
