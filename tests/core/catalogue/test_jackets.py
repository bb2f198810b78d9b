"""Pictures of covers: asked for once, kept by us, never anything but a picture."""

from __future__ import annotations

import os
import time
from pathlib import Path

import httpx2
import pytest

from navette.catalogue.jackets import LARGEST, NONE_FOR_SECONDS, Jackets, WebProvider
from navette.errors import Unavailable
from navette.outbound import Outbound

JPEG = b"\xff\xd8\xff\xe0" + b"picture"
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "
ISBN = "9782070612758"


class Pictures:
    """A provider that counts what it is asked."""

    def __init__(self, answer: bytes | Unavailable | None) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def picture(self, isbn: str) -> bytes | None:
        self.asked.append(isbn)
        if isinstance(self.answer, Unavailable):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("content", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp")]
)
def test_a_picture_is_asked_for_once_and_kept(tmp_path: Path, content: bytes, kind: str) -> None:
    provider = Pictures(content)
    for _ in range(3):
        found = Jackets(tmp_path / "covers", provider).of(ISBN)
        assert found
        assert (found.content, found.media_type) == (content, kind)
    assert provider.asked == [ISBN]


def test_that_there_is_none_is_remembered_for_a_week(tmp_path: Path) -> None:
    provider = Pictures(None)
    jackets = Jackets(tmp_path, provider)
    assert jackets.of(ISBN) is jackets.of(ISBN) is None
    assert len(provider.asked) == 1
    (kept,) = tmp_path.iterdir()
    past = time.time() - NONE_FOR_SECONDS - 1
    os.utime(kept, (past, past))
    provider.answer = JPEG
    assert jackets.of(ISBN)


def test_who_does_not_answer_is_asked_again_another_time(tmp_path: Path) -> None:
    provider = Pictures(Unavailable("covers", "picture", timed_out=True))
    jackets = Jackets(tmp_path, provider)
    assert jackets.of(ISBN) is None
    provider.answer = PNG
    assert jackets.of(ISBN)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>",
        b"GIF89a",
        b"",
        JPEG + b"x" * LARGEST,
    ],
)
def test_what_is_no_picture_is_never_shown(tmp_path: Path, content: bytes) -> None:
    provider = Pictures(content)
    assert Jackets(tmp_path, provider).of(ISBN) is None
    assert Jackets(tmp_path, provider).of(ISBN) is None
    assert len(provider.asked) == 1


@pytest.mark.parametrize("isbn", [None, "", "../../etc/passwd", "978-2"])
def test_without_a_number_nobody_is_asked(tmp_path: Path, isbn: str | None) -> None:
    provider = Pictures(JPEG)
    assert Jackets(tmp_path, provider).of(isbn) is None
    assert provider.asked == []


def test_the_provider_learns_the_number_and_nothing_else() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(404 if request.url.path.endswith("0.jpg") else 200, content=JPEG)

    with_fake = Outbound(transport=httpx2.MockTransport(answer))
    provider = WebProvider("https://covers.example/{isbn}.jpg", with_fake)
    assert provider.picture("9782070612758") == JPEG
    assert provider.picture("9782070612750") is None
    assert str(asked[0].url) == "https://covers.example/9782070612758.jpg"
    assert "cookie" not in asked[0].headers
    assert "referer" not in asked[0].headers


def test_any_other_answer_is_no_answer() -> None:
    moved = httpx2.MockTransport(lambda _: httpx2.Response(302, headers={"Location": "/x"}))
    with pytest.raises(Unavailable):
        WebProvider("https://covers.example/{isbn}", Outbound(transport=moved)).picture(ISBN)
