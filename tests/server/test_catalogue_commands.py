"""`navette catalogue` and a profile of one's own, as a script sees them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette_server.cli import main

NETWORK = Path(__file__).parents[1] / "network_of_tests.toml"
Told = tuple[int, Any, str]
Command = Callable[..., Told]


@pytest.fixture
def navette(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sqlite_template: Path,
) -> Command:
    """Run a command with --json on a data folder of its own: code, answer, what was complained."""
    for name in ("NAVETTE_DATABASE_URL", "DATA_DIR", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NAVETTE_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    shutil.copy(sqlite_template, tmp_path / "data" / "navette.db")

    def run(*arguments: str) -> Told:
        with pytest.raises(SystemExit) as left:
            main((*arguments, "--json"))
        out, err = capsys.readouterr()
        return int(left.value.code or 0), json.loads(out) if out else None, err

    assert run("network", "load", str(NETWORK))[0] == 0
    return run


def a_file(folder: Path, name: str, shelf: str = "A") -> Path:
    path = folder / f"{name}.mrc"
    path.write_bytes(
        write_record(
            [
                ControlField("001", f"{name}1"),
                DataField("010", (("a", "9782070612758"),)),
                DataField("200", (("a", "Le petit prince"),), "1"),
                DataField("995", (("f", f"B{name}"), ("e", shelf))),
            ]
        )
    )
    return path


def test_records_are_explained_parted_and_joined(navette: Command, tmp_path: Path) -> None:
    for library in ("hem", "lys"):
        file = str(a_file(tmp_path, library))
        assert navette("import", file, "--library", library, "--profile", "generic")[0] == 0
    code, group, _ = navette("catalogue", "why", "1")
    assert (code, [d["local_id"] for d in group["descriptions"]]) == (0, ["hem1", "lys1"])
    code, parted, _ = navette("catalogue", "part", "1", "lys:lys1")
    assert code == 0
    assert parted["record"] != 1
    assert len(navette("catalogue", "why", "1")[1]["descriptions"]) == 1
    assert navette("catalogue", "join", str(parted["record"]), "1") == (
        0,
        {"record": 1, "holds": 0},
        "",
    )
    assert len(navette("catalogue", "why", "1")[1]["descriptions"]) == 2
    assert navette("catalogue", "part", "1", "leers:x")[0] == 2
    assert navette("catalogue", "why", "4711")[0] == 2


def test_a_profile_of_ones_own_is_used_kept_and_read_again_by(
    navette: Command, tmp_path: Path
) -> None:
    file, own = str(a_file(tmp_path, "hem", "GV")), tmp_path / "mine.toml"
    own.write_text('[items]\nbarcode = "f"\nsection = "e"\n', "utf-8")
    bring = ("import", file, "--library", "hem", "--profile")
    code, rehearsed, _ = navette(*bring, str(own), "--dry-run")
    assert (code, rehearsed["profile"], len(rehearsed["samples"])) == (0, "mine", 1)
    assert navette(*bring, "mine")[0] == 2, "a rehearsal keeps nothing"
    assert navette(*bring, str(own))[1]["items_created"] == 1
    own.write_text(own.read_text("utf-8") + '[values.adapted]\nGV = "large_print"\n', "utf-8")
    assert navette(*bring, str(own))[1]["records_updated"] == 1, "the same bytes mean more now"
    assert navette(*bring, "mine")[1]["records_unchanged"] == 1
    code, told, _ = navette("catalogue", "reread", "--library", "hem")
    assert (code, told[0]["records_read"], told[0]["items_read"]) == (0, 1, 1)
    own.write_text("[items", "utf-8")
    code, _, complained = navette(*bring, str(own))
    assert code == 2
    assert "no profile" in complained
    assert navette("catalogue", "reread", "--profile", "absent")[0] == 2


def test_a_folder_in_the_place_of_a_file_is_called_a_folder(
    navette: Command, tmp_path: Path
) -> None:
    code, told, _ = navette("import", str(tmp_path), "--library", "hem")
    assert code == 2
    assert told["message"] == f"{tmp_path}: it is a folder; name the files in it"


def test_copies_that_are_described_no_more_are_listed_and_declared_missing(
    navette: Command, tmp_path: Path
) -> None:
    bring = ("import", "--library", "hem", "--profile", "generic")
    assert navette(*bring, str(a_file(tmp_path, "hem")))[0] == 0
    bare = write_record(
        [ControlField("001", "hem1"), DataField("200", (("a", "Le petit prince"),))]
    )
    (tmp_path / "hem.mrc").write_bytes(bare)
    assert navette(*bring, str(tmp_path / "hem.mrc"))[0] == 0
    look = ("catalogue", "undescribed", "--library", "hem")
    told = {
        "library": "hem",
        "standing": 1,
        "undescribed": [{"barcode": "BHEM", "title": "Le petit prince"}],
        "declared_missing": 0,
    }
    assert navette(*look) == (0, told, "")
    assert navette(*look, "--missing") == (3, told, "")
    assert navette(*look, "--missing", "--confirm") == (0, told | {"declared_missing": 1}, "")
    assert navette(*look)[1]["standing"] == 0
    assert navette("catalogue", "undescribed", "--library", "mars")[0] == 2
