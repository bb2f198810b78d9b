"""Asking whether a server is there yet, from a port that may be the server's own."""

from __future__ import annotations

import socket

import pytest

from free_ports import a_free_port
from navette_server import ports


class FromItself(socket.socket):
    """A socket that is given the port it asks for, as the system does now and then."""

    def connect(self, address: tuple[str, int]) -> None:  # type: ignore[override]
        self.bind(address)
        super().connect(address)


def test_one_who_is_connected_to_itself_leaves_the_port_to_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = a_free_port()
    with monkeypatch.context() as patched:
        patched.setattr(ports.socket, "socket", FromItself)
        assert not ports.answers(port, "/healthz")
    assert ports.is_free(port)
    with socket.create_server((ports.HERE, port)):
        assert not ports.is_free(port)


def test_a_port_that_closes_is_no_page() -> None:
    assert not ports.answers(a_free_port(), "/healthz")
