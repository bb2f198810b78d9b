"""Asking whether a server is there yet, from a port that may be the server's own."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from free_ports import a_free_port
from navette_server import launcher, ports


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


def test_a_run_that_is_refused_for_its_port_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = a_free_port(beside=1)
    monkeypatch.setattr(ports, "LINGER_SECONDS", 0.0)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "deep" / "var"))
    monkeypatch.setenv("PORT", str(port))
    for name in ("NAVETTE_DATA_DIR", "NAVETTE_OIDC_ISSUER"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server((ports.HERE, port + 1)), pytest.raises(SystemExit) as left:
        launcher.main()
    assert left.value.code == 1
    assert f"port {port + 1} is taken" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
