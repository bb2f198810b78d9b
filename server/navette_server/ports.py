"""Ports: whether one is free to listen on, whether a page answers there."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException

HERE = "127.0.0.1"
LINGER_SECONDS = 2.0
PAUSE_SECONDS = 0.05
SECONDS = 1.0


def is_free(port: int, host: str = HERE) -> bool:
    """Return whether a server could listen there now; raises OSError for another reason than taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def becomes_free(port: int, told_to_stop: Callable[[], bool], host: str = HERE) -> bool:
    """Wait a moment for a process that is just ending to let the port go."""
    until = time.monotonic() + LINGER_SECONDS
    while not is_free(port, host):
        if time.monotonic() > until or told_to_stop():
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def answers(port: int, path: str) -> bool:
    """Return whether a page is served there."""
    try:
        with closing(HTTPConnection(HERE, port, timeout=SECONDS)) as connection:
            connection.sock = _reach(port)
            connection.request("GET", path)
            return connection.getresponse().status < 500  # noqa: PLR2004 - any answer but a failure
    except (OSError, HTTPException):
        return False


def _reach(port: int) -> socket.socket:
    """Connect, without keeping the port from a server that is about to listen on it.

    Where nobody listens yet, the system may give this very port to the caller, who is then
    connected to itself; without SO_REUSEADDR that port stays closed to the server for a minute.
    """
    reached = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reached.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reached.settimeout(SECONDS)
    try:
        reached.connect((HERE, port))
        if reached.getsockname() == reached.getpeername():
            raise ConnectionRefusedError(port)
    except OSError:
        reached.close()
        raise
    return reached
