"""A desk whose line is down: scans are noted, sent in order, and what lost is said (E25)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route

from in_chromium import CONTROLLED, IN_CHROMIUM

pytestmark = IN_CHROMIUM


@pytest.fixture
def sent(opened: Page) -> list[dict[str, Any]]:
    """What reaches the GraphQL endpoint; the second scan lost against another desk."""
    got: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        given = json.loads(route.request.post_data or "{}")["variables"]["input"]
        got.append(given)
        said = {"__typename": "ItemScanned", "instruction": "RESHELVE", "message": "En rayon"}
        if given["barcode"] == "I2":
            said = {"__typename": "WrongState", "code": "WRONG_STATE", "message": "Déjà ailleurs."}
        route.fulfill(json={"data": {"scanItem": said}})

    opened.context.route("**/graphql", answer)
    return got


def scan(page: Page, code: str) -> None:
    page.locator("#scan").fill(code)
    page.keyboard.press("Enter")


def test_scans_without_network_are_noted_and_sent_in_order(
    agent: int, opened: Page, sent: list[dict[str, Any]]
) -> None:
    opened.goto("/bureau")
    opened.evaluate(CONTROLLED)
    opened.context.set_offline(True)
    for code in ("I1", "I1", "I2"):  # a double beep is one scan
        scan(opened, code)
    lines = opened.locator("[data-scans] [data-barcode]")
    assert lines.all_inner_texts() == ["I1", "I2"]
    opened.goto("/bureau")  # reloaded without network: it goes on
    opened.get_by_role("heading", name="Pas de réseau au bureau.").wait_for()
    scan(opened, "I3")
    assert lines.all_inner_texts() == ["I1", "I2", "I3"]
    assert sent == []
    opened.context.set_offline(False)
    opened.get_by_role("button", name="Tout est rangé : effacer").wait_for()
    assert [one["barcode"] for one in sent] == ["I1", "I2", "I3"]
    assert len({one["scanId"] for one in sent}) == 3
    assert sorted(one["scannedAt"] for one in sent) == [one["scannedAt"] for one in sent]
    said = opened.locator("[data-scans] [data-said]").all_inner_texts()
    assert said == ["En rayon", "Déjà ailleurs.", "En rayon"]
    assert opened.locator("[data-lost]:visible").count() == 1
    opened.get_by_role("button", name="Tout est rangé : effacer").click()
    opened.locator("[data-scans]").wait_for(state="hidden")


def test_a_scan_that_nobody_answered_keeps_its_name_and_is_sent_again_by_itself(
    agent: int, opened: Page, sent: list[dict[str, Any]], complaints: list[str]
) -> None:
    """The line is up and the house at its end is not: what was read may or may not have come in."""
    opened.clock.install()
    opened.goto("/bureau", wait_until="networkidle")
    names: list[str] = []

    def gone(route: Route) -> None:
        names.append(parse_qs(route.request.post_data or "")["scan_id"][0])
        route.fulfill(status=502, body="<h1>Bad Gateway</h1>", content_type="text/html")

    opened.route("**/bureau/scan", gone)
    for code in ("I1", "I3"):
        opened.keyboard.type(code)
        opened.keyboard.press("Enter")
        opened.locator("[data-scans] [data-barcode]", has_text=code).wait_for()
    assert opened.get_by_text("Bad Gateway").count() == 0
    assert sent == []
    opened.clock.fast_forward(16_000)
    opened.get_by_role("button", name="Tout est rangé : effacer").wait_for()
    assert [(one["barcode"], one["scanId"]) for one in sent] == list(
        zip(("I1", "I3"), names, strict=True)
    )
    assert len(set(names)) == 2, "the next scan has a name of its own"
    assert all("502" in said for said in complaints)
    complaints.clear()


def test_what_is_noted_while_an_older_scan_is_on_its_way_is_kept(
    agent: int, opened: Page, sent: list[dict[str, Any]]
) -> None:
    held: list[Route] = []
    opened.goto("/bureau", wait_until="networkidle")
    opened.context.set_offline(True)
    scan(opened, "I1")
    opened.route("**/graphql", lambda route: held.append(route))  # noqa: PLW0108 - Playwright cannot wrap a builtin
    opened.context.set_offline(False)
    while not held:
        opened.wait_for_timeout(20)
    opened.context.set_offline(True)
    scan(opened, "I2")
    held[0].fallback()
    opened.locator("[data-said]", has_text="En rayon").wait_for()
    assert opened.locator("[data-scans] [data-barcode]").all_inner_texts() == ["I1", "I2"]
    opened.context.set_offline(False)
    while len(held) < 2:
        opened.wait_for_timeout(20)
    held[1].fallback()
    opened.get_by_role("button", name="Tout est rangé : effacer").wait_for()
    assert [one["barcode"] for one in sent] == ["I1", "I2"]
