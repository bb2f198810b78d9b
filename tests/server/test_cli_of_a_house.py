"""The command line for who runs a house: database, network, serving, copies, health."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest

from command_line import NETWORK, Cli
from free_ports import a_free_port
from navette.storage.migrating import newest
from navette_server import ports
from navette_server.commands import serving
from navette_server.nodelock import Lock


def test_the_database_is_made_and_upgraded_once(cli: Cli) -> None:
    assert cli("db", "upgrade", "--json") == 0
    assert cli.json() == {"before": None, "after": newest(), "changed": True}
    assert cli("db", "upgrade", "--json") == 0
    assert cli.json()["changed"] is False


def test_without_tables_a_command_says_what_to_run(cli: Cli, folder: Path) -> None:
    (folder / "data").mkdir()
    sqlite3.connect(folder / "data" / "navette.db").close()
    for command in (("token", "create", "--staff", "agent.hem"), ("serve",)):
        assert cli(*command) == 1
        assert "navette db upgrade" in cli.err
    assert cli("doctor") == 1
    assert cli.out.count("there are no tables yet: run `navette db upgrade`") == 3
    (folder / "binary").write_bytes(b"\x80\xff" * 9)
    for wrong, said in (
        ("backup /nonexistent/x", "/nonexistent/x: cannot be written: there is no folder"),
        (f"backup {folder}", "it is a folder; name a file in it"),
        (f"network load {folder}/gone", f"navette: {folder}/gone: there is no such file\n"),
        (f"network load {folder}/binary", "is no text; a network file is written in TOML"),
        ("staff add x --library hem --role god", "is not one of 'volunteer', 'agent'"),
    ):
        assert cli(*wrong.split()) == 2
        assert said in cli.err


@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        ("postgresql://127.0.0.1:1/navette", 1, "the database: "),
        ("mysql://127.0.0.1/navette", 2, "must be sqlite:///PATH or postgresql://"),
    ],
)
def test_a_database_that_is_not_there_is_said_in_a_sentence(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, url: str, code: int, sentence: str
) -> None:
    monkeypatch.setenv("NAVETTE_DATABASE_URL", url)
    assert cli("db", "upgrade") == code
    assert sentence in cli.err
    assert "Traceback" not in cli.err


def test_a_refusal_of_the_house_is_said_in_the_language_of_the_command_line(loaded: Cli) -> None:
    assert loaded("network", "close", "hem", "2026-12-10", "2026-12-01") == 2
    assert "The last day comes after the first, a year later at most." in loaded.err


def test_a_push_key_that_is_none_is_named_before_serving(
    loaded: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAVETTE_VAPID_PRIVATE_KEY", "junk!")
    assert loaded("serve") == 2
    assert "NAVETTE_VAPID_PRIVATE_KEY" in loaded.err


def test_a_taken_port_and_a_second_web_process_are_told_with_the_way_out(
    loaded: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LINGER_SECONDS", 0.0)
    monkeypatch.setattr(ports, "LINGER_SECONDS", 0.0)
    with socket.create_server((ports.HERE, port := a_free_port())):
        assert loaded("serve", "--port", str(port)) == 1
    assert f"navette serve --port {port + 10}" in loaded.err
    first = Lock(folder / "data" / "web.lock")
    first.take()
    assert loaded("serve", "--port", str(a_free_port())) == 1
    assert "on SQLite there is one web process" in loaded.err
    assert loaded("restore", str(NETWORK)) == 1, "everything has to stop first"
    first.release()


def test_a_network_file_that_is_none_changes_nothing(loaded: Cli, folder: Path) -> None:
    wrong = folder / "wrong.toml"
    wrong.write_text("[network]\nname = 'x'\n")
    assert loaded("network", "load", str(wrong)) == 2
    assert "[library]" in loaded.err
    assert loaded("network", "load", str(folder / "absent.toml")) == 2


def test_a_night_can_be_done_twice(loaded: Cli) -> None:
    assert loaded("nightly", "--date", "2026-11-25", "--json") == 0
    assert loaded("nightly", "--date", "2026-11-25", "--json") == 0
    assert not any(loaded.json().values())
    assert loaded("nightly", "--date", "tomorrow") == 2


def test_production_names_what_is_missing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAVETTE_ENV", "production")
    assert cli("serve") == 2
    assert "NAVETTE_DATABASE_URL: must be set in production" in cli.err
    assert cli("demo") == 2


def test_a_backup_is_put_back_whole(loaded: Cli, folder: Path) -> None:
    loaded("staff", "add", "before", "--library", "hem")
    kept = folder / "kept.db"
    assert loaded("backup", str(kept)) == 0
    assert kept.stat().st_mode & 0o077 == 0
    loaded("staff", "add", "after", "--library", "hem")
    assert loaded("restore", str(kept)) == 0
    assert loaded("token", "create", "--staff", "before") == 0
    assert loaded("token", "create", "--staff", "after") == 2
    assert loaded("restore", str(NETWORK)) == 2


def test_the_doctor_says_what_to_do(loaded: Cli) -> None:
    assert loaded("doctor", "--json") == 1
    found = {one["check"]: one for one in loaded.json()}
    assert found["database"]["ok"]
    assert found["network"]["ok"]
    assert "navette index rebuild" in found["index"]["says"]


def test_closures_and_rules_are_entered_from_the_command_line_and_survive_a_reload(
    loaded: Cli,
) -> None:
    """E4; `network load` replaces what the file names, and loses nothing that was entered."""
    assert loaded("network", "close", "HEM", "2099-12-24", "2100-01-02", "--json") == 0
    number = loaded.json()["id"]
    assert loaded("network", "rule", "hold_limit", "7", "--library", "leers", "--json") == 0
    assert loaded.json()["value"] == 7
    assert loaded("network", "load", str(NETWORK)) == 0
    assert loaded("network", "load", str(NETWORK)) == 0
    assert loaded("network", "closures", "--json") == 0
    entered = [c for c in loaded.json() if c["first_day"] == "2099-12-24"]
    assert [(c["id"], c["library"]) for c in entered] == [(number, "hem")]
    assert loaded("network", "rule", "hold_limit", "--library", "leers", "--json") == 0
    assert loaded.json()["value"] == 7
    assert loaded("network", "rule", "hold_limit", "--library", "leers", "--drop", "--json") == 0
    assert loaded.json()["value"] == 5
    assert loaded("network", "reopen", str(number)) == 0
    assert loaded("network", "reopen", str(number)) == 2
    assert loaded("network", "close", "mars", "2099-12-24", "2100-01-02") == 2
    assert loaded("network", "close", "hem", "2099-12-24", "2099-12-02") == 2
    assert loaded("network", "rule", "hold_limit", "beaucoup") == 2
    assert loaded("network", "closures", "--json") == 0
    assert not [c for c in loaded.json() if c["first_day"] == "2099-12-24"]
