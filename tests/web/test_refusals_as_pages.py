"""Every refusal has a status and a sentence; a browser and a program each get their own answer."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from starlette.testclient import TestClient

from navette import errors
from navette.wording import SENTENCES
from navette_web.errors import STATUSES

REFUSALS = [
    kind
    for _name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.Refusal) and kind is not errors.Refusal
]


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_has_a_status_a_code_and_a_sentence(kind: type[errors.Refusal]) -> None:
    assert 400 <= STATUSES[kind] < 500
    assert kind.code
    assert kind in SENTENCES


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (errors.HoldLimitReached(5, 5), 409, "Voir mes réservations"),
        (errors.DuplicateHold(3), 409, "déjà"),
        (errors.NotReservable("on_site"), 409, "sur place"),
        (errors.TooManyAttempts(90), 429, "pause"),
    ],
)
def test_a_refused_hold_says_why_and_shows_a_way_on(
    client: TestClient,
    patron: int,
    circulation: Any,
    refusal: errors.Refusal,
    status: int,
    said: str,
) -> None:
    circulation.answers["place_hold"] = refusal
    answer = client.post("/reserver", data={"notice": "1", "retrait": "leers"})
    assert answer.status_code == status
    assert said in answer.text


def test_a_program_gets_the_code_of_a_refusal(client: TestClient) -> None:
    answer = client.post("/push/abonnement", json={})
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED_IN")


def test_htmx_is_sent_to_the_sign_in_page_whole(client: TestClient) -> None:
    answer = client.post("/bureau/scan", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/connexion/personnel?next=")


def test_a_number_that_is_none_is_refused_politely(client: TestClient, patron: int) -> None:
    answer = client.post("/reservations/annuler", data={"reservation": "douze"})
    assert answer.status_code == 422
    assert client.post("/reservations/annuler", data={"reservation": "9" * 40}).status_code == 404


@pytest.mark.parametrize("path", ["/notice/999", "/notice/abc", "/oeuvre/1", "/notice/" + "9" * 30])
def test_a_record_that_is_not_there_is_not_found(client: TestClient, path: str) -> Any:
    assert client.get(path).status_code == 404
