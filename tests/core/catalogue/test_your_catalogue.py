"""The page about one's own catalogue keeps its word: its profile is read, and reads what it says."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path

import pytest

from fakes import FrozenClock
from navette.catalogue import source_profiles
from navette.catalogue.importing import import_file
from navette.catalogue.rereading import reread
from navette.catalogue.unimarc import iso2709, profiles
from navette.catalogue.unimarc.parsed import ParsedRecord
from navette.catalogue.unimarc.profiles import UnknownProfile
from navette.catalogue.unimarc.reading import parse
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.errors import SourceError
from navette.network.network import Network
from navette.storage.unit import Unit

PAGE = (Path(__file__).parents[3] / "docs" / "your-catalogue.md").read_text("utf-8")
PROFILE = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]


def a_record(line: str) -> bytes:
    """A record with the copy that a line of the page's table writes."""
    subfields = tuple((part[0], part[1:].strip()) for part in line.split("$")[1:])
    return write_record(
        [ControlField("001", "1"), DataField("200", (("a", "T"),)), DataField("995", subfields)]
    )


def read(line: str) -> ParsedRecord:
    raw = next(iso2709.read(io.BytesIO(a_record(line))))
    assert isinstance(raw, iso2709.RawRecord)
    return parse(raw, profiles.from_toml("mine", tomllib.loads(PROFILE)))


def lines() -> list[str]:
    return re.findall(r"\| `995 ([^`]+)` \|", PAGE)


def test_the_worked_profile_reads_copies_as_the_page_says() -> None:
    large, issue, elsewhere = map(read, lines())
    item = large.items[0]
    assert (item.barcode, item.library, item.not_for_loan) == ("0123456", "hem", True)
    assert item.section == "Facile à lire"
    assert (large.type, large.adapted) == ("large_print", ("large_print", "easy_to_read"))
    assert (issue.type, issue.items[0].library) == ("magazine", "hem")
    assert (issue.items[0].volume_key, issue.items[0].volume_label) == ("412", "412")
    assert elsewhere.items[0].library is None


def test_kinds_named_on_the_page_are_all_there_are() -> None:
    for name in (*profiles.KINDS, *profiles.ADAPTED):
        assert re.search(rf"\b{name}\b", PAGE), name
    for name in profiles.known():
        if name not in {"hem", "lannoy", "leers", "lys", "toufflers"}:
            assert f"`{name}`" in PAGE


def test_a_profile_of_ones_own_is_kept_with_what_it_read(
    unit: Unit, network: Network, tmp_path: Path, clock: FrozenClock
) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(PROFILE, "utf-8")
    profile, content = source_profiles.read_file(own)
    unit.write(lambda tx: source_profiles.keep(tx, "mine", content))
    file = tmp_path / "hem.mrc"
    file.write_bytes(a_record(lines()[0]))
    for _ in range(2):
        report = import_file(unit, file, "hem", "mine", now=clock.now())
    assert (report.profile, report.records_unchanged) == ("mine", 1)
    assert reread(unit, now=clock.now())[0].items_read == 1
    with unit.read() as reader:
        assert source_profiles.named(reader, "mine") == profile
        assert "mine" in source_profiles.known(reader)
        with pytest.raises(UnknownProfile):
            source_profiles.named(reader, "absent")


@pytest.mark.parametrize(
    "content",
    [
        "[items",
        '[items]\nbarcod = "f"',
        '[values.item_type]\nLIV = "book"',
        '[values.audiences]\nJ = "children"',
        "[record]\ntitles_in_capital = true",
        '[library]\nHEM = "hem"',
        "[items]\nbarcode = 3",
        "\x00",
        "",
    ],
)
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.toml"
    if content:
        path.write_text(content, "utf-8")
    with pytest.raises(SourceError, match="no profile"):
        source_profiles.read_file(path)
