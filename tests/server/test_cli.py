"""The command line: what it prints, and the exit code that scripts rely on."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from free_ports import a_free_port
from navette.storage.migrating import newest
from navette_server import ports
from navette_server.cli import WHERE, main
from navette_server.commands import serving
from navette_server.demo.catalogue_files import build_files
from navette_server.nodelock import Lock

NETWORK = Path(__file__).parents[1] / "network_of_tests.toml"


class Cli:
    """Runs commands in this process, on a data folder of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        self.out, self.err = self._capsys.readouterr()
        return int(left.value.code or 0)

    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NAVETTE_DATABASE_URL", "DATA_DIR", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NAVETTE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def cli(folder: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys)


@pytest.fixture
def loaded(cli: Cli, folder: Path, sqlite_template: Path) -> Cli:
    (folder / "data").mkdir()
    shutil.copy(sqlite_template, folder / "data" / "navette.db")
    assert cli("network", "load", str(NETWORK)) == 0
    return cli


@pytest.fixture(scope="module")
def hem_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of Hem in the demonstration; the last one cut short is a broken file."""
    files = dict(build_files(tmp_path_factory.mktemp("marc")))
    return files["hem"]


def test_every_command_explains_itself(cli: Cli) -> None:
    for name in WHERE:
        assert cli(name, "--help") == 0
        assert "Usage: navette " + name in cli.out


def test_a_command_that_does_not_exist_is_wrong_usage(cli: Cli) -> None:
    assert cli("frobnicate") == 2
    assert "No such command" in cli.err


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


def test_an_import_reports_every_number_and_the_second_changes_nothing(
    loaded: Cli, hem_file: Path, folder: Path
) -> None:
    report = folder / "report.json"
    arguments = ("import", str(hem_file), "--library", "HEM", "--report", str(report))
    assert loaded(*arguments, "--json") == 0
    first = loaded.json()
    assert json.loads(report.read_text()) == first
    assert first["records_created"] == first["records_read"] > 300
    assert first["items_created"] == first["items_read"]
    assert (first["library"], first["profile"], first["refusals"]) == ("hem", "hem", [])
    assert loaded(*arguments, "--json") == 0
    second = loaded.json()
    assert second["records_unchanged"] == second["records_read"]
    assert second["publications_after"] == first["publications_after"]


def test_a_dry_run_writes_nothing(loaded: Cli, hem_file: Path) -> None:
    assert loaded("import", str(hem_file), "--library", "hem", "--dry-run", "--json") == 0
    assert loaded.json()["dry_run"] is True
    assert loaded("search", "germinal", "--json") == 0
    assert loaded.json() == {"total": 0, "hits": []}


def test_what_is_refused_is_listed_and_the_exit_code_says_so(
    loaded: Cli, hem_file: Path, folder: Path
) -> None:
    broken = folder / "broken.mrc"
    broken.write_bytes(hem_file.read_bytes()[:-100])
    assert loaded("import", str(broken), "--library", "hem", "--json") == 3
    told = loaded.json()
    assert told["records_refused"] == len(told["refusals"]) == 1
    assert set(told["refusals"][0]) == {"position", "id_001", "field", "reason"}
    assert loaded("import", str(hem_file), "--library", "hem", "--json") == 0
    assert loaded.json()["records_created"] == 1


@pytest.mark.parametrize("content", [b"", b"<html>not a catalogue</html>\n" * 40, b"\x00" * 900])
def test_a_file_that_is_no_marc_is_wrong_input(loaded: Cli, folder: Path, content: bytes) -> None:
    wrong = folder / "wrong.mrc"
    wrong.write_bytes(content)
    assert loaded("import", str(wrong), "--library", "hem") == 2
    assert "wrong.mrc" in loaded.err


def test_unknown_libraries_profiles_and_files_are_wrong_input(
    loaded: Cli, hem_file: Path, folder: Path
) -> None:
    assert loaded("import", str(hem_file), "--library", "roubaix") == 2
    assert "hem, lannoy, leers, lys, toufflers" in loaded.err
    assert loaded("import", str(hem_file), "--library", "hem", "--profile", "absent") == 2
    assert loaded("import", str(folder / "absent.mrc"), "--library", "hem") == 2
    assert loaded("import", str(hem_file)) == 2
    assert loaded("import", str(hem_file), "--library", "roubaix", "--json") == 2
    assert loaded.json()["error"] == "UnknownLibrary"


def test_search_finds_after_a_rebuild_and_without_an_index(loaded: Cli, hem_file: Path) -> None:
    loaded("import", str(hem_file), "--library", "hem")
    assert loaded("search", "germinal", "--json") == 0
    without = loaded.json()["total"]
    assert loaded("index", "rebuild", "--json") == 0
    assert loaded.json()["records"] > 300
    assert loaded("search", "germinale", "zola", "--json") == 0
    assert loaded.json()["total"] >= 1 <= without
    assert set(loaded.json()["hits"][0]) == {"id", "title"}


def test_what_was_imported_is_exported_byte_for_byte(
    loaded: Cli, hem_file: Path, folder: Path
) -> None:
    loaded("import", str(hem_file), "--library", "hem")
    copy = folder / "copy.mrc"
    assert loaded("export", "--library", "hem", "--format", "iso2709", "--to", str(copy)) == 0
    assert copy.read_bytes() == hem_file.read_bytes()


def test_the_union_catalogue_is_exported_as_json_lines(
    loaded: Cli, hem_file: Path, folder: Path
) -> None:
    loaded("import", str(hem_file), "--library", "hem")
    assert loaded("export") == 0
    told = [json.loads(line) for line in loaded.out.splitlines()]
    assert len(told) > 300
    assert {"record", "work", "series", "volume", "sources", "items"} <= set(told[0])
    kept = folder / "all.jsonl"
    assert loaded("export", "--to", str(kept), "--json") == 0
    assert loaded.json() == {"file": str(kept), "records": len(told)}
    assert [json.loads(line) for line in kept.read_text().splitlines()] == told
    assert loaded("export", "--json") == 2
    assert loaded("export", "--library", "roubaix", "--to", str(folder / "no")) == 2
    assert not list(folder.glob("no*"))


@pytest.mark.parametrize("form", ["iso2709", "marcxml"])
def test_what_was_exported_makes_the_same_catalogue_in_a_fresh_database(
    loaded: Cli, hem_file: Path, folder: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded("import", str(hem_file), "--library", "hem")
    loaded("export")
    before = loaded.out
    kept = folder / "hem.kept"
    assert loaded("export", "--format", form, "--to", str(kept)) == 0
    assert loaded("import", str(kept), "--library", "hem", "--json") == 0
    assert loaded.json()["records_created"] == loaded.json()["items_updated"] == 0
    monkeypatch.setenv("NAVETTE_DATA_DIR", str(folder / "fresh"))
    assert loaded("db", "upgrade") == loaded("network", "load", str(NETWORK)) == 0
    assert loaded("import", str(kept), "--library", "hem") == 0
    loaded("export")
    assert loaded.out == before


def test_xml_that_hides_things_is_wrong_input(loaded: Cli, folder: Path) -> None:
    wrong = folder / "wrong.xml"
    wrong.write_text('<!DOCTYPE c [<!ENTITY x "y">]><c><record>&x;</record></c>')
    assert loaded("import", str(wrong), "--library", "hem") == 2
    assert "declares an entity (x)" in loaded.err


def test_a_full_file_says_what_it_lacks(loaded: Cli, hem_file: Path, folder: Path) -> None:
    loaded("import", str(hem_file), "--library", "hem")
    whole = hem_file.read_bytes()
    half = folder / "half.mrc"
    half.write_bytes(whole[: whole.index(b"\x1d", len(whole) // 2) + 1])
    arguments = ("import", str(half), "--library", "hem", "--full")
    assert loaded(*arguments) == 0
    assert "nothing marked, that is more than 5 %; --confirm-missing if it is so" in loaded.out
    assert loaded(*arguments, "--confirm-missing") == 0
    assert "kept, and marked as gone" in loaded.out
    assert loaded(*arguments) == 0
    assert "  missing 0 of the " in loaded.out
    assert loaded(*arguments, str(hem_file)) == 2
    assert loaded(*arguments[:-1], "--confirm-missing") == 2


def test_people_come_from_a_file_and_the_wrong_lines_are_listed(loaded: Cli, folder: Path) -> None:
    people = folder / "people.csv"
    people.write_text(
        "card;first_name;last_name;home;birth_year\n"
        "20590000000077;Emma;Essai;hem;1980\n"
        ";Noé;Essai;LEERS;\n"
        "123;Zoé;Essai;hem;\n"
        ";Ali;Essai;roubaix;\n"
        ";Ida;Essai;hem;abc\n",
        encoding="utf-8",
    )
    assert loaded("patrons", "import", str(people), "--json") == 3
    told = loaded.json()
    assert (told["created"], [one["line"] for one in told["refusals"]]) == (2, [4, 5, 6])
    assert loaded("token", "create", "--card", "20590000000077") == 0
    assert loaded("patrons", "import", str(NETWORK)) == 2


def test_a_library_s_own_people_keep_their_numbers(loaded: Cli, folder: Path) -> None:
    people, report = folder / "lys.csv", folder / "people.json"
    people.write_text("Numéro;Nom;Prénom\nLYS1;Essai;Emma\nLYS2;Essai;Emma\n", encoding="utf-8")
    order = ("patrons", "import", str(people), "--library", "LYS", "--report", str(report))
    assert loaded(*order, "--json") == 0
    told = loaded.json()
    assert (told["library"], told["profile"], told["created"]) == ("lys", "lys", 2)
    assert [one["line"] for one in told["duplicates"]] == [3]
    assert json.loads(report.read_text()) == told
    assert loaded("token", "create", "--card", "LYS1") == 0
    assert loaded("patrons", "import", str(people), "--library", "roubaix") == 2
    assert loaded("patrons", "import", str(people), "--library", "lys", "--profile", "x") == 2
    assert loaded("patrons", "import", str(people)) == 2


def test_a_token_is_printed_alone(loaded: Cli) -> None:
    assert loaded("staff", "add", "agent.hem", "--library", "hem", "--json") == 0
    assert len(loaded.json()["password"]) >= 16
    assert loaded("token", "create", "--staff", "agent.hem") == 0
    assert len(loaded.out.split()) == 1
    assert loaded("token", "create", "--staff", "agent.hem", "--json") == 0
    assert set(loaded.json()) == {"token", "expires"}


def test_tokens_and_staff_need_somebody_who_exists(loaded: Cli) -> None:
    assert loaded("token", "create") == 2
    assert loaded("token", "create", "--card", "20590000000001") == 2
    assert loaded("token", "create", "--staff", "nobody") == 2
    assert loaded("staff", "add", "x", "--library", "roubaix") == 2
    assert loaded("staff", "add", "x", "--library", "hem", "--role", "king") == 2
    assert loaded("staff", "add", "x", "--library", "hem") == 0
    assert loaded("staff", "add", "x", "--library", "hem") == 2


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


def test_several_files_are_all_looked_at_before_any_is_written(
    loaded: Cli, hem_file: Path, folder: Path
) -> None:
    prose = folder / "README.md"
    prose.write_text("no MARC", encoding="utf-8")
    assert loaded("import", str(hem_file), str(prose), "--library", "hem") == 2
    report = folder / "nowhere" / "report.json"
    assert loaded("import", str(hem_file), "--library", "hem", "--report", str(report)) == 2
    assert loaded("import", str(hem_file), "--library", "hem", "--json") == 0
    assert loaded.json()["publications_before"] == 0


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
