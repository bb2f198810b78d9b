"""Lines to a service: kept open, guarded, understood whatever it answers."""

from __future__ import annotations

import os
import resource
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import pytest

from navette import posting, postline
from navette.errors import Unavailable
from navette.posting import Posting
from navette.postline import plain_answer

OK = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"


class Service:
    """Gives raw answers, one a request; an empty one hangs up."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.requests: list[bytes] = []
        self.lines = 0
        self.parts = 1
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self.lines += 1
            with line, suppress(OSError):
                while request := _whole(line):
                    self.requests.append(request)
                    answer = self.answers.pop(0) if self.answers else OK
                    if not answer:
                        break
                    self._say(line, answer)

    def _say(self, line: socket.socket, answer: bytes) -> None:
        """Say it at once, or in so many parts."""
        size = -(-len(answer) // self.parts)
        for start in range(0, len(answer), size):
            line.sendall(answer[start : start + size])
            if self.parts > 1:
                time.sleep(0.005)

    def close(self) -> None:
        self._listening.close()


def _whole(line: socket.socket) -> bytes:
    """Read one request with its body."""
    request = line.recv(65536)
    while request and not request.endswith(b"body"):
        more = line.recv(65536)
        request = request + more if more else b""
    return request


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


@pytest.fixture
def lines(service: Service) -> Iterator[Posting]:
    made = Posting(allowed=(service.host,))
    yield made
    made.close()


def post(lines: Posting, service: Service, path: str = "/push/x?a=b") -> int:
    parts = urlsplit(f"http://{service.host}{path}")
    return lines.post(parts, {"TTL": "60"}, b"body").status


def heard(lines: Posting, service: Service) -> tuple[int, Mapping[str, str]]:
    """Return the status and the headers of an answer."""
    answer = lines.post(urlsplit(f"http://{service.host}/x"), {}, b"body")
    return answer.status, answer.headers


def test_one_line_carries_many_posts(lines: Posting, service: Service) -> None:
    assert [post(lines, service) for _ in range(3)] == [201] * 3
    assert service.lines == 1
    assert service.requests[0].startswith(b"POST /push/x?a=b HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nTTL: 60\r\n" in service.requests[0]


def test_a_request_is_written_as_the_standard_says(lines: Posting, service: Service) -> None:
    post(lines, service)
    assert service.requests[0] == (
        b"POST /push/x?a=b HTTP/1.1\r\nHost: " + service.host.encode() + b"\r\n"
        b"Accept-Encoding: identity\r\nContent-Length: 4\r\nTTL: 60\r\n\r\nbody"
    )


def test_a_plain_answer_says_the_same_when_the_standard_library_reads_it(
    lines: Posting, service: Service
) -> None:
    told = b"TTL: 60\r\nLocation: https://x/y\r\nX-Empty:\r\nContent-Length: 0\r\n"
    plain = b"HTTP/1.1 201 Created\r\n" + told + b"\r\n"
    folded = b"HTTP/1.1 201 Created\r\nconnection: keep-alive\r\n" + told + b"\r\n"
    assert plain_answer(plain) is not None
    assert plain_answer(folded) is None
    service.answers += [plain, folded]
    first, second = heard(lines, service), heard(lines, service)
    assert first == (
        201,
        {"ttl": "60", "location": "https://x/y", "x-empty": "", "content-length": "0"},
    )
    assert second == (201, {"connection": "keep-alive", **first[1]})
    assert service.lines == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nA: b\nC: d\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\n\r\n",
    ],
)
def test_whatever_is_unusual_is_left_to_the_standard_library(answer: bytes) -> None:
    assert plain_answer(answer) is None


@pytest.mark.parametrize("parts", [1, 2])
@pytest.mark.parametrize("interim", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_what_says_to_wait_is_not_the_answer(
    lines: Posting, service: Service, interim: bytes, parts: int
) -> None:
    """Else each post would be told what became of the one before it, and a wrong browser is gone."""
    wait = b"HTTP/1.1 " + interim + b"\r\nLink: x\r\n\r\n"
    gone = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
    service.parts = parts
    service.answers += [wait + gone, OK]
    assert [post(lines, service), post(lines, service)] == [410, 201]
    assert service.lines == 1


def test_a_line_that_says_to_wait_in_pieces_is_given_up(lines: Posting, service: Service) -> None:
    service.parts = 5
    service.answers.append(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK)
    with pytest.raises(Unavailable):
        post(lines, service)
    assert post(lines, service) == 201
    assert service.lines == 2


def test_an_answer_in_parts_is_read_whole(lines: Posting, service: Service) -> None:
    service.answers.append(b"HTTP/1.1 100 Continue\r\n\r\n" + OK)
    service.parts = 7
    assert [post(lines, service), post(lines, service)] == [201, 201]
    assert service.lines == 1


@pytest.mark.parametrize("path", ["/a b", "/a\x7fb", "/a\u00e9"])
def test_an_address_that_is_none_is_never_asked(
    lines: Posting, service: Service, path: str
) -> None:
    with pytest.raises(Unavailable):
        lines.post(urlsplit(f"http://{service.host}")._replace(path=path), {}, b"body")
    assert service.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"HTTP/1.0 201 Created\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_a_line_that_ends_is_not_used_again(
    lines: Posting, service: Service, answer: bytes
) -> None:
    service.answers.append(answer)
    assert [post(lines, service), post(lines, service)] == [201, 201]
    assert service.lines == 2


def test_a_line_stays_open_among_many_files(
    lines: Posting, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crowd of readers keeps connections: `select` refuses a file beyond the 1,024th."""
    monkeypatch.setattr(postline, "BUSY_SECONDS", 0.0)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4_096)), hard))
    with ExitStack() as crowd:
        crowd.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(1_024):
            crowd.callback(os.close, os.dup(0))
        assert [post(lines, service), post(lines, service)] == [201, 201]
    assert service.lines == 1


