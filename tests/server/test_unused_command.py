"""`navette patrons unused`: the cards that a desk may look at, by library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from factories import LONG_AGO, a_network, a_patron
from navette.storage.database import open_unit
from navette_server.cli import main


def test_unused_cards_are_listed_by_library(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "navette.db").write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("NAVETTE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NAVETTE_CLOCK", "2027-06-01T09:00:00+00:00")
    unit = open_unit(f"sqlite:///{tmp_path}/navette.db")
    a_network(unit)
    a_patron(unit, "leers", card="20590000000777")
    unit.close()

    def told(*more: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(("patrons", "unused", *more))
        return int(left.value.code or 0), capsys.readouterr().out

    code, out = told("--library", "leers", "--json")
    one = {"card": "20590000000777", "library": "leers", "used_on": f"{LONG_AGO:%Y-%m-%d}"}
    assert (code, json.loads(out)) == (0, {"cards": [one]})
    assert json.loads(told("--library", "hem", "--json")[1]) == {"cards": []}
    assert told("--library", "roubaix")[0] == 2
