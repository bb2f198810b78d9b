"""Pictures of covers, for those who have a contract with a provider; kept on our own disk.

A reader's browser only ever asks us. A picture is asked for once, by its ISBN and nothing else;
that there is none is remembered too. Without a provider every cover is drawn (navette_web.covers).
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from navette.errors import Unavailable
from navette.outbound import Outbound

LARGEST: Final = 400_000
NONE_FOR_SECONDS: Final = 7 * 24 * 3600
PLACE: Final = "{isbn}"
_OK, _GONE = 200, frozenset({404, 410})
_KINDS: Final = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_RIFF, _WEBP = b"RIFF", b"WEBP"


@dataclass(frozen=True, slots=True)
class Jacket:
    """A picture and what kind it is; only kinds that cannot hold a script."""

    content: bytes
    media_type: str


class Provider(Protocol):
    """Whoever has pictures of covers."""

    def picture(self, isbn: str) -> bytes | None:
        """Return the picture for 13 digits, None when there is none; raises Unavailable."""


class WebProvider:
    """A provider whose pictures have an address with the ISBN in it."""

    def __init__(self, address: str, outbound: Outbound) -> None:
        """Take an address such as https://covers.example/{isbn}.jpg."""
        self._address = address
        self._outbound = outbound

    def picture(self, isbn: str) -> bytes | None:
        """Ask for it; redirects are not followed, and count as no picture."""
        address = self._address.replace(PLACE, isbn)
        answer = self._outbound.call(
            "GET", address, service="covers", operation="picture", most=LARGEST
        )
        if answer.status == _OK:
            return answer.body
        if answer.status in _GONE:
            return None
        raise Unavailable("covers", "picture", status=answer.status)


class Jackets:
    """The pictures that were asked for, kept in a folder; safe among threads and processes."""

    def __init__(self, folder: Path, provider: Provider) -> None:
        """Keep pictures in `folder`, which is made when the first one comes."""
        self._folder = folder
        self._provider = provider

    def of(self, isbn: str | None) -> Jacket | None:
        """Return the picture for an ISBN, from our disk or from the provider; None without one.

        A provider that does not answer is asked again another time.
        """
        if not isbn or not isbn.isdigit():
            return None
        path = self._folder / hashlib.sha256(isbn.encode()).hexdigest()[:32]
        kept = self._kept(path)
        if kept is None:
            try:
                kept = self._provider.picture(isbn) or b""
            except Unavailable:
                return None
            if kind_of(kept) is None:
                kept = b""
            self._keep(path, kept)
        kind = kind_of(kept)
        return Jacket(kept, kind) if kind else None

    @staticmethod
    def _kept(path: Path) -> bytes | None:
        """Return what is kept, empty for "there is none"; None when it must be asked for."""
        try:
            content = path.read_bytes()
            old = time.time() - path.stat().st_mtime > NONE_FOR_SECONDS
        except OSError:
            return None
        return None if not content and old else content

    def _keep(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        written = path.with_name(f"{path.name}.{os.getpid()}-{time.monotonic_ns()}.new")
        written.write_bytes(content)
        written.replace(path)


def kind_of(content: bytes) -> str | None:
    """Return the media type of a picture by its first bytes; None for anything else."""
    if len(content) > LARGEST:
        return None
    if content[:4] == _RIFF and content[8:12] == _WEBP:
        return "image/webp"
    return next((kind for start, kind in _KINDS if content.startswith(start)), None)
