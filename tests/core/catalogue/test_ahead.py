"""A large file is read by two processes: the same records in order, the same refusals."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from navette.catalogue import ahead, beside, prepared
from navette.catalogue.beside import Beside, Outcome
from navette.catalogue.unimarc import iso2709, profiles
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.errors import NotMarc, SourceError

GENERIC = profiles.load("generic")
Process = subprocess.Popen[bytes]


FAST, SLOW, LATE, ABSENT = "answers at once", "answers late", "greets late", "never greets"


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
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "WORTH_IT", 0)
    monkeypatch.setattr(ahead, "_cores", lambda: 2)
    monkeypatch.setattr(iso2709, "_BLOCK", 10_000)


@pytest.fixture
def waiting(two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the import wait for the other process rather than read itself."""
    pace(monkeypatch, FAST)


def pace(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Fix what else depends on which process is the quicker one."""
    greets, asked = Beside.greets, 0

    def later(self: Beside, *, wait: bool = False) -> bool:
        nonlocal asked
        asked += 1
        return how != ABSENT and (how != LATE or asked > 3) and greets(self, wait=True)

    monkeypatch.setattr(Beside, "greets", later)
    monkeypatch.setattr(Beside, "answers", lambda _: how == FAST)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    processes: list[Process] = []
    popen = subprocess.Popen

    def starting(*arguments: Any, **more: Any) -> Process:
        processes.append(popen(*arguments, **more))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", starting)
    return processes


def here(path: Path) -> list[Outcome]:
    with path.open("rb") as stream:
        return list(ahead.prepared(stream, str(path), GENERIC))


@pytest.mark.parametrize("how", [FAST, SLOW, LATE, ABSENT])
def test_both_ways_give_the_same_whoever_is_quicker(
    tmp_path: Path, two: None, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    pace(monkeypatch, how)
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


def test_a_slow_process_is_asked_for_a_little_only(
    tmp_path: Path, two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace(monkeypatch, SLOW)
    ask, answer, open_questions = Beside.ask, Beside.answer, [0]

    def asking(self: Beside, position: int, block: bytes) -> None:
        open_questions.append(open_questions[-1] + 1)
        ask(self, position, block)

    def answering(self: Beside) -> list[Outcome]:
        open_questions.append(open_questions[-1] - 1)
        return answer(self)

    monkeypatch.setattr(Beside, "ask", asking)
    monkeypatch.setattr(Beside, "answer", answering)
    path = tmp_path / "hem.mrc"
    path.write_bytes(b"".join(a_record(n) for n in range(2000)))
    assert len(list(ahead.outcomes(path, GENERIC))) == 2000
    asked = sum(a < b for a, b in pairwise(open_questions))
    blocks = path.stat().st_size // 10_000
    assert 5 <= asked < blocks, "the import read a part itself"
    assert max(open_questions) == 5


def test_what_is_no_marc_is_refused_as_it_would_be_here(tmp_path: Path, waiting: None) -> None:
    path = tmp_path / "hem.mrc"
    path.write_bytes(b"bonjour\n" * 10)
    with pytest.raises(NotMarc) as refused:
        list(ahead.outcomes(path, GENERIC))
    assert str(refused.value) == f"{path}: no MARC record (ISO 2709) in it"


def test_a_reader_that_dies_is_no_end_of_the_file(
    tmp_path: Path, waiting: None, started: list[Process]
) -> None:
    path = tmp_path / "hem.mrc"
    path.write_bytes(b"".join(a_record(n) for n in range(4000)))
    outcomes = ahead.outcomes(path, GENERIC)
    next(outcomes)
    started[0].kill()
    with pytest.raises(SourceError, match="ended too early"):
        list(outcomes)


def test_a_programme_that_was_exchanged_meanwhile_says_so(
    tmp_path: Path, waiting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hem.mrc"
    path.write_bytes(a_record(1))
    monkeypatch.setattr(beside, "SHAPE", ("title",))
    with pytest.raises(SourceError, match="exchanged"):
        list(ahead.outcomes(path, GENERIC))


def test_whoever_stops_reading_leaves_no_process_behind(
    tmp_path: Path, waiting: None, started: list[Process]
) -> None:
    path = tmp_path / "hem.mrc"
    path.write_bytes(b"".join(a_record(n) for n in range(4000)))
    outcomes = ahead.outcomes(path, GENERIC)
    next(outcomes)
    outcomes.close()
    assert started[0].poll() is not None


XML = '<collection xmlns="http://www.loc.gov/MARC21/slim">{}</collection>'
A_RECORD = (
    "<record><leader>00000nam0 2200000   450 </leader>"
    '<controlfield tag="001">r{}</controlfield>'
    '<datafield tag="200" ind1="1" ind2=" "><subfield code="a">Titre {}</subfield></datafield>'
    "</record>"
)


def test_what_cannot_be_cut_into_blocks_is_read_by_the_other_process(
    tmp_path: Path, two: None
) -> None:
    path = tmp_path / "hem.xml"
    path.write_text(XML.format("".join(A_RECORD.format(n, n) for n in range(600))), "utf-8")
    found = list(ahead.outcomes(path, GENERIC))
    assert found == here(path)
    assert len(found) == 600


def test_xml_that_is_refused_is_refused_from_over_there_too(tmp_path: Path, two: None) -> None:
    path = tmp_path / "hem.xml"
    path.write_text(f'<!DOCTYPE a [<!ENTITY b "c">]>{XML.format("")}', "utf-8")
    with pytest.raises(SourceError):
        list(ahead.outcomes(path, GENERIC))


@pytest.mark.parametrize("by", ["another", "nothing"])
def test_a_file_that_takes_the_place_of_another_is_not_read_in_between(
    tmp_path: Path, waiting: None, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """A delivery is renamed to the same name while the import of the one before begins."""
    path, newer = tmp_path / "hem.mrc", tmp_path / "new.mrc"
    path.write_bytes(b"".join(a_record(n) for n in range(300)))
    newer.write_bytes(b"".join(a_record(n) for n in range(1300, 1600)))
    begin = Beside.__init__

    def overtaken(self: Beside, *given: Any) -> None:
        if by == "another":
            newer.replace(path)
        else:
            path.unlink()
        begin(self, *given)

    monkeypatch.setattr(Beside, "__init__", overtaken)
    with pytest.raises(SourceError, match="another file has taken its place"):
        list(ahead.outcomes(path, GENERIC))
