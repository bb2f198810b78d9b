"""A dry run shows how twenty records are written, stand and would stand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from navette.catalogue.importing import import_file
from navette.catalogue.reporting import ImportReport
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.network.network import Network
from navette.storage.unit import Unit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def a_record(number: int, title: str = "L'été") -> bytes:
    return write_record(
        [
            ControlField("001", f"{number:04d}"),
            DataField("010", (("a", f"978207061{number:04d}"),)),
            DataField("200", (("a", f"{title} {number}"),), "1"),
            DataField("210", (("c", "Gallimard"), ("d", "2007"))),
            DataField("215", (("a", "97 p."),)),
            DataField("700", (("a", "Sand"), ("b", "George"))),
            DataField("995", (("f", f"B{number}"),)),
        ]
    )


def bring(unit: Unit, path: Path, library: str, *records: bytes, dry: bool) -> ImportReport:
    path.write_bytes(b"".join(records))
    return import_file(unit, path, library, "generic", now=NOW, dry_run=dry)


def test_new_changed_and_joined_records_are_shown(
    unit: Unit, network: Network, tmp_path: Path
) -> None:
    path = tmp_path / "file.mrc"
    bring(unit, path, "hem", a_record(1), dry=False)
    changed = bring(unit, path, "hem", a_record(1, "Un été"), a_record(2), dry=True)
    new, old = changed.samples[1], changed.samples[0]
    assert (old.id_001, old.change, new.change) == ("0001", "updated", "created")
    assert old.before.startswith("L'été 1 / George Sand - Gallimard, 2007 - 97 p.")
    assert old.after.startswith("Un été 1 / George Sand")
    assert old.written == r"$aUn \xc3\xa9t\xc3\xa9 1"
    assert (new.before, new.after[:7]) == ("", "L'été 2")
    joined = bring(unit, path, "lys", a_record(1), dry=True).samples[0]
    assert (joined.change, joined.before) == ("joined", joined.after)
    assert changed.as_json()["samples"][0]["id_001"] == "0001"


def test_twenty_are_taken_from_the_whole_file_and_none_when_it_is_no_rehearsal(
    unit: Unit, network: Network, tmp_path: Path
) -> None:
    records = [a_record(number) for number in range(1200)]
    report = bring(unit, tmp_path / "file.mrc", "hem", *records, dry=True)
    assert len(report.samples) == 20
    assert any(int(sample.id_001) > 600 for sample in report.samples)
    assert any(int(sample.id_001) < 600 for sample in report.samples)
    real = bring(unit, tmp_path / "file.mrc", "hem", *records[:3], dry=False)
    assert real.samples == []
    assert "samples" not in real.as_json()
