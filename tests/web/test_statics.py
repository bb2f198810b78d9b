"""Static files: packed, kept under their hash, small enough for a slow line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from navette_web.sheets import STATIC

TEMPLATES = STATIC.parent / "templates"
brotli = pytest.importorskip("brotli")
FIRST_PAGE = 60_000
WAYS = [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0", None), ("", None)]


def sheet_of(client: TestClient) -> str:
    found = re.search(r'href="(/static/navette\.css\?v=\w+)"', client.get("/").text)
    assert found
    return found.group(1)


@pytest.mark.parametrize(("accepted", "packing"), WAYS)
def test_a_file_comes_in_the_smallest_form_the_browser_reads(
    client: TestClient, accepted: str, packing: str | None
) -> None:
    got = client.get(sheet_of(client), headers={"Accept-Encoding": accepted})
    assert got.headers.get("content-encoding") == packing
    assert got.headers["vary"] == "Accept-Encoding"
    assert "--paper" in got.text


def test_only_the_right_hash_is_kept_for_a_year(client: TestClient) -> None:
    address = sheet_of(client)
    assert "immutable" in client.get(address).headers["cache-control"]
    assert client.get(address + "0").headers["cache-control"] == "no-cache"
    assert client.get("/static/app-card.js").headers["cache-control"] == "no-cache"


def test_a_file_that_did_not_change_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/static/app-card.js")
    again = client.get("/static/app-card.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/app-card.js", headers={"If-None-Match": '"x"'}).status_code == 200


def test_a_picture_is_not_packed_twice(client: TestClient) -> None:
    got = client.get("/static/icons/icon-192.png", headers={"Accept-Encoding": "br"})
    assert "content-encoding" not in got.headers


def test_the_next_page_is_fetched_ahead_by_rules_of_ours(client: TestClient) -> None:
    address = client.get("/").headers["speculation-rules"].strip('"')
    got = client.get(address)
    assert got.headers["content-type"] == "application/speculationrules+json"
    rules: Any = got.json()
    assert rules["prefetch"][0]["eagerness"] == "moderate"


def test_nothing_is_fetched_ahead_for_who_spares_data_or_is_signed_in(
    client: TestClient, patron: int
) -> None:
    """Ahead are public pages only, and a signed-in reader's pages name them."""
    assert "speculation-rules" not in client.get("/").headers
    client.cookies.clear()
    assert "speculation-rules" in client.get("/").headers
    sparing = client.get("/", headers={"Save-Data": "on"})
    assert "speculation-rules" not in sparing.headers
    assert "Save-Data" in sparing.headers["vary"]


def test_the_sheet_is_asked_for_before_the_page_is_read(client: TestClient) -> None:
    answer = client.get("/")
    asked = answer.headers["link"].partition(">; rel=preload; as=style")[0].removeprefix("<")
    assert f'<link rel="stylesheet" href="{asked}">' in answer.text


def test_what_makes_a_page_immediate_comes_with_the_pages_that_use_it_only() -> None:
    """Each page that asks for a part of itself brings htmx; no other page pays for it."""
    source = {
        p.relative_to(TEMPLATES).as_posix(): p.read_text("utf-8") for p in TEMPLATES.rglob("*.html")
    }
    asks = re.compile(r"data-hx-|posted_here\(|here=True")
    # these two do it for pages that say here=True; the others by themselves
    when_told = {"parts/_person.html", "parts/_choices.html"}
    parts = {name for name, text in source.items() if asks.search(text)} - when_told
    assert {name for name in parts if "/_" in name} == {
        "parts/_search.html", "desk/_zone.html", "parts/_document.html",
    }  # fmt: skip
    for name, text in source.items():
        uses = name in parts or any(part in text for part in parts)
        if name.startswith(("pages/", "desk/")) and "{% extends" in text:
            brings = "vendor/htmx.min.js" in text or "{% set verbs = true %}" in text
            assert uses == brings, name


def test_the_first_page_weighs_less_than_sixty_kilobytes(client: TestClient) -> None:
    page = client.get("/").text
    wanted = [
        address
        for tag, address in re.findall(
            r'<(link rel="stylesheet"|script)[^>]*?(?:href|src)="([^"]+)"', page
        )
        if tag
    ]
    assert len(wanted) >= 3
    weights = {"/": len(brotli.compress(page.encode(), quality=4))}
    for address in [*wanted, "/static/app-worker.js", "/manifest.webmanifest"]:
        got = client.get(address, headers={"Accept-Encoding": "br"})
        weights[address] = int(got.headers["content-length"])
    assert sum(weights.values()) < FIRST_PAGE, weights
    assert sum(weights.values()) < FIRST_PAGE / 2, "half of it is for covers and what comes next"
