"""The command line, run in this process: exit code, what it printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from navette_server.cli import main

NETWORK = Path(__file__).parent / "network_of_tests.toml"


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
