"""kill -9 during an import: what is there is whole, and the same command completes it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from navette.catalogue.ahead import WORTH_IT
from navette.catalogue.unimarc.writing import ControlField, DataField, general_data, write_record
from navette_server.benching.importing import NETWORK

RECORDS = 4000
pytestmark = [pytest.mark.slow, pytest.mark.one_database]
# What must never be seen, whatever moment the kill chose.
HALVES = {
    "a record without description": "SELECT count(*) FROM record r WHERE NOT EXISTS"
    " (SELECT 1 FROM source_record s WHERE s.record_id = r.id)",
    "a description without its copy": "SELECT count(*) FROM source_record s WHERE NOT EXISTS"
    " (SELECT 1 FROM item i WHERE i.source_record_id = s.id)",
    "a record that no key finds": "SELECT count(*) FROM record r WHERE NOT EXISTS"
    " (SELECT 1 FROM match_key k WHERE k.record_id = r.id)",
    "a record that no index is told of": "SELECT count(*) FROM record r WHERE NOT EXISTS"
    " (SELECT 1 FROM change c WHERE c.subject_id = r.id)",
}


# A file of short records is read by one process, a longer one by two.
SHORT, LONG = "", "Il était une fois. " * 16


def a_record(number: int, summary: str) -> bytes:
    return write_record(
        [
            ControlField("001", f"r{number}"),
            DataField("100", (("a", general_data("20200101", 1990 + number % 30)),)),
            DataField("200", (("a", f"Titre {number} fois {number * 7919}"),), "1"),
            DataField("700", (("a", f"Auteur{number % 97}"), ("b", "Emma"))),
            DataField("330", (("a", summary),)),
            DataField("995", (("f", f"B{number:06d}"), ("k", "R TIT"))),
        ]
    )


def navette(data: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NAVETTE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "navette_server.cli", *arguments],
        env=environment | {"NAVETTE_DATA_DIR": str(data), "NAVETTE_ENV": "development"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def done(data: Path, *arguments: str) -> None:
    assert navette(data, *arguments).wait(120) == 0


def count(data: Path, question: str) -> int:
    connection = sqlite3.connect(data / "navette.db", timeout=10)
    try:
        return int(connection.execute(question).fetchone()[0])
    finally:
        connection.close()


@pytest.mark.parametrize("summary", [SHORT, LONG], ids=["one process", "two processes"])
def test_a_killed_import_leaves_whole_batches_and_is_completed_by_the_same_command(
    tmp_path: Path, summary: str
) -> None:
    data, file = tmp_path / "var", tmp_path / "hem.mrc"
    data.mkdir()
    file.write_bytes(b"".join(a_record(number, summary) for number in range(RECORDS)))
    assert (file.stat().st_size > WORTH_IT) == bool(summary)
    done(data, "db", "upgrade")
    done(data, "network", "load", str(NETWORK))
    importing = ("import", str(file), "--library", "hem", "--profile", "generic")
    kept = 0
    for _ in range(3):
        process = navette(data, *importing)
        until = time.monotonic() + 60
        while count(data, "SELECT count(*) FROM source_record") <= kept:
            assert process.poll() is None, "it was over before it could be killed"
            assert time.monotonic() < until
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = count(data, "SELECT count(*) FROM source_record")
        found = {what: count(data, question) for what, question in HALVES.items()}
        assert found == dict.fromkeys(HALVES, 0)
        assert count(data, "SELECT count(*) FROM pragma_foreign_key_check") == 0
        if kept > RECORDS // 2:
            break
    assert 0 < kept < RECORDS
    done(data, *importing)
    for thing in ("source_record", "record", "item"):
        assert count(data, f"SELECT count(*) FROM {thing}") == RECORDS
    assert count(data, "SELECT count(DISTINCT local_id) FROM source_record") == RECORDS
