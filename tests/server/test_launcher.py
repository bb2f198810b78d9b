"""`make run` from outside: starts, says where, ends everything within three seconds."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from free_ports import a_free_port
from runs import END_SECONDS, START_SECONDS, Run
from waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the demonstration was built once."""
    return tmp_path_factory.mktemp("run") / "data"


@pytest.fixture
def running(place: Path) -> Iterator[list[Run]]:
    made: list[Run] = []
    yield made
    for run in made:
        with suppress(ProcessLookupError):
            os.killpg(run.launcher.pid, signal.SIGKILL)
        run.launcher.wait()


def _start(
    running: list[Run],
    data: Path,
    port: int | None = None,
    *,
    through_make: bool = False,
    **environ: str,
) -> Run:
    run = Run(data, port or a_free_port(beside=1), through_make=through_make, **environ)
    running.append(run)
    return run


def test_a_first_start_builds_everything_before_it_answers(place: Path, running: list[Run]) -> None:
    run = _start(running, place)
    run.wait()
    accounts = json.loads((place / "accounts.json").read_text())
    assert accounts["base_url"] == f"http://127.0.0.1:{run.port}"
    assert {"card": "20590000012345", "home": "hem", "name": "Alice Dubois"}.items() <= dict(
        accounts["patrons"][0]
    ).items()
    assert {one["library"] for one in accounts["staff"]} >= {"hem", "lannoy", "leers", "lys"}
    assert any(one["role"] == "coordinator" for one in accounts["staff"])
    assert [one["card"] for one in accounts["sso"]].count(None) >= 1
    for name in ("keys/session", "keys/vapid", "accounts.json"):
        assert (place / name).stat().st_mode & 0o077 == 0
    run.wait("/readyz")
    run.wait_until_started()
    assert f"http://127.0.0.1:{run.port}" in run.said
    assert accounts["patrons"][0]["password"] in run.said
    run.end()
    assert run.launcher.returncode == 0


def test_a_second_start_keeps_what_there_is_and_follows_the_port(
    place: Path, running: list[Run]
) -> None:
    keys = (place / "keys" / "session").read_text()
    database = (place / "navette.db").stat().st_ino
    run = _start(running, place)
    run.wait()
    assert (place / "keys" / "session").read_text() == keys
    assert (place / "navette.db").stat().st_ino == database
    assert json.loads((place / "accounts.json").read_text())["base_url"].endswith(str(run.port))
    run.end(signal.SIGINT, group=True)


def test_a_background_job_that_inherits_sigint_ignored_still_ends(
    place: Path, running: list[Run]
) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        run = _start(running, place)
    finally:
        signal.signal(signal.SIGINT, before)
    run.wait()
    run.end(signal.SIGINT)


def test_an_open_connection_does_not_hold_up_the_end(place: Path, running: list[Run]) -> None:
    run = _start(running, place)
    run.wait()
    with socket.create_connection(("127.0.0.1", run.port)) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        kept = HTTPConnection("127.0.0.1", run.port)
        kept.request("GET", "/healthz")
        kept.getresponse().read()
        run.end()
        kept.close()


def test_children_end_with_a_launcher_that_was_killed(place: Path, running: list[Run]) -> None:
    run = _start(running, place)
    run.wait()
    run.end(signal.SIGKILL)
    again = _start(running, place, run.port)
    again.wait("/readyz")
    again.end()


def test_everything_ends_with_a_make_that_was_killed(place: Path, running: list[Run]) -> None:
    run = _start(running, place, through_make=True)
    run.wait()
    os.kill(run.launcher.pid, signal.SIGKILL)
    until(run.ended, END_SECONDS, "the end of every process")


def test_a_web_process_that_dies_takes_the_others_along(place: Path, running: list[Run]) -> None:
    run = _start(running, place)
    run.wait_until_started()
    (web,) = run.processes("serve --port")
    os.kill(web, signal.SIGKILL)
    again = _start(running, place, run.port)
    again.wait("/readyz")
    assert run.launcher.wait(5) == 1
    assert "web has ended, so everything stops" in run.said
    assert "cannot start" not in run.said
    again.end()


def test_a_stand_in_that_dies_takes_nobody_along(place: Path, running: list[Run]) -> None:
    run = _start(running, place)
    run.wait_until_started()
    (stand_in,) = run.processes("navette_server.stand_in")
    os.kill(stand_in, signal.SIGKILL)
    until(lambda: run.processes("navette_server.stand_in") not in ([], [stand_in]), 20, "another")
    assert run.answers()
    run.end()


def test_a_taken_port_is_named_with_the_way_out(place: Path, running: list[Run]) -> None:
    port = a_free_port(beside=1)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        run = _start(running, place, port)
        assert run.launcher.wait(30) == 1
    assert f"port {port + 1} is taken" in run.said
    assert "make run PORT=" in run.said


def test_two_runs_do_not_share_a_folder(place: Path, running: list[Run]) -> None:
    first = _start(running, place)
    first.wait()
    second = _start(running, place)
    assert second.launcher.wait(30) == 1
    assert "DATA_DIR=" in second.said
    first.end()


def test_a_build_that_was_killed_begins_again(
    tmp_path: Path, running: list[Run], place: Path
) -> None:
    data = tmp_path / "data"
    run = _start(running, data)
    until((data / ".navette.db.building").exists, START_SECONDS, "the build")
    run.end(signal.SIGKILL, group=True)
    assert not (data / "navette.db").exists()
    again = _start(running, data, run.port)
    again.wait("/readyz")
    again.end()


def test_an_issuer_of_one_s_own_needs_no_stand_in(place: Path, running: list[Run]) -> None:
    port = a_free_port(beside=1)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + 1))
        run = _start(
            running, place, port, NAVETTE_OIDC_ISSUER="http://127.0.0.1:9", NAVETTE_READY_WINDOW="0"
        )
        run.wait()
        run.wait_until_started()
    assert "Stand-in" not in run.said
    assert json.loads((place / "accounts.json").read_text())["sso"] == []
    run.end()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT: must be a number"),
        ("NAVETTE_ENV", "production", "NAVETTE_ENV: the demonstration is for development"),
    ],
)
def test_a_wrong_setting_is_named(
    place: Path, running: list[Run], name: str, value: str, sentence: str
) -> None:
    run = Run(place, a_free_port(beside=1), **{name: value})
    running.append(run)
    assert run.launcher.wait(30) == 2
    assert sentence in run.said
