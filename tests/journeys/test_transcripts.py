"""Twelve journeys as a screen reader says them; docs/transcripts holds one whole reading.

TRANSCRIPTS=docs/transcripts writes the readings anew, to be reviewed like any other text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from journeys.browser import PHONE, Demonstration, Watched, sign_in
from journeys.main_pages import RECORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
READER = ROOT / "node_modules/@guidepup/virtual-screen-reader/lib/esm/index.browser.js"
ALICE = "20590000012345"
READ = """async (most) => {
  const { virtual } = globalThis.reader;
  await virtual.start({ container: document.querySelector("main") });
  for (let step = 0; step < most; step += 1) {
    await virtual.next();
    if ((await virtual.lastSpokenPhrase()).startsWith("end of main")) break;
  }
  const said = await virtual.spokenPhraseLog();
  await virtual.stop();
  return said;
}"""
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


class Listener:
    """Somebody who hears pages and sees none."""

    def __init__(self, page: Page) -> None:
        self.page = page
        source = READER.read_text(encoding="utf-8")
        exported = re.search(r"export\{([\w$]+) as Virtual,([\w$]+) as virtual\};", source)
        assert exported, "the reader's bundle changed its shape"
        self._reader = source.replace(
            exported.group(0), f"globalThis.reader = {{ virtual: {exported.group(2)} }};"
        )

    def hear(self, name: str, *expected: str, most: int = 160) -> Sequence[str]:
        """Listen to what is on the page; the expected phrases come in this order."""
        self.page.evaluate("(() => {" + self._reader + "\n})()")
        said = [str(one) for one in self.page.evaluate(READ, most)]
        _keep(name, said)
        at = 0
        for phrase in expected:
            found = next((n for n in range(at, len(said)) if phrase in said[n]), None)
            assert found is not None, (name, phrase, said[at : at + 40])
            at = found
        return said


def _keep(name: str, said: Sequence[str]) -> None:
    folder = os.environ.get("TRANSCRIPTS", "")
    if folder:
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
        (ROOT / folder / f"{name}.txt").write_text("\n".join(said) + "\n", encoding="utf-8")


@pytest.fixture
def listener(browsing: Callable[..., Watched]) -> Listener:
    if not READER.exists():
        pytest.skip("the virtual screen reader is not installed (npm ci --ignore-scripts)")
    return Listener(browsing(**PHONE, reduced_motion="reduce").page())


def test_journeys_of_anybody_are_heard_in_order(
    listener: Listener, demonstration: Demonstration
) -> None:
    page = listener.page
    page.goto("/")
    listener.hear(
        "01-accueil", "heading", "bibliothèques, une carte", "searchbox", "Ouvert aujourd’hui"
    )
    page.goto(RECORD)
    said = listener.hear(
        "02-chercher", "searchbox", "checkbox", "résultats", "Harry Potter", most=260
    )
    assert any(one.startswith("heading") and "level 3" in one for one in said)
    page.locator("#resultats .result a").first.click()
    page.get_by_role("heading", level=1).wait_for()
    said = listener.hear("03-fiche", "heading", "Où le retirer", "radio", "button, Réserver")
    stops = [one for one in said if one.startswith("radio")]
    assert len(stops) == 5, "the line is a list of radio buttons"
    assert all("dès" in one or "jour" in one or "demain" in one for one in stops)
    assert [
        n
        for n, name in enumerate(("Hem", "Lannoy", "Leers", "Lys", "Toufflers"))
        if name in stops[n]
    ] == [0, 1, 2, 3, 4]
    page.goto("/bibliotheques")
    listener.hear("04-bibliotheques", "Bibliothèques et horaires", "heading")
    page.goto("/connexion")
    listener.hear(
        "05-entrer", "heading, Entrer", "textbox, Numéro de carte", "Mot de passe", "button, Entrer"
    )
    page.goto("/numerique")
    listener.hear("06-numerique", "Tout de suite, en numérique")


def test_journeys_of_a_person_are_heard_in_order(
    listener: Listener, demonstration: Demonstration
) -> None:
    page = listener.page
    sign_in(page, ALICE, demonstration.password(ALICE))
    page.goto(RECORD)
    page.locator("#resultats .result a").nth(2).click()
    page.get_by_role("button", name="Réserver").first.click()
    page.wait_for_url("**/reserver?**")
    listener.hear(
        "07-reserver",
        "Pour qui est-ce",
        "radio, Alice",
        "Où le retirer",
        "radio",
        "button, Réserver",
    )
    page.get_by_role("button", name="Réserver").first.click()
    page.get_by_role("heading", name="C’est réservé").wait_for()
    listener.hear("08-reserve", "C’est réservé", "Voir mes réservations", "button, Annuler")
    page.get_by_role("button", name="Annuler").click()
    page.locator("main > .toast").wait_for()
    page.goto("/reservations")
    said = listener.hear(
        "09-mes-documents", "Mes documents", "À retirer", "À rendre", "Prolonger", most=260
    )
    verbs = [one for one in said if one.startswith(("button, Annuler", "button, Prolonger"))]
    assert len(set(verbs)) == len(verbs), "no two verbs sound the same"
    page.goto("/carte")
    listener.hear("10-ma-carte", "Ma carte", "Code-barres de la carte", "2059")
    page.goto("/notifications")
    listener.hear("11-alertes", "heading")
    page.goto("/famille")
    listener.hear("12-famille", "Ma famille", "heading")
