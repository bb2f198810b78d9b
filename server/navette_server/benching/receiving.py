"""A push service on loopback that accepts everything at once: the other side of the bench."""

from __future__ import annotations

import asyncio
import sys

ACCEPTED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
HEAD_ENDS, LENGTH = b"\r\n\r\n", b"content-length:"


class Receiver(asyncio.Protocol):
    """Counts nothing, checks nothing: its work must not be ours."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._rest += data
        while (at := self._rest.find(HEAD_ENDS)) >= 0:
            head = self._rest[:at].lower()
            told = head.find(LENGTH)
            length = int(head[told + len(LENGTH) :].split(b"\r\n", 1)[0]) if told >= 0 else 0
            whole = at + len(HEAD_ENDS) + length
            if len(self._rest) < whole:
                return
            self._rest = self._rest[whole:]
            assert isinstance(self._transport, asyncio.Transport)  # noqa: S101 - for the checker
            self._transport.write(ACCEPTED)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Receiver, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)  # until whoever started it hangs up


if __name__ == "__main__":
    asyncio.run(_serve())
