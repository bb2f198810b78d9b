"""One open line to a service: a request written as one piece, its answer read whole.

What a push service answers is nearly always a few plain lines that arrive together: they are read
as they stand. Any other answer (chunks, HTTP/1.0, folded headers, one that comes in parts) is read
by the standard library's `http.client`, which was given the socket from the start.
"""

from __future__ import annotations

import io
import re
import select
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from urllib.parse import SplitResult

from navette.outbound import Answer, public_address

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 5.0
BUSY_SECONDS: Final = 0.05
IDLE_SECONDS: Final = 4.0
LARGEST_BODY: Final = 65_536
PIECE: Final = 8_192
_PORTS: Final = {"http": 80, "https": 443}
# No control character, and no character that is none of ASCII, ends a line early.
_ADDRESS: Final = re.compile(r"[\x21-\x7e]+")
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\x20-\x7e]*")
_STATUS: Final = re.compile(rb"HTTP/1\.1 ([2-5][0-9][0-9])(?: [^\r\n]*)?")
_PLAIN: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e]*)")
# "Wait, the answer follows" (103, 102, 100): the one that counts comes behind it.
_INTERIM: Final = re.compile(rb"HTTP/1\.1 1(?!01)[0-9][0-9](?: [^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n")
_FINAL: Final = 200
_NO_BODY: Final = frozenset({204, 304})


class Line:
    """A connection to the address that was checked; one post at a time."""

    def __init__(
        self, parts: SplitResult, allowed: Collection[str], secure: ssl.SSLContext | None
    ) -> None:
        """Open nothing yet. `secure` encrypts; `allowed` names `host:port` that may be private."""
        self._name, self._port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        self._allowed = allowed
        self._secure = secure
        self._link: socket.socket | None = None
        self._used = time.monotonic()
        host = f"[{self._name}]" if ":" in self._name else self._name
        usual = self._port == _PORTS[parts.scheme]
        self._host = host if usual else f"{host}:{self._port}"

    def post(
        self, parts: SplitResult, headers: Mapping[str, str], body: bytes, until: float
    ) -> Answer:
        """Send a request and read its answer whole; HTTPException, OSError, ValueError.

        `until` (of the monotonic clock) is when patience ends, however the answer drips.
        """
        request = _head(parts, self._host, headers, len(body)) + body
        link = self._link
        if link is None or not self._usable(link):
            self.close()
            link = self._link = self._connected()
        link.sendall(request)
        patient = _Patient(link, until)
        first = patient.first()
        while (interim := _INTERIM.match(first)) is not None:
            first = patient.behind(interim.end())
        answer = plain_answer(first)
        if answer is None:
            answer = self._read(patient)
        self._used = time.monotonic()
        return answer

    def close(self) -> None:
        """Close the connection; the next post opens another one."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _read(self, patient: _Patient) -> Answer:
        """Read whatever came by the standard library."""
        answer = HTTPResponse(patient, method="POST")  # type: ignore[arg-type]
        try:
            answer.begin()
            if answer.status < _FINAL:  # what it says next would be read as the next post's answer
                raise HTTPException("it said to wait, in pieces")
            if len(answer.read(LARGEST_BODY + 1)) > LARGEST_BODY:
                raise ValueError("the answer is too long")
            if answer.will_close:
                self.close()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, b"")
        finally:
            answer.close()

    def _connected(self) -> socket.socket:
        """Resolve, check, connect to what was checked."""
        address = public_address(self._name, self._port, self._allowed)
        link = socket.create_connection((address, self._port), timeout=CONNECT_SECONDS)
        link.settimeout(READ_SECONDS)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._secure is None:
            return link
        try:
            return self._secure.wrap_socket(link, server_hostname=self._name)
        except OSError:
            link.close()
            raise

    def _usable(self, link: socket.socket) -> bool:
        """Return whether it was used a moment ago and the other side still listens."""
        idle = time.monotonic() - self._used
        if idle < BUSY_SECONDS:
            return True
        return idle < IDLE_SECONDS and not _is_readable(link)  # readable now: it is closing


def _is_readable(link: socket.socket) -> bool:
    """Look without waiting; `select` knows no file beyond the 1,024th, and a crowd has more."""
    looking = select.poll()
    looking.register(link, select.POLLIN)
    return bool(looking.poll(0))


def _head(parts: SplitResult, host: str, headers: Mapping[str, str], length: int) -> bytes:
    """Write the head of a request; ValueError for what could carry another one."""
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    if _ADDRESS.fullmatch(target) is None:
        raise ValueError("an address with a space or a control character")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if not all(map(_HEADER.fullmatch, lines)):
        raise ValueError("a header that is no single line")
    first = f"POST {target} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"
    whole = (*first, f"Content-Length: {length}", *lines, "", "")
    return "\r\n".join(whole).encode("ascii")


def plain_answer(said: bytes) -> Answer | None:
    """Read an answer that is whole and plain, and after which the line stays open; else None."""
    head, ended, body = said.partition(b"\r\n\r\n")
    status_line, *lines = head.split(b"\r\n")
    status = _STATUS.fullmatch(status_line)
    if not ended or status is None:
        return None
    headers: dict[str, str] = {}
    for line in lines:
        found = _PLAIN.fullmatch(line)
        if found is None:
            return None
        name = found[1].decode("ascii").lower()
        if name in headers:
            return None
        headers[name] = found[2].decode("ascii").rstrip()
    number = int(status[1])
    unusual = "transfer-encoding" in headers or "connection" in headers or number in _NO_BODY
    if unusual or headers.get("content-length", "") != str(len(body)):
        return None
    return Answer(number, headers, b"")


class _Patient(io.RawIOBase):
    """A socket as a file, with an end to patience; what was looked at first is read again."""

    def __init__(self, link: socket.socket, until: float) -> None:
        self._link = link
        self._until = until
        self._looked = b""

    def first(self) -> bytes:
        """Return what comes first, and keep it for whoever reads the whole."""
        self._wait()
        self._looked = self._link.recv(PIECE)
        if not self._looked:
            raise HTTPException("it hung up without an answer")
        return self._looked

    def behind(self, length: int) -> bytes:
        """Forget so much of what came first; return what follows it, and keep that instead."""
        self._looked = self._looked[length:]
        return self._looked or self.first()

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what HTTPResponse reads from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Return that it is for reading."""
        return True

    def readinto(self, into: Any) -> int:
        """Read what there is; TimeoutError when the whole takes too long."""
        if self._looked:
            taken = min(len(into), len(self._looked))
            into[:taken], self._looked = self._looked[:taken], self._looked[taken:]
            return taken
        self._wait()
        return self._link.recv_into(into)

    def _wait(self) -> None:
        if time.monotonic() > self._until:
            raise TimeoutError("the answer took too long")
