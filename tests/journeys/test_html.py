"""The HTML of the main pages is valid, as html-validate reads the standard."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from journeys.main_pages import DESK, PERSONAL, PUBLIC
from journeys.town import Town
from pages import Person
from small_catalogue import LAST_TOME

HERE = Path(__file__).resolve()
TOOL = HERE.parents[2] / "node_modules" / ".bin" / "html-validate"
SAMPLES = "/style"  # a gallery: it shows a part several times, with its id
pytestmark = pytest.mark.slow


@pytest.fixture
def written(tmp_path: Path) -> Path:
    if not TOOL.exists() or shutil.which("node") is None:
        pytest.skip("html-validate is not installed (npm ci --ignore-scripts)")
    folder = tmp_path / "pages"
    folder.mkdir()
    return folder


def keep(folder: Path, who: str, person: Person, path: str) -> None:
    """Write the page as a file named after its address."""
    answer = person.http.get(path)
    assert answer.status_code in {200, 404}, (path, answer.status_code)
    name = "".join(letter if letter.isalnum() else "-" for letter in path)
    (folder / f"{who}{name}.html").write_text(answer.text, encoding="utf-8")


def test_main_pages_are_valid_html(town: Town, written: Path, tmp_path: Path) -> None:
    town.load_catalogues(tmp_path)
    nobody = town.somebody()
    for path in {*PUBLIC, "/recherche?q=potter"} - {SAMPLES}:
        keep(written, "nobody", nobody, path)
    emma, card = town.patron("Emma Delattre", "hem")
    emma.press("Chercher", q="enfant maudit")
    emma.follow(LAST_TOME)
    keep(written, "emma", emma, emma.page.path)
    emma.press("Réserver", retrait="hem")
    keep(written, "emma", emma, emma.page.path)
    emma.press("Réserver")
    keep(written, "emma", emma, emma.page.path)
    hem = town.desk("hem")
    _with_everything(hem, written, card)
    for path in PERSONAL:
        keep(written, "emma", emma, path)
    for path in DESK:
        keep(written, "hem", hem, path)
    assert _problems(written) == []


def _with_everything(hem: Person, written: Path, card: str) -> None:
    """Let the desk's page show an instruction, an open card and a question."""
    for code in ("H0001", card, "H0001"):
        if code == "H0001":
            hem.open("/bureau")
        shown = hem.press("Valider", barcode=code)
        (written / f"scan-{len(list(written.iterdir()))}.html").write_text(shown.source)


def _problems(folder: Path) -> list[str]:
    config = HERE.with_name("htmlvalidate.json")
    report = folder.with_suffix(".json")
    done = subprocess.run(
        [str(TOOL), "--config", str(config), "--formatter", f"json={report}", str(folder)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert report.exists(), done.stderr
    return sorted(
        f"{Path(file['filePath']).name}: {m['ruleId']}: {m['message']}"
        f" ({m.get('selector')}, line {m['line']})"
        for file in json.loads(report.read_text())
        for m in file["messages"]
    )
