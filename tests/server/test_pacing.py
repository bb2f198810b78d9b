"""A pace for searching and GraphQL: wide for people, and with an end for machines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from fakes import FrozenClock
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_server import pacing
from navette_server.app import create_app
from navette_server.pacing import MOST_CLIENTS, Buckets, Pace, client_of

BASE = "http://127.0.0.1:8000"
SLOW = Pace(burst=5, a_second=0.01)
ABROAD = ("203.0.113.7", 4711)


@pytest.fixture
def stranger(
    unit: Unit, network: Network, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """Somebody from outside; what is taken comes back so slowly that no machine is too slow."""
    monkeypatch.setattr(pacing, "PACE", SLOW)
    app = create_app(Settings(base_url=BASE, secret_keys=["k" * 32]), unit=unit, clock=clock)
    with TestClient(app, base_url=BASE, client=ABROAD) as client:
        yield client


@pytest.mark.one_database
def test_who_asks_without_end_is_told_when_to_come_back(stranger: TestClient) -> None:
    def ask() -> int:
        return stranger.post("/graphql", json={"query": "{ __typename }"}).status_code

    assert [ask() for _ in range(6)] == [200] * 5 + [429]
    refused = stranger.post("/graphql", json={"query": "{ __typename }"})
    assert refused.json()["errors"][0]["extensions"] == {"code": "TOO_MANY_ATTEMPTS"}
    assert int(refused.headers["retry-after"]) > 60
    page = stranger.get("/recherche?q=hugo")
    assert (page.status_code, "Faisons une pause." in page.text) == (429, True)
    assert "default-src" in page.headers["content-security-policy"]
    assert stranger.get("/bibliotheques").status_code == 200, "what costs little is not counted"


def test_a_bucket_fills_again_and_never_overflows() -> None:
    now = [0.0]
    buckets = Buckets(Pace(burst=3, a_second=2), lambda: now[0])
    assert [buckets.wait_of("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.wait_of("a") == pytest.approx(0.5)
    assert buckets.wait_of("b") == 0, "each client has a bucket of its own"
    now[0] += 0.5
    assert buckets.wait_of("a") == 0
    now[0] += 1000
    assert [bool(buckets.wait_of("a")) for _ in range(4)] == [False, False, False, True]


def test_the_memory_of_the_pace_has_an_end() -> None:
    buckets = Buckets(Pace())
    for number in range(MOST_CLIENTS + 50):
        buckets.wait_of(str(number))
    assert len(buckets._left) == MOST_CLIENTS


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("127.0.0.1", ""),
        ("::1", ""),
        ("testclient", ""),
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::5", "2001:db8:1:2::/64"),
    ],
)
def test_a_client_is_an_address_and_never_this_machine(address: str, client: str) -> None:
    assert client_of({"type": "http", "client": (address, 1), "headers": []}) == client
