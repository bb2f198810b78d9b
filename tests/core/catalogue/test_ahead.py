"""A large file is read in a process of its own: the same records, the same refusals."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from navette.catalogue import ahead, prepared
from navette.catalogue.unimarc import profiles
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.errors import NotMarc, SourceError

GENERIC = profiles.load("generic")
Process = subprocess.Popen[bytes]


def a_record(number: int) -> bytes:
    return write_record(
        [
            ControlField("001", f"r{number}"),
            DataField("010", (("a", "9782070612758"),)),
            DataField("200", (("a", f"Titre {number}"), ("f", "Émile Zola")), "1"),
            DataField("700", (("a", "Zola"), ("b", "Émile"))),
            DataField("856", (("u", "https://example.org/a"),)),
            DataField("995", (("f", f"B{number}"), ("k", "R ZOL"))),
        ]
    )


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "WORTH_IT", 0)
    monkeypatch.setattr(ahead, "_cores", lambda: 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    processes: list[Process] = []
    popen = subprocess.Popen

    def starting(*arguments: Any, **more: Any) -> Process:
        processes.append(popen(*arguments, **more))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", starting)
    return processes


def here(path: Path) -> list[ahead.Outcome]:
    with path.open("rb") as stream:
        return list(ahead.prepared(stream, str(path), GENERIC))


def test_both_ways_give_the_same(tmp_path: Path, beside: None) -> None:
    path = tmp_path / "hem.mrc"
    whole = [a_record(n) for n in range(600)]
    path.write_bytes(b"".join([*whole[:300], b"rien\x1d", whole[300][:60], *whole[301:]]))
    found = list(ahead.outcomes(path, GENERIC))
    assert found == here(path)
    assert len(found) == 601
    assert {type(one) for one in found} == {type(one) for one in here(path)}
    first, same = found[0], here(path)[0]
    assert isinstance(first, prepared.Prepared)
    assert isinstance(same, prepared.Prepared)
    assert type(first.record.items[0]) is type(same.record.items[0])
    assert type(first.facts) is type(same.facts)


def test_what_is_no_marc_is_refused_as_it_would_be_here(tmp_path: Path, beside: None) -> None:
    path = tmp_path / "hem.mrc"
    path.write_bytes(b"bonjour\n" * 10)
    with pytest.raises(NotMarc) as refused:
        list(ahead.outcomes(path, GENERIC))
    assert str(refused.value) == f"{path}: no MARC record (ISO 2709) in it"


def test_a_reader_that_dies_is_no_end_of_the_file(
    tmp_path: Path, beside: None, started: list[Process]
) -> None:
    path = tmp_path / "hem.mrc"
    path.write_bytes(b"".join(a_record(n) for n in range(4000)))
    outcomes = ahead.outcomes(path, GENERIC)
    next(outcomes)
    started[0].kill()
    with pytest.raises(SourceError, match="ended too early"):
        list(outcomes)


def test_a_programme_that_was_exchanged_meanwhile_says_so(
    tmp_path: Path, beside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hem.mrc"
    path.write_bytes(a_record(1))
    monkeypatch.setattr(ahead, "SHAPE", ("title",))
    with pytest.raises(SourceError, match="exchanged"):
        list(ahead.outcomes(path, GENERIC))


def test_whoever_stops_reading_leaves_no_process_behind(
    tmp_path: Path, beside: None, started: list[Process]
) -> None:
    path = tmp_path / "hem.mrc"
    path.write_bytes(b"".join(a_record(n) for n in range(4000)))
    outcomes = ahead.outcomes(path, GENERIC)
    next(outcomes)
    outcomes.close()
    assert started[0].poll() is not None
