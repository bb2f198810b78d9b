"""kill -9 of the index's writer at any instant: the next one finds everything again."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.search.shelf import by, names_in
from factories import LONG_AGO, a_record
from fakes import FrozenClock
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.storage.changes import note
from navette.storage.unit import Unit

PROGRAM = Path(__file__).with_name("doomed.py")
TESTS = Path(__file__).resolve().parents[2]
INSTANTS = [
    *("names", "committed", "building", "built"),
    *(f"commit+{milliseconds}" for milliseconds in (0, 2, 5, 12, 30)),
    *("commit.del", "commit.store", "commit.term"),
]


def killed_at(instant: str, url: str, folder: Path) -> int:
    done = subprocess.run(
        [sys.executable, PROGRAM, url, folder, instant],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    return done.returncode


def _called_otherwise(unit: Unit, records: list[int]) -> None:
    named = 'UPDATE record SET authors = \'[{"name": "Eve", "role": "author"}]\' WHERE id = '
    for record in records:
        unit.write(lambda tx, r=record: tx.driver.execute(f"{named}{r}"))  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.parametrize("instant", INSTANTS)
def test_nothing_is_missing_after_a_kill(
    instant: str,
    unit: Unit,
    database_url: str,
    folder: Path,
    index: SearchIndex,
    writer: IndexWriter,
) -> None:
    known = [a_record(unit, f"Volume {n}", **by(f"Ada {n % 3}")) for n in range(20)]
    writer.follow()
    writer.close()
    _called_otherwise(unit, known[:5])
    unit.write(lambda tx: note(tx, "record", known, LONG_AGO))
    for n in range(20, 60):
        a_record(unit, f"Volume {n}", **by(f"Ada {n % 7}"))
    killed_at(instant, database_url, folder)
    assert index.search("volume").total >= 20, "whoever searches still finds a whole index"
    while writer.follow():
        pass
    assert index.search("volume", first=100).total == 60
    a_record(unit, "Volume 60")
    assert writer.follow() == 1, "later commits are not blocked by what was left behind"
    found = [hit.record_id for hit in index.search("volume", first=100).hits]
    assert len(found) == len(set(found)) == 61
    followed = names_in(folder)
    assert writer.rebuild() == 61
    assert followed == names_in(folder), "every name with the number of its records"
    assert followed["author Eve"] == 5
    assert not list(folder.glob("building-*"))


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.one_database
def test_killed_again_and_again_it_heals_every_time(
    unit: Unit, database_url: str, folder: Path, clock: FrozenClock
) -> None:
    """Sixty kills of one index at instants drawn by lot, facts coming in before each of them."""
    chance = random.Random(59)
    index = SearchIndex(folder, unit)
    known = [a_record(unit, "Volume", **by(f"Ada {n % 9}")) for n in range(20)]
    first = IndexWriter(folder, unit, clock, pace=0)
    first.follow()
    first.close()
    for turn in range(60):
        before = len(known)
        known += [
            a_record(unit, "Volume", **by(f"Ada {(before + n) % 9}"))
            for n in range(chance.randint(1, 30))
        ]
        touched = chance.sample(known, 5)
        unit.write(lambda tx, ids=touched: note(tx, "record", ids, LONG_AGO))  # type: ignore[misc]
        late = f"commit+{chance.uniform(0, 40):.1f}"
        killed_at(chance.choice([*INSTANTS, late, late]), database_url, folder)
        assert index.search("volume").total >= before, (
            f"turn {turn}: whoever searches finds a whole index"
        )
        healing = IndexWriter(folder, unit, clock, pace=0)
        while healing.follow():
            pass
        assert index.search("volume").total == len(known), f"turn {turn}"
        healing.close()
        borne = Counter(f"author Ada {at % 9}" for at in range(len(known)))
        assert names_in(folder) == borne, f"turn {turn}"
    found = {h.record_id for h in index.search("volume", first=100).hits}
    assert len(found) == 100
    shutil.rmtree(folder, ignore_errors=True)  # merges of the last writers may still be ending
