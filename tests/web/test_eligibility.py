"""Eligibility out: three facts to who holds the token, the same silence about everybody else."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from factories import a_patron
from fakes import FrozenClock
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Tx, Unit
from navette_auth.identities import remember_identity, set_card
from navette_auth.providers import Identity
from navette_server.app import create_app
from navette_server.eligibility_file import nightly_eligibility, write_eligibility

ISSUER, TOKEN, CARD = "http://127.0.0.1:8001", "t" * 40, "20590000012345"
TOLD = {"eligible": True, "valid_until": "2027-09-03", "library": "leers", "age_band": "26-64"}
NOT = {"eligible": False}
SETTINGS = Settings(oidc_issuer=ISSUER, eligibility_token=TOKEN)


def link(unit: Unit, clock: FrozenClock, patron: int, subject: str, issuer: str = ISSUER) -> None:
    def work(tx: Tx) -> None:
        known = remember_identity(tx, Identity(issuer, subject), clock.now())
        set_card(tx, known.id, patron, clock.now())

    unit.write(work)


@pytest.fixture
def alice(unit: Unit, network: Network, clock: FrozenClock) -> int:
    patron = a_patron(unit, "leers", card=CARD, first_name="Alice", last_name="Dubois")
    link(unit, clock, patron, "mel-1")
    return patron


@pytest.fixture
def site(unit: Unit, clock: FrozenClock, alice: int, tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(replace(SETTINGS, data_dir=str(tmp_path)), clock=clock, unit=unit)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client


def ask(site: TestClient, token: str = TOKEN, **asked: Any) -> Any:
    return site.post("/eligibilite", json=asked, headers={"authorization": f"Bearer {token}"})


@pytest.mark.parametrize("asked", [{"sub": "mel-1"}, {"card": CARD}, {"card": "2059 0000 0123 45"}])
def test_a_valid_card_is_three_facts_and_no_name(site: TestClient, asked: dict[str, str]) -> None:
    answer = ask(site, **asked)
    assert answer.json() == TOLD
    assert answer.headers["cache-control"] == "no-store"
    assert "Alice" not in answer.text
    assert CARD not in answer.text


def test_strangers_and_ended_registrations_are_one_silence(
    site: TestClient, unit: Unit, clock: FrozenClock
) -> None:
    ended = a_patron(unit, card="20590000099999", valid_until=date(2026, 1, 1))
    closed = a_patron(unit, card="20590000099998", closed_at=clock.now())
    link(unit, clock, ended, "mel-ended")
    link(unit, clock, closed, "mel-closed")
    for asked in (
        {"sub": "nobody"}, {"sub": "mel-ended"}, {"sub": "mel-closed"}, {"card": "20590000099999"},
        {"card": "20590000099998"}, {"card": "x"},
    ):  # fmt: skip
        answer = ask(site, **asked)
        assert (answer.status_code, answer.json()) == (200, NOT), asked


@pytest.mark.parametrize("token", ["", "wrong", "é" * 40, TOKEN + "x"])
def test_without_the_token_nothing_is_told(site: TestClient, token: str) -> None:
    headers = {"authorization": f"Bearer {token}".encode()}
    answer = site.post("/eligibilite", json={"card": CARD}, headers=headers)
    assert answer.status_code == 401
    assert site.get("/eligibilite", headers=headers).status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"sub": 7}', b"\xff", b"x" * 3000])
def test_a_question_that_is_none_is_told_so(site: TestClient, body: bytes) -> None:
    answer = site.post("/eligibilite", content=body, headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 400


def test_an_issuer_that_ends_with_a_slash_is_the_same_provider(
    unit: Unit, clock: FrozenClock, alice: int, site: TestClient
) -> None:
    """Settings drop a final slash, discovery and identities keep the provider's own writing."""
    other = a_patron(unit, "leers", birth_year=1980)
    link(unit, clock, other, "mel-2", issuer=ISSUER + "/")
    assert ask(site, sub="mel-2").json()["eligible"]


def test_where_no_token_is_set_nobody_may_ask(
    unit: Unit, clock: FrozenClock, alice: int, tmp_path: Path
) -> None:
    app = create_app(Settings(data_dir=str(tmp_path)), clock=clock, unit=unit)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        assert ask(client, "", card=CARD).status_code == 401


def test_the_nightly_file_names_linked_people_of_this_provider_by_subject_only(
    unit: Unit, clock: FrozenClock, alice: int, tmp_path: Path
) -> None:
    ended = a_patron(unit, valid_until=date(2026, 1, 1))
    link(unit, clock, ended, "mel-ended")
    link(unit, clock, a_patron(unit), "other", issuer="https://other.example")
    a_patron(unit)
    path = tmp_path / "inscrits.jsonl"
    (job,) = nightly_eligibility(replace(SETTINGS, eligibility_file=str(path)), unit, clock)
    job()
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert lines == [
        {"sub": "mel-1", "valid_until": "2027-09-03", "library": "leers", "age_band": "26-64"}
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert write_eligibility(SETTINGS, unit, clock, path) == 1, "again, in the place of the first"
    assert [one.name for one in tmp_path.iterdir() if "inscrits" in one.name] == [path.name]
    assert nightly_eligibility(SETTINGS, unit, clock) == []
