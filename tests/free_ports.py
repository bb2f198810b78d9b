"""Ports that nobody listens on."""

from __future__ import annotations

import random
import socket
from pathlib import Path

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 10_000


def a_free_port(beside: int = 0) -> int:
    """Return a free port; `beside` asks that as many ports after it be free too.

    Below the ports of outgoing connections: who asks again and again whether a server is there
    yet may be given that very port, is connected to itself, and keeps the server from listening.
    """
    while True:
        port = random.randrange(LOWEST, _first_outgoing() - beside)
        if all(_is_free(port + step) for step in range(beside + 1)):
            return port


def _first_outgoing() -> int:
    return int(RANGE.read_text().split()[0]) if RANGE.exists() else 32_768


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
