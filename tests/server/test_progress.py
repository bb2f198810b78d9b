"""Long work says how far it is, how fast it goes, and how much time remains."""

from __future__ import annotations

import io
import re
import time

import pytest
from rich.console import Console

from navette_server import console


def test_rate_and_remaining_time_are_shown_while_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(
        console, "Console", lambda **_: Console(file=shown, force_terminal=True, width=160)
    )
    with console.progress("hem.mrc") as advance:
        for done in (0, 200, 400, 600):
            advance(done, 100_000)
            time.sleep(0.06)
    lines = [line for line in re.split(r"[\r\n]", shown.getvalue()) if "600/100000" in line]
    assert lines, "how far it is"
    rate = re.search(r"([\d,]+)/s", lines[-1])
    assert rate
    per_second = int(rate[1].replace(",", ""))
    assert 0 < per_second <= 200 / 0.06
    *_, elapsed, remaining = re.findall(r"\d+:\d\d:\d\d", lines[-1])
    assert elapsed == "0:00:00"
    minutes, seconds = map(int, remaining.split(":")[1:])
    assert minutes * 60 + seconds == pytest.approx(99_400 / per_second, abs=3, rel=0.1)


def test_who_asked_for_json_sees_none_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress("hem.mrc", quiet=True) as advance:
        advance(1, 2)
    assert capsys.readouterr() == ("", "")
