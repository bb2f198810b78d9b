"""The round in a driver's hand: land there, load everything after one question, undo it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from journeys.browser import DESK, PHONE, Demonstration, Watched
from journeys.test_access_in_chromium import AXE, RULES, Checker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def team(check: Checker, login: str, demonstration: Demonstration) -> None:
    """Sign in at the team's door, wherever it leads."""
    page = check.page
    page.goto("/connexion/personnel")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(demonstration.password(login))
    page.get_by_role("button", name="Entrer", exact=True).click()
    page.wait_for_url("**/bureau**")


@pytest.fixture
def _with_axe() -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed (npm ci --ignore-scripts)")


@pytest.mark.usefixtures("_with_axe")
def test_a_driver_loads_what_waits_at_a_stop_and_takes_it_out_again(
    browsing: Callable[..., Watched], demonstration: Demonstration
) -> None:
    check = Checker(browsing(**PHONE, reduced_motion="reduce").page(), RULES)
    page = check.page
    team(check, "navette", demonstration)
    page.wait_for_url("**/bureau/navette")
    check.look("the round")
    waiting = page.locator(".van-line a", has_text=re.compile(r"Prendre\s[1-9]"))
    assert waiting.count(), "the demonstration has crates that wait"
    before = waiting.first.inner_text()
    waiting.first.click()
    page.get_by_role("link", name="Tout est chargé").click()
    check.look("one question")
    page.get_by_role("button", name="Oui, tout à bord").click()
    page.get_by_role("button", name="Annuler le chargement").wait_for()
    check.look("loaded")
    loaded = page.locator(".van-line a[aria-current]").inner_text()
    assert re.search(r"Prendre\s0", loaded)
    page.get_by_role("button", name="Annuler le chargement").click()
    page.get_by_text("comme avant").wait_for()
    assert page.locator(".van-line a[aria-current]").inner_text() == before
    page.locator("#scan").fill("XX-UNKNOWN")
    page.locator("#scan").press("Enter")
    page.locator("#consigne .big", has_text="Inconnu").wait_for()
    check.look("an unknown number")
    assert check.wrong == {}


@pytest.mark.usefixtures("_with_axe")
def test_the_coordinator_cancels_a_round_and_brings_it_back(
    browsing: Callable[..., Watched], demonstration: Demonstration
) -> None:
    check = Checker(browsing(**DESK, reduced_motion="reduce").page(), RULES)
    page = check.page
    team(check, "coordination", demonstration)
    page.goto("/bureau/navette")
    page.get_by_text("Changer une tournée").click()
    page.get_by_label("Pourquoi").fill("Verglas")
    check.look("the coordinator's part")
    page.get_by_role("button", name="Annuler la tournée").click()
    page.get_by_text("Tournée annulée.").wait_for()
    check.look("a cancelled round")
    page.get_by_text("Changer une tournée").click()
    page.get_by_role("button", name="Rétablir la tournée").click()
    page.get_by_text("Tournée annulée.").wait_for(state="detached")
    assert page.locator("#scan").count() == 1
    assert check.wrong == {}