def test_an_answer_without_a_length_is_understood(lines: Posting, service: Service) -> None:
    service.answers.append(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert [post(lines, service), post(lines, service)] == [201, 201]


def test_an_answer_that_drips_comes_to_an_end(
    lines: Posting, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "WHOLE_SECONDS", -1.0)
    with pytest.raises(Unavailable) as raised:
        post(lines, service)
    assert raised.value.timed_out


def test_a_redirect_and_a_refusal_are_answers_and_are_not_followed(
    lines: Posting, service: Service
) -> None:
    for status in (307, 410, 429):
        service.answers.append(
            f"HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n".encode()
        )
    assert [post(lines, service) for _ in range(3)] == [307, 410, 429]
    assert len(service.requests) == 3


@pytest.mark.parametrize(
    "answers",
    [
        [b""],
        [b"SMTP ready\r\n\r\n"],
        [b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"],
        [b"HTTP/1.1 200 X\r\n" + b"A: b\r\n" * 20_000],
    ],
    ids=["hangs up", "is no web service", "fails", "never stops"],
)
def test_what_is_no_answer_is_unavailable(
    lines: Posting, service: Service, answers: Sequence[bytes]
) -> None:
    service.answers += answers
    with pytest.raises(Unavailable):
        post(lines, service)
    assert post(lines, service) == 201


def test_a_service_that_fails_again_and_again_is_left_alone(
    lines: Posting, service: Service
) -> None:
    service.answers += [b""] * posting.FAILURES_BEFORE_REST
    for _ in range(posting.FAILURES_BEFORE_REST + 2):
        with pytest.raises(Unavailable):
            post(lines, service)
    assert len(service.requests) == posting.FAILURES_BEFORE_REST


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/x", "https://localhost/x"])
def test_a_private_address_is_refused_unless_it_was_named(lines: Posting, address: str) -> None:
    with pytest.raises(Unavailable):
        lines.post(urlsplit(address), {}, b"")


def test_a_header_cannot_carry_another_request(lines: Posting, service: Service) -> None:
    parts = urlsplit(f"http://{service.host}/x")
    with pytest.raises(Unavailable):
        lines.post(parts, {"Topic": "a\r\n\r\nPOST /evil HTTP/1.1"}, b"")
    assert service.requests == []
