"""The installed app: manifest, worker, static files; alerts told and taken back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import a_child
from navette.ils.views import HoldView, LoanView
from navette_auth.house import House
from navette_web.card import bars
from navette_web.pwa import OFFLINE_PAGES, QUEUED
from navette_web.sheets import STATIC, content_of

KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


def test_the_manifest_names_icons_that_exist(client: TestClient) -> None:
    answer = client.get("/manifest.webmanifest")
    manifest = json.loads(answer.text)
    assert answer.headers["Content-Type"].startswith("application/manifest+json")
    assert (manifest["display"], manifest["scope"], manifest["lang"]) == ("standalone", "/", "fr")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert all(client.get(icon["src"]).status_code == 200 for icon in manifest["icons"])
    assert all(client.get(one["src"]).status_code == 200 for one in manifest["screenshots"])
    assert {one["form_factor"] for one in manifest["screenshots"]} == {"narrow", "wide"}
    assert {short["url"] for short in manifest["shortcuts"]} == {
        "/carte",
        "/reservations",
        "/recherche",
    }


def test_the_worker_keeps_files_that_exist_and_is_asked_for_again(client: TestClient) -> None:
    answer = client.get("/sw.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    shell = re.search(r"SHELL_FILES = (\[.*?\]);", answer.text)
    assert shell
    assert all(client.get(path).status_code == 200 for path in json.loads(shell[1]))


def test_the_worker_always_shows_something_and_keeps_no_personal_page(client: TestClient) -> None:
    text = client.get("/sw.js").text
    assert text.count("showNotification") == 1
    assert "no-store" in text
    assert "reservations|" not in text


def test_a_static_file_is_kept_for_a_year_only_under_its_hash(client: TestClient) -> None:
    address = re.search(r'href="(/static/navette\.css\?v=\w+)"', client.get("/").text)
    assert address
    assert "immutable" in client.get(address[1]).headers["Cache-Control"]
    assert client.get("/static/navette.css").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["../render.py", "..%2Frender.py", "nothing.css", "icons"])
def test_nothing_but_static_files_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_the_vendored_script_is_the_one_that_was_checked() -> None:
    vendor = STATIC / "vendor"
    said = (vendor / "htmx.min.js.sha256").read_text().split()[0]
    assert hashlib.sha256((vendor / "htmx.min.js").read_bytes()).hexdigest() == said


def test_the_first_page_weighs_less_than_sixty_kilobytes() -> None:
    import gzip  # noqa: PLC0415 - only weighed here

    names = ("navette.css", "vendor/htmx.min.js", "app.js", "app-card.js", "app-push.js",
             "app-desk.js", "app-worker.js", "app-queue.js", "app-install.js")  # fmt: skip
    assert sum(len(gzip.compress(content_of(name))) for name in names) < 40_000


@pytest.mark.parametrize("path", OFFLINE_PAGES)
def test_a_page_without_network_names_nobody(client: TestClient, patron: int, path: str) -> None:
    answer = client.get(path)
    assert "Emma" not in answer.text
    assert "no-store" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", QUEUED)
def test_what_may_be_asked_without_network_is_named_and_known(
    client: TestClient, body: Callable[..., str], patron: int, path: str
) -> None:
    assert f'<template data-request="{path}">' in body("/hors-ligne/demandes")
    assert client.post(path, data={}).status_code != 404


def test_e_mail_and_sms_come_before_the_advice_to_install(body: Callable[..., str]) -> None:
    text = body("/installer")
    assert text.index("L’e-mail et le SMS") < text.index("iPhone ou iPad")


def test_the_summary_on_the_phone_says_where_and_when_and_no_title(
    body: Callable[..., str],
    patron: int,
    house: House,
    circulation: Any,
    a_waiting_hold: HoldView,
    an_open_loan: LoanView,
) -> None:
    until = datetime(2026, 12, 5, 16, tzinfo=UTC)
    ready = replace(a_waiting_hold, state="READY", patron_id=patron, pickup_deadline=until)
    circulation.holds += [ready, replace(ready, id=2)]
    child = a_child(house.unit, patron, first_name="Lina")
    loan = replace(an_open_loan, patron_id=patron)
    circulation.loans += [loan, replace(loan, patron_id=child, due_on=date(2026, 12, 11))]
    text = re.sub(r"<[^>]+>", "", body("/carte/copie"))
    for words in (
        "2 à retirer à Leersjusqu’au samedi 5, 17 h",
        "1 à rendremardi 8 décembre",
        "Pour Lina",
        "1 à rendrevendredi 11 décembre",
        "Écrit le mardi 24 novembre à 10 h.",
    ):
        assert words in text
    assert "Kremlin" not in text
    assert "Brouillard" not in text


def test_a_key_makes_a_repeated_request_one(
    client: TestClient,
    patron: int,
    circulation: Any,
    a_waiting_hold: HoldView,
    an_open_loan: LoanView,
) -> None:
    circulation.loans.append(an_open_loan)
    circulation.holds.append(a_waiting_hold)
    client.post("/prets/prolonger", data={"pret": "1", "cle": "k1"})
    client.post("/reservations/pause", data={"reservation": "1", "cle": "k2"})
    assert circulation.keys == ["k1", "k2"]


def test_the_kept_copy_of_the_card_is_whole(body: Callable[..., str], patron: int) -> None:
    text = body("/carte/copie")
    assert "2059 0000 0123 45" in text
    assert "reservations" not in text


def test_bars_begin_and_end_with_a_quiet_zone() -> None:
    drawn = bars("20590000012345")
    width = int(re.search(r'viewBox="0 0 (\d+)', drawn)[1])  # type: ignore[index]
    starts = [int(x) for x in re.findall(r"M(\d+) 0h", drawn)]
    assert starts[0] == 10
    assert max(starts) < width - 10


def subscription(endpoint: str = "https://push.example.org/abc") -> dict[str, Any]:
    return {"endpoint": endpoint, "expirationTime": None, "keys": KEYS}


def test_a_subscription_is_kept_told_again_and_taken_back(client: TestClient, patron: int) -> None:
    first = client.post("/push/abonnement", json=subscription())
    again = client.post("/push/abonnement", json=subscription())
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    gone = client.request("DELETE", "/push/abonnement", json=subscription())
    assert gone.status_code == 204


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (subscription("https://elsewhere.example.net/x"), "PUSH_HOST_REFUSED"),
        ({"endpoint": "https://push.example.org/abc"}, "BAD_INPUT"),
        ([], "BAD_INPUT"),
        (subscription() | {"keys": {"p256dh": "x", "auth": "y"}}, "BAD_INPUT"),
    ],
)
def test_what_no_browser_would_send_is_refused(
    client: TestClient, patron: int, sent: Any, code: str
) -> None:
    answer = client.post("/push/abonnement", json=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_public_key_is_given(client: TestClient) -> None:
    assert "publicKey" in client.get("/push/cle").json()
