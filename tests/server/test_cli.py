"""The command line: what it prints, and the exit code that scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import NETWORK, Cli
from navette_server.cli import WHERE


def test_every_command_explains_itself(cli: Cli) -> None:
    for name in WHERE:
        assert cli(name, "--help") == 0
        assert "Usage: navette " + name in cli.out


def test_a_command_that_does_not_exist_is_wrong_usage(cli: Cli) -> None:
    assert cli("frobnicate") == 2
    assert "No such command" in cli.err


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
