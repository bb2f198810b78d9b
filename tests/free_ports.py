"""Ports that nobody listens on."""

from __future__ import annotations

import socket


def a_free_port(beside: int = 0) -> int:
    """Return a free port; `beside` asks that as many ports after it be free too."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
        if all(_is_free(port + step) for step in range(beside + 1)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return port < 65_000 and probe.connect_ex(("127.0.0.1", port)) != 0
