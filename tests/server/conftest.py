"""What tests of the command line start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from command_line import NETWORK, Cli
from navette_server.demo.catalogue_files import build_files


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
